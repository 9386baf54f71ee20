/**
 * The web as a Studio terminal sees it: all traffic goes through the session's network position, as `curl` and `pip`
 * do there with the proxy settings of `sagekeep studio`.
 */
import { type IncomingMessage, request } from "node:http";
import type { Bench } from "../../bench.ts";

const PATIENCE = 30_000;

/**
 * What a plain HTTP GET answers. The local cloud itself answers only for AWS's hosts.
 * @throws Error `socket hang up` when no path leads there
 */
export async function get(bench: Bench, user: string, url: string): Promise<string> {
  const { proxy } = await bench.session(user);
  const answer = await send(proxy, { path: url, headers: { host: new URL(url).host } });
  let text = "";
  for await (const chunk of answer) text += String(chunk);
  if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}: ${text.slice(0, 200)}`);
  return text.trim();
}

/**
 * Opens a TLS connection's first leg: a tunnel to port 443 of a host.
 * @returns what became of it, in words; the local cloud carries nothing to hosts that are not AWS's unless it was
 * started with `--allow-internet`, but says so only where a path leads out
 * @throws Error `socket hang up` when no path leads there
 */
export async function tunnel(bench: Bench, user: string, host: string): Promise<string> {
  const { proxy } = await bench.session(user);
  const answer = await send(proxy, { method: "CONNECT", path: `${host}:443` });
  answer.destroy();
  if (answer.statusCode === 200) return `connected to ${host}`;
  if (answer.statusCode === 403 && answer.headers["content-type"] === "text/plain")
    return `a path leads to ${host}; this local cloud was not started with --allow-internet and goes no further`;
  throw new Error(`the position answered HTTP ${answer.statusCode} for ${host}`);
}

function send(
  proxy: string,
  how: { method?: string; path: string; headers?: Record<string, string> },
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(proxy);
  return new Promise((resolve, reject) => {
    const sent = request({ ...how, host: hostname, port, timeout: PATIENCE, agent: false });
    sent.on("response", resolve);
    sent.on("connect", (answer, socket) => {
      socket.destroy();
      resolve(answer);
    });
    sent.on("timeout", () => sent.destroy(new Error("connect timed out")));
    sent.on("error", reject);
    sent.end();
  });
}
