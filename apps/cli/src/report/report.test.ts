/** One report, four ways to write it: nothing is lost, nothing becomes markup. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answer } from "./answer.ts";
import { renderHtml } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";
import { gapsBlock, type Report, tones } from "./report.ts";
import { renderText } from "./text.ts";

const report: Report = {
  title: "Who can s3:* on <b>",
  blocks: [
    { header: ["who", "how"], rows: [["a|b", tones.bad("<script>")], ["`x`"]] },
    { heading: "more" },
    { list: ["one * two", tones.warn("three")] },
    { rows: [] },
    false,
    undefined,
    { lines: "  kept\n    as is" },
    gapsBlock([{ what: "the keys", why: "AccessDenied: no" }]),
  ],
};

test("text: tables aligned, gaps named, empty blocks left out", () => {
  expect(renderText(report)).toBe(
    [
      "who  how",
      "───  ────────",
      "a|b  <script>",
      "`x`",
      "",
      "more",
      "one * two",
      "three",
      "",
      "  kept\n    as is",
      "not read: the keys (AccessDenied: no)",
    ].join("\n"),
  );
});

test("Markdown: cells cannot break the table or become markup", () => {
  const text = renderMarkdown(report);
  expect(text).toContain("| who | how |\n| --- | --- |\n| a\\|b | **\\<script\\>** |\n| \\`x\\` |  |");
  expect(text).toContain("# Who can s3:\\* on \\<b\\>");
  expect(text).toContain("- one \\* two");
});

test("HTML: a whole page, everything escaped", () => {
  const page = renderHtml(report, new Date("2026-11-23T10:00:00Z"));
  expect(page).toContain("<title>Who can s3:* on &lt;b&gt;</title>");
  expect(page).toContain('<span class="bad">&lt;script&gt;</span>');
  expect(page).not.toContain("<script");
  expect(page).toContain("2026-11-23 10:00 UTC");
});

test("an answer goes to a file, whole, or says why not", () => {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-report-"));
  answer({ a: 1 }, () => report, "json", join(folder, "a.json"));
  expect(JSON.parse(readFileSync(join(folder, "a.json"), "utf8"))).toEqual({ a: 1 });
  answer({}, () => report, "html", join(folder, "a.html"));
  expect(readFileSync(join(folder, "a.html"), "utf8")).toContain("</html>");
  expect(() => answer({}, () => report, "text", join(folder, "no", "such"))).toThrow(/cannot write/);
});
