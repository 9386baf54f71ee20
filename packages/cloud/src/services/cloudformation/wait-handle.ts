/** What is put to a wait condition handle's URL: `{"Status", "Reason", "UniqueId", "Data"}`, without credentials. */
import type { CallContext } from "../../context.ts";
import { handleOf, isValidHandle, putSignal, type Signal } from "../../stacks/engine/signals.ts";

export interface HandleAnswer {
  status: number;
  /** S3's error document, or nothing. */
  body: string;
}

const LARGEST = 65_536;

/**
 * @param url path and query of the request
 * @param contextOf for the handle's account and region
 */
export async function answerWaitHandle(
  method: string,
  url: string,
  body: AsyncIterable<Uint8Array>,
  contextOf: (account: string, region: string) => CallContext,
): Promise<HandleAnswer> {
  const handle = handleOf(url);
  const [, , , region = "", account = ""] = handle?.stackId.split(":") ?? [];
  const context = handle && contextOf(account, region);
  if (!handle || !context || !isValidHandle(context, url)) {
    return failure(403, "AccessDenied", "Request has expired or its signature does not match");
  }
  if (method !== "PUT") return failure(405, "MethodNotAllowed", "The specified method is not allowed");
  let text = "";
  for await (const chunk of body) {
    text += Buffer.from(chunk).toString("utf8");
    if (text.length > LARGEST) return failure(400, "EntityTooLarge", "The signal is too large");
  }
  const signal = signalOf(text);
  // what is not a signal is an object that nobody reads, as on AWS
  if (signal) putSignal(context, handle.stackId, handle.logicalId, signal);
  return { status: 200, body: "" };
}

function signalOf(text: string): Signal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { Status, UniqueId, Reason, Data } = (value ?? {}) as Record<string, unknown>;
  if ((Status !== "SUCCESS" && Status !== "FAILURE") || typeof UniqueId !== "string" || UniqueId === "")
    return undefined;
  return {
    uniqueId: UniqueId,
    status: Status,
    ...(typeof Reason === "string" && { reason: Reason }),
    ...(Data !== undefined && { data: typeof Data === "string" ? Data : JSON.stringify(Data) }),
  };
}

function failure(status: number, code: string, message: string): HandleAnswer {
  return {
    status,
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}
