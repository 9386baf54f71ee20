/** What the stacks of an account export: name → value. */
import type { Clients } from "../aws/clients.ts";

export async function exportsOf(clients: Clients): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const page of clients.pages(
    "cloudformation",
    "ListExports",
    {},
    { in: "NextToken", out: "NextToken" },
  )) {
    for (const { Name, Value } of page.Exports ?? []) if (Name && Value) all[Name] = Value;
  }
  return all;
}
