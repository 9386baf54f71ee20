/** Just enough of a client to load a server from the same two cores: signed requests over kept connections. */
import { Agent, request } from "node:http";
import { signRequest } from "../../src/wire/sign-request.ts";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** The server went away before it answered: what was asked for may have happened or not. */
export class Unanswered extends Error {}

/** An answer that is none of the expected ones. */
export class Refused extends Error {
  readonly status: number;
  constructor(what: string, { status, body }: Answer) {
    super(`${what}: ${status} ${body.toString().slice(0, 400)}`);
    this.status = status;
  }
}

export class Client {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;
  readonly #keys: { accessKeyId: string; secretAccessKey: string };

  constructor(port: number, keys: { accessKeyId: string; secretAccessKey: string }) {
    this.#port = port;
    this.#keys = keys;
  }

  /** @throws Unanswered */
  send(
    service: string,
    method: string,
    url: string,
    headers: Record<string, string>,
    body: string | Buffer,
  ): Promise<Answer> {
    const head = { method, url, headers: { host: `127.0.0.1:${this.#port}`, ...headers } };
    const signed = signRequest(head, body, { ...this.#keys, region: "us-east-1", service });
    return new Promise((resolve, reject) => {
      const gone = (error?: Error) => reject(new Unanswered(error?.message ?? "cut off"));
      const sent = request(
        {
          port: this.#port,
          host: "127.0.0.1",
          agent: this.#agent,
          method,
          path: url,
          headers: {
            ...(signed.headers as Record<string, string>),
            "content-length": Buffer.byteLength(body),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("error", gone);
          answer.on("close", () =>
            answer.complete
              ? resolve({
                  status: answer.statusCode ?? 0,
                  headers: answer.headers,
                  body: Buffer.concat(chunks),
                })
              : gone(),
          );
        },
      );
      sent.on("error", gone);
      sent.end(body);
    });
  }

  async s3(method: string, path: string, body: string | Buffer = "", headers: Record<string, string> = {}) {
    const answer = await this.send("s3", method, path, headers, body);
    if (answer.status >= 500 || (answer.status >= 400 && answer.status !== 404))
      throw new Refused(`${method} ${path}`, answer);
    return answer;
  }

  /** @returns the parsed output, `undefined` when the answer's error is one of `missing` */
  // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  async json(service: string, target: string, input: object, missing = /^$/): Promise<any> {
    const headers = { "x-amz-target": target, "content-type": "application/x-amz-json-1.1" };
    const answer = await this.send(service, "POST", "/", headers, JSON.stringify(input));
    const text = answer.body.toString();
    if (answer.status === 200) return JSON.parse(text || "{}");
    if (missing.test(text)) return undefined;
    throw new Refused(target, answer);
  }

  /** @returns the XML, `undefined` when the answer's error is one of `missing` */
  async query(service: string, version: string, input: Record<string, string>, missing = /^$/) {
    const form = new URLSearchParams({ Version: version, ...input }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const answer = await this.send(service, "POST", "/", headers, form);
    const text = answer.body.toString();
    if (answer.status === 200) return text;
    if (missing.test(text)) return undefined;
    throw new Refused(input.Action ?? service, answer);
  }

  close(): void {
    this.#agent.destroy();
  }
}
