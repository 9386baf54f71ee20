/** The HTTP side of the gateway: requests in, answers out, `/_sagekeep/…` and Studio beside them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PortInUseError } from "../errors.ts";
import type { NetworkPath } from "../network/path.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Target, WireResponse } from "../wire/codec.ts";
import { splitTarget } from "../wire/request.ts";
import type { Control } from "./control.ts";
import type { Exchange } from "./exchange.ts";
import { isAllowedHost } from "./host.ts";

/** How requests of one listener travel. */
export interface Entrance {
  /** @param secure over TLS; `from` is the client's address */
  pathOf(target: Target, from: string, secure: boolean): NetworkPath | Promise<NetworkPath>;
}

export interface GatewayParts {
  runtime: Runtime;
  exchange: Exchange;
  control: Control;
  /** Host names allowed besides loopback and AWS. */
  hosts: readonly string[];
  onError: (error: unknown) => void;
}

const headerLimit = 64 * 1024;

/** A server whose requests come in through `entrance`; not listening yet. */
export function createGateway(parts: GatewayParts, entrance: Entrance): Server {
  return createServer(
    { maxHeaderSize: headerLimit, requestTimeout: 300_000, headersTimeout: 30_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      void serve(parts, entrance, request, response).catch((error) => {
        parts.onError(error);
        response.destroy();
      });
    },
  );
}

/** Listens and returns the port. @throws PortInUseError */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new PortInUseError(port, host) : error),
    );
    server.listen({ port, host }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

async function serve(
  parts: GatewayParts,
  entrance: Entrance,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = "/", method = "GET", headers, socket } = request;
  if (!isAllowedHost(headers.host, parts.hosts)) {
    return plain(response, 421, {
      error: `the host \`${String(headers.host).slice(0, 100)}\` is not this local cloud's`,
    });
  }
  if (url.startsWith("/_sagekeep/")) return control(parts, request, response);
  const secure = "encrypted" in socket && socket.encrypted === true;
  const from = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const head = { method, url, headers, secure };
  const answer = await parts.exchange.answer(head, request, (target) =>
    entrance.pathOf(target, from, secure),
  );
  await send(request, response, answer, method === "HEAD");
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: WireResponse,
  headOnly: boolean,
): Promise<void> {
  const { status, headers, body } = answer;
  // a body that nobody read keeps the connection from being used again
  if (!request.complete) {
    headers.connection = "close";
    response.shouldKeepAlive = false;
    request.resume();
  }
  if (headOnly || typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body) : (body as Uint8Array);
    if (headOnly) {
      if (body instanceof Readable) body.destroy();
      response.writeHead(status, headers).end();
    } else {
      if (status !== 204 && status !== 304) headers["content-length"] ??= String(bytes.length);
      response.writeHead(status, headers).end(bytes);
    }
    return;
  }
  response.writeHead(status, headers);
  // a client that goes away ends the stream; there is nobody left to tell
  await pipeline(Readable.from(body as AsyncIterable<Uint8Array>), response).catch(() => response.destroy());
}

async function control(
  { control: routes, runtime }: GatewayParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path, query } = splitTarget(request.url ?? "/");
  const token = request.headers["x-sagekeep-token"];
  const { status, body } = await routes.answer(
    {
      method: request.method ?? "GET",
      path,
      query: new URLSearchParams(query),
      token: typeof token === "string" ? token : undefined,
      async body() {
        let text = "";
        for await (const chunk of request) {
          text += chunk;
          if (text.length > 65_536) throw new Error("the body is too large");
        }
        return text;
      },
    },
    runtime,
  );
  plain(response, status, body);
}

function plain(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
