/** Writes a platform's templates to a folder, with a script that deploys them in order by the AWS CLI alone. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Synthesized } from "@sagekeep/constructs";
import { ToolkitError } from "../../errors.ts";

const MARK = "# Written by sagekeep synth";

/**
 * @param folder made when missing; must be empty or written by this before
 * @returns file names, in deploy order, the script last
 */
export function writeStacks(synthesis: Synthesized, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const there = readdirSync(folder);
  const ours = there.includes("deploy.sh") && readFileSync(join(folder, "deploy.sh"), "utf8").includes(MARK);
  if (there.length > 0 && !ours)
    throw new ToolkitError("DEPLOY0010", `the folder \`${folder}\` holds other files`, {
      help: "name an empty or new folder with `--out`",
      exit: "invalid",
    });
  const files: string[] = [];
  for (const { name, template } of synthesis.stacks) {
    files.push(`${name}.template.json`);
    writeFileSync(join(folder, `${name}.template.json`), `${JSON.stringify(template, null, 1)}\n`);
  }
  writeFileSync(join(folder, "deploy.sh"), script(synthesis));
  chmodSync(join(folder, "deploy.sh"), 0o755);
  return [...files, "deploy.sh"];
}

function script({ stacks }: Synthesized): string {
  const deploy = (stack: Synthesized["stacks"][number]) =>
    [
      `aws cloudformation deploy --region ${stack.region} --no-fail-on-empty-changeset`,
      `  --stack-name ${stack.name} --template-file ${stack.name}.template.json`,
      ...(stack.capabilities.length ? [`  --capabilities ${stack.capabilities.join(" ")}`] : []),
      `  --tags ${Object.entries(stack.tags)
        .map(([key, value]) => `'${`${key}=${value}`.replaceAll("'", "'\\''")}'`)
        .join(" ")}`,
    ].join(" \\\n");
  const own = stacks.filter((stack) => stack.target === "platform");
  const others = stacks.filter((stack) => stack.target !== "platform");
  return [
    "#!/usr/bin/env bash",
    MARK,
    `# Deploys to account ${stacks[0]?.account}, in order. Needs the AWS CLI and credentials of that account.`,
    "set -euo pipefail",
    'cd "$(dirname "$0")"',
    `test "$(aws sts get-caller-identity --query Account --output text)" = ${stacks[0]?.account} || { echo "these are credentials of another account" >&2; exit 1; }`,
    ...own.map(deploy),
    ...others.flatMap((stack) => [
      "",
      "# In the organization's management account:",
      deploy(stack).replaceAll(/^/gm, "# "),
    ]),
    "",
  ].join("\n");
}
