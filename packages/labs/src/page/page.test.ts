/** The page of a lab must stand alone: nothing fetched, nothing run, every inner link leading somewhere. */
import { parsePlatform } from "@sagekeep/spec";
import { expect, test } from "vitest";
import { diagrams } from "../diagrams/index.ts";
import { mermaid } from "../diagrams/mermaid.ts";
import { svg } from "../diagrams/svg.ts";
import { labPlatformYaml } from "../lab-platform.ts";
import type { Lab } from "../model.ts";
import { labPage } from "./page.ts";

const platform = parsePlatform(labPlatformYaml);
const lab: Lab = {
  slug: "09-test",
  number: 9,
  title: "Tags <and> more",
  minutes: 5,
  introduction:
    "See [the network](#diagram-network) and <script>alert(1)</script>.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |",
  steps: [
    {
      id: "9.1",
      title: "First",
      text: "Again [the network](#diagram-network).\n\n| no | rule |\n| 3 | 4 |",
      details: async ({ name }) => `It is called ${name}.`,
      hint: "none",
      experiments: () => [],
    },
  ],
  quiz: [{ question: "1+1?", choices: ["1", "2"], answer: 1, explanation: "count", step: "9.1" }],
  furtherReading: [{ title: "IAM", url: "https://docs.aws.amazon.com/IAM/" }],
};

test("a page needs nothing else, and escapes what is no Markdown", async () => {
  const page = await labPage(lab, platform);
  expect(page).not.toMatch(/<script|<link|<iframe|\bsrc=|@import|url\((?!#)/);
  expect(page).toContain("&lt;script&gt;");
  expect(page).toContain("<td>1</td>");
  expect(page).toMatch(/<th>rule<\/th>[\s\S]*<td>4<\/td>/);
  expect(page).toContain(`It is called ${platform.name}.`);
  expect(page.match(/id="diagram-network"/g)).toHaveLength(1);
  expect(page).toMatch(/aria-label="QR code: https:/);
  const ids = new Set([...page.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id));
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
});

test.each(diagrams.map((one) => [one.name, one] as const))("%s is drawn and written", (_, diagram) => {
  const boxes = diagram.groups.flatMap(({ columns }) => columns.flat());
  const drawn = svg(diagram);
  expect(drawn.match(/class="box /g)).toHaveLength(boxes.length);
  expect(drawn.match(/class="arrow/g)).toHaveLength(diagram.arrows.length);
  expect(diagram.description.length).toBeGreaterThan(40);
  const text = mermaid(diagram);
  for (const { id } of boxes) expect(text).toContain(id);
  // a line wider than its box would be cut or run over the next one
  for (const box of boxes) for (const line of box.text) expect(line.length).toBeLessThan(28);
});
