/** The HTTP side of the gateway: requests in, answers out, `/_sagekeep/…` and Studio beside them. */
import { createServer, request as forwardTo, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Server } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SecureContext } from "node:tls";
import { PortInUseError, UnusableAddressError } from "../errors.ts";
import { NoPathError } from "../network/no-path.ts";
import type { NetworkPath } from "../network/path.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Target, WireResponse } from "../wire/codec.ts";
import { blankTarget, noBody } from "../wire/codec.ts";
import { repeatedHeaders, splitTarget } from "../wire/request.ts";
import type { Authority } from "./authority.ts";
import type { Control } from "./control.ts";
import type { Exchange } from "./exchange.ts";
import { isAllowedHost, isAwsHost, isLoopback } from "./host.ts";
import { IdleBodies } from "./idle-bodies.ts";
import { type GatewayServer, type ProxyRoute, sharePort } from "./port-sharing.ts";
import { isStudio, type StudioDoor } from "./studio.ts";
import { answerUnreadable } from "./unreadable.ts";

/** How requests of one listener travel. */
export interface Entrance {
  /**
   * @param secure over TLS; `from` is the client's address, `host` the name it asked for
   * @throws NoPathError where the connection is to be closed without an answer
   */
  pathOf(
    target: Target,
    from: string,
    secure: boolean,
    host: string | undefined,
  ): NetworkPath | Promise<NetworkPath>;
  /**
   * Where a proxied connection goes (CONNECT, or a request for `http://host/…`). `own` is true for hosts that this
   * cloud serves. @default own hosts are served here, others refused
   */
  route?(host: string, port: number, own: boolean): ProxyRoute | Promise<ProxyRoute>;
}

export interface GatewayParts {
  runtime: Runtime;
  exchange: Exchange;
  control: Control;
  /** Answers what is put to the presigned URLs of wait conditions. */
  waitHandle?: {
    is(host: string | undefined, path: string): boolean;
    answer(
      method: string,
      url: string,
      body: AsyncIterable<Uint8Array>,
    ): Promise<{ status: number; body: string }>;
  };
  authority: Authority;
  /** Where presigned URLs open. */
  studio?: StudioDoor;
  /** Host names allowed besides loopback and AWS. */
  hosts: readonly string[];
  onError: (error: unknown) => void;
}

const headerLimit = 64 * 1024;
const idleBodies = new IdleBodies();

/** A server whose requests come in through `entrance`, by HTTP, HTTPS or proxy; not listening yet. */
export function createGateway(parts: GatewayParts, entrance: Entrance): GatewayServer {
  const settings = {
    maxHeaderSize: headerLimit,
    requestTimeout: 300_000,
    headersTimeout: 30_000,
    keepAliveTimeout: 65_000,
  };
  const route: Route = (host, port) => {
    const address = shared.address();
    const ownPort = typeof address === "object" ? address?.port : undefined;
    const own = isLoopback(host) ? port === ownPort : isAllowedHost(host, parts.hosts);
    return entrance.route ? entrance.route(host, port, own) : own ? "here" : "refuse";
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(parts, entrance, route, request, response).catch((error) => {
      if (!(error instanceof NoPathError)) parts.onError(error);
      response.destroy();
    });
  };
  const http = createServer(settings, onRequest);
  const secure = {
    ...settings,
    SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => {
      try {
        done(null, parts.authority.contextFor(name));
      } catch (error) {
        done(error as Error);
      }
    },
  };
  const https = createSecureServer(secure, onRequest);
  http.on("clientError", answerUnreadable);
  https.on("clientError", answerUnreadable);
  // clients that name no host get the certificate for loopback; it is not made before somebody speaks TLS
  const prepareTls = (): void => https.setSecureContext(parts.authority.leafFor("localhost"));
  // what else than `100-continue` a client expects is nothing to AWS
  for (const server of [http, https]) server.on("checkExpectation", onRequest);
  const shared = sharePort({ http, https, route, prepareTls });
  return shared;
}

type Route = (host: string, port: number) => ProxyRoute | Promise<ProxyRoute>;

/** Listens and returns the port. @throws PortInUseError, UnusableAddressError */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const { code = "" } = error;
      if (code === "EADDRINUSE") reject(new PortInUseError(port, host));
      else if (code === "EACCES") reject(new UnusableAddressError(port, host, "forbidden"));
      else if (/^(EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|EINVAL)$/.test(code))
        reject(new UnusableAddressError(port, host, "unknown"));
      else reject(error);
    });
    server.listen({ port, host }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

async function serve(
  parts: GatewayParts,
  entrance: Entrance,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = "/", method = "GET", headers, socket } = request;
  if (absolute.test(url) && (await proxied(route, request, response))) return;
  if (!isAllowedHost(headers.host, parts.hosts)) {
    return plain(response, 421, {
      error: headers.host
        ? `the host \`${headers.host.slice(0, 100)}\` is not this local cloud's`
        : "the request names no host",
    });
  }
  // on an AWS host this is somebody's object
  if (url.startsWith("/_sagekeep/") && !isAwsHost(headers.host)) return control(parts, request, response);
  const secure = "encrypted" in socket && socket.encrypted === true;
  const from = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  if (headers.host === "checkip.amazonaws.com") {
    const path = await entrance.pathOf(blankTarget(method), from, secure, headers.host);
    response.writeHead(200, { "content-type": "text/plain" }).end(`${path.sourceIp}\n`);
    return;
  }
  const { path, query } = splitTarget(url);
  if (parts.studio && isStudio(headers.host, path)) {
    // at this cloud's own address the path is that to Studio's
    const host = path.startsWith("/_studio/") ? parts.studio.hostName : headers.host;
    const wantsPage = (headers.accept ?? "").includes("text/html");
    const way = await entrance.pathOf(blankTarget(method), from, secure, host);
    const opened = await parts.studio.answer(new URLSearchParams(query), way, wantsPage);
    await parts.runtime.store.settled();
    response
      .writeHead(opened.status, { "content-type": opened.type, "cache-control": "no-store" })
      .end(opened.body);
    return;
  }
  if (parts.waitHandle?.is(headers.host, path)) {
    const { status, body } = await parts.waitHandle.answer(method, url, request);
    response.writeHead(status, { "content-type": "application/xml" }).end(body);
    return;
  }
  const head = { method, url, headers, secure, repeated: repeatedHeaders(request) };
  const empty = headers["content-length"] === undefined && headers["transfer-encoding"] === undefined;
  if (!empty) idleBodies.watch(request);
  const answer = await parts.exchange.answer(head, empty ? noBody : request, (target) =>
    entrance.pathOf(target, from, secure, headers.host?.replace(/:\d+$/, "")),
  );
  parts.exchange.deliver(answer, (ready) => {
    try {
      send(request, response, ready, method === "HEAD");
    } catch (error) {
      parts.onError(error);
      response.destroy();
    }
  });
}

const absolute = /^[a-z][a-z0-9+.-]*:\/\//i;

/** A request whose target names its host: true when it was answered, or is left to wait, without this cloud. */
async function proxied(route: Route, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const target = URL.canParse(request.url ?? "") ? new URL(request.url ?? "") : undefined;
  if (target?.protocol !== "http:") {
    plain(response, 400, { error: "the request target must be a path or begin with http://" });
    return true;
  }
  const host = target.hostname.toLowerCase();
  switch (await route(host, Number(target.port || 80))) {
    case "here":
      return false;
    case "hang":
      request.resume();
      return true;
    case "close":
      request.destroy();
      return true;
    case "unknown":
      plain(response, 502, { error: `${host} does not resolve` });
      return true;
    case "refuse":
      plain(response, 403, { error: `requests to ${host} do not leave this local cloud` });
      return true;
    case "leave": {
      const { "proxy-connection": _, "proxy-authorization": __, ...headers } = request.headers;
      const out = forwardTo(target, { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        pipeline(answer, response).catch(() => response.destroy());
      });
      out.setTimeout(60_000, () => out.destroy(new Error("timeout")));
      pipeline(request, out).catch(() => {
        if (response.headersSent) response.destroy();
        else plain(response, 502, { error: `${host} cannot be reached` });
      });
      return true;
    }
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: WireResponse,
  headOnly: boolean,
): void {
  // a body that nobody read keeps the connection from being used again
  const unread = !request.complete;
  if (unread) {
    headers.connection = "close";
    response.shouldKeepAlive = false;
    request.resume();
  }
  if (headOnly) {
    if (body instanceof Readable) body.destroy();
    response.writeHead(status, headers).end();
  } else if (typeof body === "string" || body instanceof Uint8Array) {
    if (status !== 204 && status !== 304) headers["content-length"] ??= String(Buffer.byteLength(body));
    // a text leaves with its head in one write
    response.writeHead(status, headers);
    if (unread && body.length > 0) endAfter(request, response, body);
    else response.end(body);
  } else {
    response.writeHead(status, headers);
    // a client that goes away ends the stream; there is nobody left to tell
    pipeline(Readable.from(body as AsyncIterable<Uint8Array>), response).catch(() => response.destroy());
  }
}

/** How long a body that nobody wants may go on coming, in milliseconds. */
const lingering = 10_000;

/**
 * Answers at once, and closes when the client has sent its body: closing earlier resets the connection, and a client
 * that is still sending would see that instead of the answer.
 */
function endAfter(request: IncomingMessage, response: ServerResponse, body: string | Uint8Array): void {
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, lingering).unref();
  request.once("end", end).once("close", end);
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
  await runtime.store.settled();
  plain(response, status, body);
}

function plain(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
