/** Writes an answer where and how it was asked for. */
import { writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { ToolkitError } from "@sagekeep/toolkit/local";
import { renderHtml } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";
import type { Report } from "./report.ts";
import { renderText } from "./text.ts";

const renderers: Record<string, (report: Report) => string> = {
  text: renderText,
  markdown: renderMarkdown,
  html: renderHtml,
};

export function answer(value: unknown, shown: () => string | Report, format = "text", out?: string): void {
  const text = format === "json" ? JSON.stringify(value) : rendered(shown(), format);
  const whole = text.endsWith("\n") ? text : `${text}\n`;
  if (out === undefined) {
    process.stdout.write(whole);
    return;
  }
  try {
    writeFileSync(out, stripVTControlCharacters(whole));
  } catch (error) {
    throw new ToolkitError("CLI0007", `cannot write \`${out}\`: ${(error as Error).message}`, {
      exit: "invalid",
    });
  }
}

function rendered(shown: string | Report, format: string): string {
  return typeof shown === "string" ? shown : (renderers[format] ?? renderText)(shown);
}
