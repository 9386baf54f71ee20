/** The access matrix: an operation a row, a user a column. */
import type { AccessMatrix, DenialReasons } from "@sagekeep/toolkit";
import { type Cell, type Report, tones } from "../report/report.ts";
import { renderText } from "../report/text.ts";
import { renderExplanation } from "./explanation.ts";

const words = { allowed: "allowed", denied: "denied", "timed-out": "no path", failed: "failed" } as const;

export function matrixReport({ users, results, surprises }: AccessMatrix, platform: string): Report {
  const rows = new Map<string, Map<string, Cell>>();
  for (const one of results) {
    const word = words[one.actual];
    const cell = one.ok
      ? (one.actual === "allowed" ? tones.good : tones.dim)(`✔ ${word}`)
      : tones.bad(`✖ ${word}, expected ${words[one.expected]}`);
    const row = rows.get(one.describe) ?? new Map<string, Cell>();
    rows.set(one.describe, row.set(one.user, cell));
  }
  const total = results.length;
  return {
    title: `What everybody can do on ${platform}`,
    blocks: [
      {
        header: ["operation", ...users.map(({ name, persona, team }) => `${name} (${persona}, ${team})`)],
        rows: [...rows].map(([what, cells]) => [
          what,
          ...users.map(({ name }) => cells.get(name) ?? tones.dim("–")),
        ]),
      },
      {
        text: (total === 0 ? tones.warn : surprises === 0 ? tones.good : tones.bad)(
          `${total === 0 ? "nothing could be attempted" : surprises === 0 ? `all ${total} attempts ended as expected` : `${surprises} of ${total} attempts did not end as expected`} (✔ as expected, ✖ not)`,
        ),
      },
      {
        list: results
          .filter((one) => !one.ok)
          .map((one) => {
            const said = "message" in one.attempt ? `; it said: ${one.attempt.message}` : "";
            return tones.bad(
              `${one.user}: ${one.describe}: expected ${words[one.expected]} (${one.why}), got ${words[one.actual]}${said}`,
            );
          }),
      },
    ],
  };
}

export const renderMatrix = (matrix: AccessMatrix, platform: string): string =>
  renderText(matrixReport(matrix, platform));

/** Why one request was denied. */
export function renderDenial({ explanation }: DenialReasons): string {
  return renderExplanation(explanation);
}
