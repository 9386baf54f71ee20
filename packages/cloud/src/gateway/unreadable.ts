/**
 * What is answered when a connection's bytes are no HTTP: nobody knows which service they were for, so S3's form is used.
 * See https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";

type Said = readonly [status: string, code: string, message: string];

const unreadable: Said = [
  "400 Bad Request",
  "BadRequest",
  "An error occurred when parsing the HTTP request.",
];
const said: Readonly<Record<string, Said>> = {
  HPE_HEADER_OVERFLOW: [
    "400 Bad Request",
    "RequestHeaderSectionTooLarge",
    "Your request header section exceeds the maximum allowed size.",
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [
    "400 Bad Request",
    "BadRequest",
    "The extensions of a chunk exceed the maximum allowed size.",
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    "400 Bad Request",
    "RequestTimeout",
    "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.",
  ],
};

/** Listener for a server's `clientError`: the connection is closed in any case. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  // an answer that has begun must not have another put into it
  const begun = (socket as { _httpMessage?: { headersSent?: boolean } })._httpMessage?.headersSent === true;
  if (begun || error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message] = said[error.code ?? ""] ?? unreadable;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${randomUUID()}</RequestId></Error>`;
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/xml\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
