/** What the local cloud offers beside AWS's APIs: reasons of denials, its clock, listeners inside VPCs. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Snapshot } from "@sagekeep/cloud";
import type { Explanation } from "@sagekeep/engine";
import { ToolkitError } from "../errors.ts";

async function call(
  endpoint: string,
  state: string,
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<{ status: number; body: unknown }> {
  const token = readFileSync(join(resolve(state), "control.token"), "utf8").trim();
  const answer = await fetch(new URL(path, endpoint.replace(/^https:/, "http:")), {
    method,
    headers: { "x-sagekeep-token": token, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json().catch(() => ({})) };
}

async function post<T>(endpoint: string, state: string, path: string, body: object): Promise<T> {
  const { status, body: answer } = await call(endpoint, state, "POST", path, body);
  if (status === 200) return answer as T;
  const { error, code, help } = answer as { error?: string; code?: string; help?: string };
  if (code && help) throw new ToolkitError(code, error ?? path, { help, exit: "invalid" });
  throw new ToolkitError("CLOUD0006", `the local cloud refused ${path}: ${error ?? `HTTP ${status}`}`);
}

export interface DenialReasons {
  requestId: string;
  action: string;
  resource: string;
  explanation: Explanation;
}

/** Why a request was denied, by its id. @returns `undefined` when the cloud does not remember it */
export async function denialReasons(
  endpoint: string,
  state: string,
  requestId: string,
): Promise<DenialReasons | undefined> {
  const { status, body } = await call(
    endpoint,
    state,
    "GET",
    `/_sagekeep/denied?requestId=${encodeURIComponent(requestId)}`,
  );
  return status === 200 ? (body as DenialReasons) : undefined;
}

/** Moves the cloud's clock forward; what falls due on the way happens. */
export function advanceClock(endpoint: string, state: string, seconds: number): Promise<{ now: string }> {
  return post(endpoint, state, "/_sagekeep/clock", { advanceSeconds: seconds });
}

/** Packs the running cloud's state into a file, which that process writes. */
export function takeSnapshot(
  endpoint: string,
  state: string,
  file: string,
  force: boolean,
): Promise<Snapshot> {
  return post(endpoint, state, "/_sagekeep/snapshot", { file, force });
}

/**
 * A listener whose requests leave from this network interface: endpoint and proxy at once.
 * @param connectTimeout seconds after which connections without a path are closed. @default they hang, as on AWS
 */
export function openPosition(
  endpoint: string,
  state: string,
  networkInterfaceId: string,
  connectTimeout?: number,
): Promise<{ url: string }> {
  return post(endpoint, state, "/_sagekeep/positions", {
    networkInterfaceId,
    ...(connectTimeout !== undefined && { connectTimeoutSeconds: connectTimeout }),
  });
}

/**
 * Signs a user of Identity Center on to a domain in SSO mode, as its portal does on AWS.
 * @returns the URL that opens Studio, once. @throws ToolkitError (`exit` "denied") for who is not assigned
 */
export async function signOn(
  endpoint: string,
  state: string,
  domainId: string,
  userName: string,
): Promise<string> {
  const answer = await call(endpoint, state, "POST", "/_sagekeep/sign-on", { domainId, userName });
  const { url, error } = answer.body as { url?: string; error?: string };
  if (answer.status === 200 && url) return url;
  throw new ToolkitError("STUDIO0008", error ?? `HTTP ${answer.status}`, {
    exit: answer.status === 403 ? "denied" : "failed",
  });
}
