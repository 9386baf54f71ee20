/** Calls by name, as tables of kinds need them, and what AWS's answers mean while things go away. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clients, ServiceKey } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";
import type { Ground } from "./item.ts";

export type Fields = Record<string, unknown>;

/** An operation that is only known when it runs. */
export function ask(
  clients: Clients,
  service: ServiceKey,
  operation: string,
  input: Fields,
): Promise<Fields> {
  return clients.call(service, operation as never, input as never) as Promise<Fields>;
}

/** All items of a list operation. */
export async function listAll(
  clients: Clients,
  service: ServiceKey,
  operation: string,
  input: Fields,
  member: string,
  token = { in: "NextToken", out: "NextToken" },
): Promise<Fields[]> {
  const all: Fields[] = [];
  for await (const page of clients.pages(service, operation as never, input as never, token))
    all.push(...(((page as Fields)[member] as Fields[] | undefined) ?? []));
  return all;
}

/** Whether an error says that the thing is not there (any more). */
export function isGone(error: unknown): boolean {
  const { name = "", message = "" } = (error ?? {}) as { name?: string; message?: string };
  if (/NotFound|NoSuch|DoesNotExist|^ResourceNotFound/.test(name)) return true;
  return (
    /^Validation(Exception|Error)$/.test(name) &&
    /could not find|does not exist|not found|cannot find|recordNotFound/i.test(message)
  );
}

export const isDenied = (error: unknown): boolean =>
  /AccessDenied|Unauthorized|Forbidden/i.test((error as Error | undefined)?.name ?? "");

/** Minutes that anything may take; a domain or a NAT gateway takes up to ten. */
const PATIENCE = 40;

/**
 * Looks until `done`; the local cloud answers at once, AWS takes its time.
 * @throws ToolkitError after 40 minutes, AbortError when interrupted
 */
export async function until(ground: Ground, what: string, done: () => Promise<boolean>): Promise<void> {
  const local = ground.clients.target.kind === "local";
  const end = Date.now() + (local ? 60_000 : PATIENCE * 60_000);
  for (let pause = local ? 15 : 2000; ; pause = Math.min(pause * 1.5, local ? 200 : 15_000)) {
    if (await done()) return;
    if (Date.now() > end)
      throw new ToolkitError("DESTROY0004", `${what} is still there after ${local ? 1 : PATIENCE} minutes`, {
        help: "look at its state in the console, then run this again: what is done stays done",
      });
    await sleep(pause, undefined, ground.io.signal ? { signal: ground.io.signal } : {});
  }
}

/** Runs `work`; what is not there is `undefined`. */
export async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Whether the call finds nothing any more. */
export async function gone(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (isGone(error)) return true;
    throw error;
  }
}

/** Runs `work`; a failure is noted as a gap, and nothing is found. */
export async function look<T>(ground: Ground, what: string, work: () => Promise<T[]>): Promise<T[]> {
  try {
    return await work();
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    ground.gap(what, `${(error as Error).name}: ${(error as Error).message}`);
    return [];
  }
}

export const names = (tags: unknown): Record<string, string> =>
  Object.fromEntries(
    ((tags as { Key?: string; Value?: string }[] | undefined) ?? []).map(({ Key = "", Value = "" }) => [
      Key,
      Value,
    ]),
  );
