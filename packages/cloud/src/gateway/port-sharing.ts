/**
 * HTTP and HTTPS on one port, and a proxy for both: the first byte of a connection tells TLS from HTTP, and CONNECT
 * opens a tunnel that ends here again, as the AWS host the client named.
 */
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import { connect as connectTo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Where a proxied connection goes: to this cloud, out of the machine, nowhere (refused), or nowhere without a word (and left waiting, or closed). */
export type ProxyRoute = "here" | "leave" | "refuse" | "unknown" | "hang" | "close";

export interface SharedPort {
  readonly http: HttpServer;
  readonly https: HttpsServer;
  /** Called once, before the first TLS connection. */
  readonly prepareTls: () => void;
  /** Asked for every CONNECT. */
  readonly route: (host: string, port: number) => ProxyRoute | Promise<ProxyRoute>;
}

/** A server of raw connections that can end them all. */
export type GatewayServer = Server & { closeAllConnections(): void };

/** First byte of a TLS handshake record. */
const handshake = 0x16;
/** A client that says nothing is let go. */
const firstByteTimeout = 30_000;

/** One server whose connections go to the HTTP or the HTTPS server. */
export function sharePort(parts: SharedPort): GatewayServer {
  const { http, https } = parts;
  let tlsReady = false;
  const sockets = new Set<Duplex>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    accept(socket);
  });
  const accept = (socket: Duplex): void => {
    const quiet = (): void => void socket.destroy();
    socket.on("error", quiet);
    const timer = setTimeout(quiet, firstByteTimeout);
    timer.unref();
    socket.once("close", () => clearTimeout(timer));
    socket.once("data", (bytes: Buffer) => {
      clearTimeout(timer);
      socket.off("error", quiet);
      socket.pause();
      if (bytes[0] === handshake && !tlsReady) {
        parts.prepareTls();
        tlsReady = true;
      }
      socket.unshift(bytes);
      (bytes[0] === handshake ? https : http).emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
  };
  const onConnect = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    openTunnel(parts, request, socket, head, accept).catch(() => socket.destroy());
  };
  http.on("connect", onConnect);
  https.on("connect", onConnect);
  // Neither server listens itself; this starts and stops their watch over slow requests.
  server.on("listening", () => {
    http.emit("listening");
    https.emit("listening");
  });
  server.on("close", () => {
    http.close();
    https.close();
  });
  return Object.assign(server, {
    /** Ends every connection, so that `close` can finish. */
    closeAllConnections() {
      http.closeAllConnections();
      https.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    },
  });
}

async function openTunnel(
  { route }: SharedPort,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  accept: (socket: Duplex) => void,
): Promise<void> {
  const [, host, port] = /^\[?([^[\]/?#@]+?)\]?:(\d{1,5})$/.exec(request.url ?? "") ?? [];
  if (!host || !port || Number(port) > 65_535)
    return refuse(socket, "400 Bad Request", "the CONNECT target must be host:port");
  switch (await route(host.toLowerCase(), Number(port))) {
    case "here":
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      if (head.length > 0) socket.unshift(head);
      return accept(socket);
    case "leave":
      return leave(host, Number(port), socket, head);
    case "refuse":
      return refuse(socket, "403 Forbidden", `connections to ${host} do not leave this local cloud`);
    case "unknown":
      return refuse(socket, "502 Bad Gateway", `${host} does not resolve`);
    case "close":
      socket.destroy();
      return;
    case "hang":
      // the client waits as it would for a host without a path, until its own timeout
      socket.resume();
  }
}

function refuse(socket: Duplex, status: string, reason: string): void {
  const body = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Copies bytes between a tunnel and a host elsewhere. */
function leave(host: string, port: number, socket: Duplex, head: Buffer): void {
  const out: Socket = connectTo({ host, port }, () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) out.write(head);
    socket.pipe(out).pipe(socket);
  });
  out.setTimeout(30_000, () => out.destroy(new Error("timeout")));
  out.once("connect", () => out.setTimeout(0));
  out.once("error", () =>
    socket.destroyed ? undefined : refuse(socket, "502 Bad Gateway", `${host} cannot be reached`),
  );
  socket.once("close", () => out.destroy());
}
