/** Test support: an SDK client whose requests go to a function in this process instead of a socket. */
import { Readable } from "node:stream";
import type { WireResponse } from "./answer.ts";
import type { RequestHead } from "./request.ts";
import type { OutputBody } from "./types.ts";

interface SdkRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

export type Answer = (head: RequestHead, body: Readable) => Promise<WireResponse>;

/** A `requestHandler` for any SDK client. */
export function loopHandler(answer: Answer): {
  handle(request: unknown): Promise<unknown>;
  metadata: { handlerProtocol: string };
  destroy(): void;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): object;
} {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(given: unknown) {
      const request = given as SdkRequest;
      const { status, headers, body } = await answer(headOf(request), bodyStream(request.body));
      return { response: { statusCode: status, headers, body: await responseStream(body) } };
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

function headOf(request: SdkRequest): RequestHead {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = String(value);
  headers.host ??= request.port ? `${request.hostname}:${request.port}` : request.hostname;
  const query = Object.entries(request.query ?? {})
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) =>
        one === null ? escape3986(name) : `${escape3986(name)}=${escape3986(one)}`,
      ),
    )
    .join("&");
  return { method: request.method, url: query ? `${request.path}?${query}` : request.path, headers };
}

function escape3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function bodyStream(body: unknown): Readable {
  if (body === undefined || body === null || body === "") return Readable.from([]);
  if (body instanceof Readable) return body;
  if (typeof body === "string") return Readable.from([Buffer.from(body)]);
  if (body instanceof Uint8Array) return Readable.from([Buffer.from(body)]);
  return Readable.from(body as AsyncIterable<Uint8Array>);
}

async function responseStream(body: OutputBody): Promise<Readable> {
  if (body instanceof Readable) return body;
  if (typeof body === "string" || body instanceof Uint8Array) {
    const bytes = Buffer.from(body as string);
    return Readable.from(bytes.length > 0 ? [bytes] : []);
  }
  return Readable.from(body);
}
