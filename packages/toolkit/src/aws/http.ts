/** A plain GET for JSON over HTTP or HTTPS, with the local cloud's CA where it has one. */
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";

const limit = 4 * 2 ** 20;

export interface JsonAnswer {
  status: number;
  /** `undefined` when the answer is not JSON. */
  body: unknown;
}

/** @throws Error when nobody answers, or answers more than 4 MiB */
export function getJson(
  url: URL,
  options: { ca?: string; localAddress?: string; timeout?: number } = {},
): Promise<JsonAnswer> {
  const { ca, localAddress, timeout = 30_000 } = options;
  const request = url.protocol === "https:" ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        headers: { accept: "application/json" },
        ...(ca && { ca }),
        ...(localAddress && { localAddress }),
        timeout,
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          text += chunk;
          if (text.length > limit) sent.destroy(new Error("the answer is too large"));
        });
        answer.on("error", reject);
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: parse(text) }));
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer from ${url.host} in ${timeout / 1000} s`)));
    sent.on("error", reject);
    sent.end();
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
