/** The VPC's flow log: what was refused since a moment, and the wait until it arrives. */
import type { Bench } from "../../bench.ts";

export interface Rejected {
  source: string;
  port: number;
  /** As the log has it. */
  line: string;
}

const group = (bench: Bench) => `/sagekeep/${bench.platform}/flow-logs`;

/** Number of records so far: later ones come after them. */
export async function eventsSoFar(bench: Bench): Promise<number> {
  return (await read(bench)).length;
}

async function read(bench: Bench): Promise<string[]> {
  const lines: { at: number; message: string }[] = [];
  const pages = bench.admin.pages(
    "cloudwatch-logs",
    "FilterLogEvents",
    { logGroupName: group(bench) },
    { in: "nextToken", out: "nextToken" },
  );
  for await (const { events = [] } of pages)
    for (const { timestamp = 0, message = "" } of events) lines.push({ at: timestamp, message });
  return lines.sort((one, other) => one.at - other.at).map(({ message }) => message);
}

/**
 * Records of refused packets that arrived after the first `seen` ones, when there is one to each of the ports. AWS
 * gathers records for a minute and delivers them some minutes later; the local cloud takes a second.
 * @throws Error naming the port that no record came for
 */
export async function rejectedSince(bench: Bench, seen: number, ports: number[]): Promise<Rejected[]> {
  const pause = bench.isLocal ? 200 : 15_000;
  let missing = ports;
  for (let tries = 0; tries < 60; tries++) {
    const found = (await read(bench)).slice(seen).map(parse);
    missing = ports.filter((port) => !found.some((one) => one.port === port));
    if (missing.length === 0) return found;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`no packet to port ${missing.join(" or ")} was refused`);
}

/** Default format: version account interface source destination source-port destination-port … */
function parse(line: string): Rejected {
  const [, , , source = "", , , port = "0"] = line.split(" ");
  return { source, port: Number(port), line };
}
