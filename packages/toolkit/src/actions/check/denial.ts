/** Asks the local cloud why a request was denied: the reasons of its engine, by the request's id. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Explanation } from "@sagekeep/engine";

export interface DenialReasons {
  requestId: string;
  action: string;
  resource: string;
  explanation: Explanation;
}

/** @returns `undefined` when the cloud does not remember the request */
export async function denialReasons(
  endpoint: string,
  state: string,
  requestId: string,
): Promise<DenialReasons | undefined> {
  const token = readFileSync(join(resolve(state), "control.token"), "utf8").trim();
  const url = new URL("/_sagekeep/denied", endpoint);
  url.searchParams.set("requestId", requestId);
  const answer = await fetch(url, { headers: { "x-sagekeep-token": token } });
  return answer.ok ? ((await answer.json()) as DenialReasons) : undefined;
}
