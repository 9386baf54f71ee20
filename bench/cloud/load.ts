/** A small load generator: keep-alive connections that each send the same request again as soon as it is answered. */
import { connect } from "node:net";

export interface Load {
  requestsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  status: number;
  requests: number;
}

const connections = 32;
/** Requests before the measurement: just-in-time compilers need some thousands. */
const warmUp = { requests: 15_000, seconds: 12 };

/** @param bytes one whole HTTP request */
/** @param most requests */
export function volley(port: number, bytes: Buffer, most: number): Promise<Load> {
  return run(port, bytes, 60, most);
}

export async function load(port: number, bytes: Buffer, seconds: number): Promise<Load> {
  await run(port, bytes, warmUp.seconds, warmUp.requests);
  return run(port, bytes, seconds);
}

/** One request, answered in full. */
export function once(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", () => socket.end());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve());
  });
}

async function run(
  port: number,
  bytes: Buffer,
  seconds: number,
  most = Number.POSITIVE_INFINITY,
): Promise<Load> {
  const times: number[] = [];
  let status = 0;
  const end = performance.now() + seconds * 1000;
  const began = performance.now();

  /** One connection after the other until the time is over: some servers close after each answer. */
  async function worker(): Promise<void> {
    while (performance.now() < end && times.length < most) await connection();
  }

  function connection(): Promise<void> {
    return new Promise((resolve) => {
      let text = "";
      let sent = 0;
      const socket = connect(port, "127.0.0.1");
      const deadline = setTimeout(() => socket.destroy(), end - performance.now() + 2000);
      socket.setNoDelay(true);
      socket.setEncoding("latin1");
      const send = (): void => {
        sent = performance.now();
        socket.write(bytes);
      };
      socket.on("connect", send);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        clearTimeout(deadline);
        resolve();
      });
      socket.on("data", (chunk: string) => {
        text += chunk;
        for (;;) {
          const head = text.indexOf("\r\n\r\n");
          if (head === -1) return;
          const length = /content-length: (\d+)/i.exec(text.slice(0, head + 4));
          const whole = length ? head + 4 + Number(length[1]) : text.indexOf("\r\n0\r\n\r\n", head) + 7;
          if (whole < head + 4 || text.length < whole) return;
          status = Number(text.slice(9, 12));
          const closes = /connection: close/i.test(text.slice(0, head));
          text = text.slice(whole);
          times.push(performance.now() - sent);
          if (closes || performance.now() >= end || times.length >= most) socket.end();
          else send();
        }
      });
    });
  }

  await Promise.all(Array.from({ length: connections }, () => worker()));
  const elapsed = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN;
  return {
    requestsPerSecond: times.length / elapsed,
    p50: at(0.5),
    p99: at(0.99),
    status,
    requests: times.length,
  };
}
