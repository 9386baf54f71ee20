/**
 * Bodies that stop coming. S3 gives a client twenty seconds of silence, then answers `RequestTimeout` and closes.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
import type { IncomingMessage } from "node:http";
import { AwsError } from "../wire/errors.ts";

const idleTimeout = () =>
  new AwsError(
    "RequestTimeout",
    "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.",
    { status: 400 },
  );

export class IdleBodies {
  readonly #limit: number;
  /** Requests whose body is awaited, with the bytes that had come when we last looked, and since when. */
  readonly #open = new Map<IncomingMessage, { bytes: number; since: number }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param limit milliseconds of silence */
  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  add(request: IncomingMessage): void {
    this.#open.set(request, { bytes: -1, since: 0 });
    this.#timer ??= setInterval(() => this.#look(), this.#limit / 4).unref();
  }

  /** Called when the request is answered. */
  delete(request: IncomingMessage): void {
    this.#open.delete(request);
  }

  #look(): void {
    const now = performance.now();
    for (const [request, seen] of this.#open) {
      if (request.complete || request.destroyed) this.#open.delete(request);
      else if (!isAwaited(request) || request.socket.bytesRead !== seen.bytes) {
        seen.bytes = request.socket.bytesRead;
        seen.since = now;
      } else if (now - seen.since >= this.#limit) {
        this.#open.delete(request);
        // the reader learns of it, the connection stays for the answer
        request.emit("error", idleTimeout());
      }
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Whether somebody reads it and has read all that came. */
function isAwaited(request: IncomingMessage): boolean {
  const readers = request.listenerCount("data") + request.listenerCount("readable");
  return readers > 0 && request.readableLength === 0 && request.listenerCount("error") > 0;
}
