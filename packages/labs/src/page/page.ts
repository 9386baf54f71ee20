/**
 * A lab as one HTML file that needs nothing else: no script, no font, no network. For reading along, printing, handing
 * out; the experiments themselves are played with `sagekeep lab`.
 */
import type { Platform } from "@sagekeep/spec";
import { Marked } from "marked";
import { diagrams } from "../diagrams/index.ts";
import { mermaid } from "../diagrams/mermaid.ts";
import { svg, svgStyle } from "../diagrams/svg.ts";
import type { Lab } from "../model.ts";
import { projectPage, qrCode } from "./qr-code.ts";
import { stepText } from "./step-text.ts";
import { pageStyle } from "./style.ts";

const escapeHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Markdown without HTML of its own: what looks like a tag is text. */
const markdown = new Marked({
  gfm: true,
  renderer: { html: ({ text }) => escapeHtml(text) },
});

/** Tables may be written without the rule below their head, as the terminal shows them; Markdown wants it. */
function withRules(text: string): string {
  const lines = text.split("\n");
  const isRow = (line: string | undefined) => line !== undefined && /^\s*\|.*\|\s*$/.test(line);
  return lines
    .flatMap((line, index) => {
      const first = isRow(line) && !isRow(lines[index - 1]);
      if (!first || /^\s*\|[\s:|-]+\|\s*$/.test(lines[index + 1] ?? "")) return [line];
      return [line, `|${" --- |".repeat(line.trim().split(/(?<!\\)\|/).length - 2)}`];
    })
    .join("\n");
}

/** @param platform what figures are worked out from */
export async function labPage(lab: Lab, platform: Platform): Promise<string> {
  const shown = new Set<string>();
  const steps = await Promise.all(
    lab.steps.map(async (step) => ({ step, text: await stepText(step, platform) })),
  );
  const parts = [
    section("introduction", "", lab.introduction, shown),
    ...steps.map(({ step, text }) =>
      section(
        step.id,
        `${step.id} ${step.title}`,
        text,
        shown,
        `${step.needsAws ? `<p class="note"><b>Needs a real account</b>: ${markdown.parseInline(step.needsAws)}</p>` : ""}${
          step.task
            ? `<div class="task"><b>To do</b> ${markdown.parse(step.task.goal)}<code>policies/${escapeHtml(step.task.file)}</code><p>The check puts it in force; before that, nothing of it is.</p></div>`
            : ""
        }<p class="run"><code>sagekeep lab check ${step.id}</code></p><details><summary>Hint</summary>${markdown.parse(step.hint)}</details>`,
      ),
    ),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(lab.title)} – Sagekeep labs</title>
<style>${pageStyle}${svgStyle}</style>
</head>
<body>
<header>
<div><p class="over">Sagekeep lab ${lab.number}</p><h1>${escapeHtml(lab.title)}</h1><p>about ${lab.minutes} minutes, ${lab.steps.length} steps</p></div>
<figure class="qr">${qrCode(projectPage)}<figcaption><a href="${projectPage}">the project's page</a></figcaption></figure>
</header>
<nav><ul>${lab.steps.map(({ id, title }) => `<li><a href="#${id}">${id} ${escapeHtml(title)}</a></li>`).join("")}</ul></nav>
<main>
${parts.join("\n")}
${quiz(lab)}
${furtherReading(lab)}
</main>
</body>
</html>
`;
}

function section(id: string, title: string, text: string, shown: Set<string>, more = ""): string {
  const drawn = diagramsIn(text, shown);
  return `<section id="${escapeHtml(id)}">${title ? `<h2>${markdown.parseInline(title)}</h2>` : ""}${markdown.parse(withRules(text))}${drawn}${more}</section>`;
}

/** Each diagram once, where it is first named. */
function diagramsIn(text: string, shown: Set<string>): string {
  const named = [...text.matchAll(/\(#diagram-([\w-]+)\)/g)].map(([, name]) => name);
  return diagrams
    .filter(({ name }) => named.includes(name) && !shown.has(name))
    .map((diagram) => {
      shown.add(diagram.name);
      return `<figure id="diagram-${diagram.name}"><div class="wide">${svg(diagram)}</div><figcaption>${escapeHtml(diagram.title)}. ${escapeHtml(diagram.description)}</figcaption><details><summary>as Mermaid</summary><pre><code>${escapeHtml(mermaid(diagram))}</code></pre></details></figure>`;
    })
    .join("");
}

function quiz({ quiz: questions, slug }: Lab): string {
  if (questions.length === 0) return "";
  const items = questions.map(
    ({ question, choices, answer, explanation, step }) =>
      `<li>${markdown.parseInline(question)}<ol type="1">${choices.map((choice) => `<li>${markdown.parseInline(choice)}</li>`).join("")}</ol><details><summary>Answer</summary><p><b>${answer + 1}</b>. ${markdown.parseInline(explanation)} (<a href="#${step}">step ${step}</a>)</p></details></li>`,
  );
  return `<section id="quiz"><h2>Quiz</h2><p class="run"><code>sagekeep lab quiz ${slug}</code></p><ol class="quiz">${items.join("")}</ol></section>`;
}

function furtherReading({ furtherReading: links }: Lab): string {
  if (links.length === 0) return "";
  return `<section id="further-reading"><h2>Further reading</h2><ul>${links.map(({ title, url }) => `<li><a href="${escapeHtml(url)}">${escapeHtml(title)}</a></li>`).join("")}</ul></section>`;
}
