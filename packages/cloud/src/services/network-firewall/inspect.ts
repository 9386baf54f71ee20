/** Whether a firewall lets a connection on. Filled with the service. */
import type { ReadContext } from "../../context.ts";

export interface Connection {
  host: string;
  port: number;
  secure: boolean;
  source: string;
  destination: string;
}

/** `undefined` when no firewall answers behind the endpoint. */
export function inspect(
  _context: ReadContext,
  _endpointId: string,
  _connection: Connection,
): { allowed: boolean; detail: string } | undefined {
  return undefined;
}
