/** Changes platform.yaml in place: comments, order and style stay; the result must be a valid platform again. */
import { renameSync, writeFileSync } from "node:fs";
import { formatProblems, readPlatform } from "@sagekeep/spec";
import { type Document, isMap, parseDocument } from "yaml";
import { ToolkitError } from "../errors.ts";
import { openPlatform, type PlatformFile } from "./platform-file.ts";

/**
 * Applies `change` to the file's document and writes it, whole or not at all.
 * @throws ToolkitError with the problems the changed file would have; the file is untouched then
 */
export function editPlatform(file: PlatformFile, change: (document: Document) => void): PlatformFile {
  const document = parseDocument(file.text, { keepSourceTokens: true });
  change(document);
  // lines as long as the author's: the library folds at 80 otherwise
  const text = keepLines(file.text, document.toString({ lineWidth: 0 }));
  const { platform, problems } = readPlatform(text, { file: file.path });
  if (!platform) {
    throw new ToolkitError(
      "USERS0001",
      `the change would break the platform file\n${formatProblems(problems)}`,
      { help: "nothing was written", exit: "invalid" },
    );
  }
  const draft = `${file.path}.new`;
  writeFileSync(draft, text);
  renameSync(draft, file.path);
  return openPlatform(file.path);
}

/** Lines that differ in nothing but spaces are the author's own again. */
function keepLines(before: string, after: string): string {
  const squeeze = (line: string) => line.trimStart().replace(/\s+/g, "");
  const own = new Map(before.split("\n").map((line) => [squeeze(line), line]));
  return after
    .split("\n")
    .map((line) => (squeeze(line) === "" ? line : (own.get(squeeze(line)) ?? line)))
    .join("\n");
}

/** Sets a value deep in the document; maps on the way that are missing are made in the style of their parent. */
export function setIn(document: Document, path: readonly string[], value: unknown): void {
  const parent = document.getIn(path.slice(0, -1), true);
  const node = document.createNode(value);
  if (isMap(node) && isMap(parent) && parent.flow) node.flow = true;
  document.setIn(path, node);
}
