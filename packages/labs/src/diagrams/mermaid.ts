/** A diagram as Mermaid text. */
import type { Box, Diagram } from "./model.ts";

const quoted = (text: string) => `"${text.replaceAll('"', "#quot;")}"`;
const shape = ({ id, text, kind }: Box) => {
  const label = quoted(text.join("<br/>"));
  if (kind === "data") return `${id}[(${label})]`;
  if (kind === "user") return `${id}([${label}])`;
  if (kind === "wall") return `${id}{{${label}}}`;
  return `${id}[${label}]`;
};

export function mermaid({ groups, arrows, title }: Diagram): string {
  return [
    `---\ntitle: ${title}\n---`,
    "flowchart LR",
    ...groups.flatMap(({ title: name, columns }, index) => [
      `  subgraph g${index}[${quoted(name)}]`,
      ...columns.flat().map((box) => `    ${shape(box)}`),
      "  end",
    ]),
    ...arrows.map(({ from, to, label, blocked }) => {
      const line = blocked ? "-. " : "-- ";
      const head = blocked ? " .-x" : " -->";
      return label
        ? `  ${from} ${line}${quoted(label)}${head} ${to}`
        : `  ${from} ${blocked ? "-.-x" : "-->"} ${to}`;
    }),
  ].join("\n");
}
