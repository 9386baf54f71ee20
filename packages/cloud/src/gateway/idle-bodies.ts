/**
 * Bodies that stop coming. S3 gives a client twenty seconds of silence, then answers `RequestTimeout` and closes.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { AwsError } from "../wire/errors.ts";

const idleTimeout = () =>
  new AwsError(
    "RequestTimeout",
    "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.",
    { status: 400 },
  );

const current = Symbol("current request");
type Watched = Socket & { [current]?: IncomingMessage };

export class IdleBodies {
  readonly #limit: number;
  /** Connections, with the bytes that had come when we last looked, and since when. */
  readonly #open = new Map<Watched, { bytes: number; since: number }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param limit milliseconds of silence */
  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  /** Watches the body of a connection's current request. Costs next to nothing but at a connection's first. */
  watch(request: IncomingMessage): void {
    const socket = request.socket as Watched;
    if (socket[current] === undefined) {
      this.#open.set(socket, { bytes: -1, since: 0 });
      socket.once("close", () => this.#open.delete(socket));
      this.#timer ??= setInterval(() => this.#look(), this.#limit / 4).unref();
    }
    socket[current] = request;
  }

  #look(): void {
    const now = performance.now();
    for (const [socket, seen] of this.#open) {
      const request = socket[current] as IncomingMessage;
      if (!isAwaited(request) || socket.bytesRead !== seen.bytes) {
        seen.bytes = socket.bytesRead;
        seen.since = now;
      } else if (now - seen.since >= this.#limit) {
        seen.since = now;
        // the reader learns of it, the connection stays for the answer
        request.emit("error", idleTimeout());
      }
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Whether somebody reads it, has read all that came, and more is to come. */
function isAwaited(request: IncomingMessage): boolean {
  if (request.complete || request.destroyed) return false;
  const readers = request.listenerCount("data") + request.listenerCount("readable");
  return readers > 0 && request.readableLength === 0 && request.listenerCount("error") > 0;
}
