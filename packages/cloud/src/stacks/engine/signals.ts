/**
 * Signals that resources wait for: sent with SignalResource, or put to a wait condition handle's presigned URL.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html
 */
import { randomBytes } from "node:crypto";
import type { ReadContext } from "../../context.ts";
import type { Store } from "../../store/store.ts";
import type { Table } from "../../store/table.ts";
import { stackKey } from "./records.ts";

export interface Signal {
  uniqueId: string;
  status: "SUCCESS" | "FAILURE";
  reason?: string;
  data?: string;
}
interface Handle {
  stackId: string;
  logicalId: string;
  /** Makes the URL a secret, as a signature does. */
  signature: string;
}

const BUCKET = "cloudformation-waitcondition";
/** Seconds that a handle's URL is good for. */
const VALID = 86_400;

const bases = new WeakMap<Store, string>();

/** Where the cloud of this store listens: handles are answered there. */
export function setHandleBase(store: Store, url: string): void {
  bases.set(store, url);
}

const signals = (context: Pick<ReadContext, "table">): Table<Signal> =>
  context.table("cloudformation.signal");
const handles = (context: Pick<ReadContext, "table">): Table<Handle> =>
  context.table("cloudformation.wait-handle");

const keyOf = (stackId: string, logicalId: string): string => `${stackKey(stackId)}#${logicalId}`;

/** Keeps a signal; one with the same unique id takes the place of the earlier. */
export function putSignal(
  context: Pick<ReadContext, "table">,
  stackId: string,
  logicalId: string,
  signal: Signal,
): void {
  signals(context).put(`${keyOf(stackId, logicalId)}#${signal.uniqueId}`, signal);
}

/** The signals that a resource, or a handle, has received. */
export function signalsOf(
  context: Pick<ReadContext, "table">,
  stackId: string,
  logicalId: string,
): Readonly<Signal>[] {
  return signals(context).list({ prefix: `${keyOf(stackId, logicalId)}#` });
}

/** Forgets what a resource has received and its handle. */
export function forgetSignals(context: Pick<ReadContext, "table">, stackId: string, logicalId: string): void {
  for (const [key] of signals(context).entries({ prefix: `${keyOf(stackId, logicalId)}#` }))
    signals(context).delete(key);
  handles(context).delete(keyOf(stackId, logicalId));
}

/** A new handle's URL: at this cloud when it listens, else with AWS's host, which its proxy answers. */
export function newHandle(context: ReadContext, stackId: string, logicalId: string): string {
  const signature = randomBytes(20).toString("base64");
  handles(context).put(keyOf(stackId, logicalId), { stackId, logicalId, signature });
  const bucket = `${BUCKET}-${context.region}`;
  const base = bases.get(context.store);
  const place = base === undefined ? `https://${bucket}.s3.amazonaws.com` : `${base}/${bucket}`;
  const query = new URLSearchParams({
    Expires: String(Math.floor(context.clock.now() / 1000) + VALID),
    AWSAccessKeyId: `AKIA${randomBytes(8).toString("hex").toUpperCase()}`,
    Signature: signature,
  });
  return `${place}/${encodeURIComponent(stackId)}/${logicalId}?${query}`;
}

/** Stack and handle that a URL of `newHandle` names. */
export function handleOf(url: string): { stackId: string; logicalId: string } | undefined {
  const [, id, logicalId] = /\/(arn%3A[^/?]+)\/([A-Za-z0-9]+)(?:\?|$)/i.exec(url) ?? [];
  return id === undefined || logicalId === undefined
    ? undefined
    : { stackId: decodeURIComponent(id), logicalId };
}

/** Whether a request is one to a handle's URL. */
export function isHandle(host: string | undefined, path: string): boolean {
  return path.startsWith(`/${BUCKET}-`) || (host?.startsWith(`${BUCKET}-`) ?? false);
}

/** Whether the URL is one that was given out and is still good. */
export function isValidHandle(context: ReadContext, url: string): boolean {
  const handle = handleOf(url);
  if (!handle) return false;
  const query = new URLSearchParams(url.slice(url.indexOf("?")));
  const known = handles(context).get(keyOf(handle.stackId, handle.logicalId));
  const expires = Number(query.get("Expires") ?? 0) * 1000;
  return known !== undefined && known.signature === query.get("Signature") && expires > context.clock.now();
}
