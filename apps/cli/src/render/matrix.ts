/** The access matrix: an operation a row, a user a column. */
import type { AccessMatrix, DenialReasons } from "@sagekeep/toolkit";
import { renderExplanation } from "./explanation.ts";
import { paint, table } from "./table.ts";

const words = { allowed: "allowed", denied: "denied", "timed-out": "no path", failed: "failed" } as const;

export function renderMatrix({ users, results, surprises }: AccessMatrix): string {
  const rows = new Map<string, Map<string, string>>();
  for (const one of results) {
    const word = words[one.actual];
    const cell = one.ok
      ? one.actual === "allowed"
        ? paint.green(`✔ ${word}`)
        : paint.dim(`✔ ${word}`)
      : paint.red(`✖ ${word}, expected ${words[one.expected]}`);
    const row = rows.get(one.describe) ?? new Map<string, string>();
    rows.set(one.describe, row.set(one.user, cell));
  }
  const lines = table(
    [...rows].map(([what, cells]) => [what, ...users.map(({ name }) => cells.get(name) ?? paint.dim("–"))]),
    ["operation", ...users.map(({ name, persona, team }) => `${name} (${persona}, ${team})`)],
  );
  const total = results.length;
  const verdict =
    surprises === 0
      ? paint.green(`all ${total} attempts ended as expected`)
      : paint.red(`${surprises} of ${total} attempts did not end as expected`);
  return `${lines}\n\n${verdict} (✔ as expected, ✖ not)`;
}

export function renderSurprises({ results }: AccessMatrix): string {
  return results
    .filter((one) => !one.ok)
    .map((one) => {
      const said = "message" in one.attempt ? `\n  it said: ${one.attempt.message}` : "";
      return `${paint.red("✖")} ${one.user}: ${one.describe}: expected ${words[one.expected]} (${one.why}), got ${words[one.actual]}${said}`;
    })
    .join("\n");
}

/** Why one request was denied. */
export function renderDenial({ explanation }: DenialReasons): string {
  return renderExplanation(explanation);
}
