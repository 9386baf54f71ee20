/** One call over the wire, as somebody from somewhere, and how it ended. */
import { createReadStream, createWriteStream, existsSync, readFileSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { jsonErrorAt, lineAndColumn } from "@sagekeep/policy";
import { Clients } from "../../aws/clients.ts";
import { type DenialReasons, denialReasons } from "../../aws/control.ts";
import { ToolkitError } from "../../errors.ts";
import { outcomeOf } from "../check/attempt.ts";
import { becomeCaller, type Who } from "./caller.ts";
import { inputOf, inputShape, outputOf, streamingMember } from "./json-input.ts";
import { operationNamed, serviceNamed } from "./names.ts";

export interface CallOptions {
  service: string;
  operation: string;
  /** The input as JSON text, or `file://` and the path of a file with it. @default "{}" */
  input?: string;
  who?: Who;
  from?: string;
  /** File whose bytes are the input's stream or blob. */
  body?: string;
  /** File that the output's stream is written to. */
  out?: string;
  /** State folder of the local cloud. */
  state: string;
}

export interface CallAnswer {
  service: string;
  operation: string;
  as: string;
  outcome: "allowed" | "denied" | "timed-out" | "failed";
  output?: Record<string, unknown>;
  code?: string;
  message?: string;
  requestId?: string;
  /** Why it was denied, where the local cloud remembers it. */
  reasons?: DenialReasons;
}

/** The most of a stream that is shown; more needs a file. */
const mostShown = 1 << 20;

/** @throws ToolkitError for what is wrong before anything is sent */
export async function callOperation(admin: Clients, options: CallOptions): Promise<CallAnswer> {
  const service = serviceNamed(options.service);
  const operation = await operationNamed(admin, service, options.operation);
  const shape = inputShape(await admin.schema(service, operation));
  const input = inputOf(shape, parse(textOf(options.input ?? "{}")), operation);
  if (options.body !== undefined) {
    const member = streamingMember(shape);
    if (!member)
      throw new ToolkitError("CALL0009", `${operation} takes no bytes`, {
        help: "leave `--body` out",
        exit: "invalid",
      });
    if (!existsSync(options.body) || !statSync(options.body).isFile())
      throw new ToolkitError("CALL0010", `no file \`${options.body}\``, { exit: "invalid" });
    input[member] = createReadStream(options.body);
    if (service === "s3") input.ContentLength ??= statSync(options.body).size;
  }
  const caller = await becomeCaller(admin, options.who ?? "admin", options.from, options.state);
  const clients = new Clients({ ...caller.target, connectTimeout: 30_000 });
  const head = { service, operation, as: caller.described };
  try {
    const output = (await clients.call(service, operation as never, input as never)) as object;
    return { ...head, outcome: "allowed", output: outputOf(await readStream(output, options.out)) };
  } catch (error) {
    if (error instanceof ToolkitError) throw error;
    const ended = outcomeOf(error);
    if (ended.outcome === "allowed") throw error;
    const { endpoint = "", kind } = admin.target;
    const reasons =
      kind === "local" && ended.outcome === "denied" && ended.requestId
        ? await denialReasons(endpoint, options.state, ended.requestId).catch(() => undefined)
        : undefined;
    return { ...head, ...ended, ...(reasons && { reasons }) };
  } finally {
    clients.close();
    await caller.leave();
  }
}

function textOf(input: string): string {
  if (!input.startsWith("file://")) return input;
  const path = input.slice("file://".length);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ToolkitError(
      "CALL0015",
      `the input file \`${path}\` cannot be read: ${(error as Error).message}`,
      {
        help: "the path is taken from the working folder",
        exit: "invalid",
      },
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const place = lineAndColumn(text, jsonErrorAt(text) ?? 0);
    throw new ToolkitError("CALL0004", `the input is not JSON at ${place}`, {
      help: 'quote it for the shell: \'{"Name":"value"}\'; or read it from a file: "$(cat input.json)"',
      exit: "invalid",
    });
  }
}

/** Streams become a file, or text when short. */
async function readStream(output: object, out: string | undefined): Promise<object> {
  const found = Object.entries(output).find(
    ([, value]) => value && typeof (value as Readable).pipe === "function",
  );
  if (!found) {
    if (out !== undefined)
      throw new ToolkitError("CALL0011", "the answer has no bytes to write", {
        help: "leave `--out` out",
        exit: "invalid",
      });
    return output;
  }
  const [name, stream] = found as [string, Readable];
  if (out !== undefined) {
    await pipeline(stream, createWriteStream(out));
    return { ...output, [name]: `written to ${out} (${statSync(out).size} bytes)` };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > mostShown) {
      stream.destroy();
      throw new ToolkitError("CALL0012", `\`${name}\` is larger than ${mostShown} bytes`, {
        help: "write it to a file with `--out FILE`",
        exit: "invalid",
      });
    }
    chunks.push(chunk as Buffer);
  }
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(bytes))
    throw new ToolkitError("CALL0013", `\`${name}\` is not text (${bytes.length} bytes)`, {
      help: "write it to a file with `--out FILE`",
      exit: "invalid",
    });
  return { ...output, [name]: text };
}
