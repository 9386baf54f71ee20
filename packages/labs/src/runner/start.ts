/** `lab start`: the folder, the prerequisites, the cloud, the platform, the first step. */
import { existsSync, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type Io, ToolkitError } from "@sagekeep/toolkit";
import { labs } from "../content/index.ts";
import { labPlatformYaml } from "../lab-platform.ts";
import type { Lab } from "../model.ts";
import { askForAws, awsAccount, type Consent } from "./consent.ts";
import { labOf } from "./find.ts";
import type { LabFolder } from "./folder.ts";
import { alone } from "./lock.ts";
import { checkPrerequisites, type Prerequisite } from "./prerequisites.ts";
import { type LabTarget, Progress, writeWhole } from "./progress.ts";
import { setStage } from "./stage.ts";
import { type StepView, viewStep } from "./views.ts";
import { openWorkbench } from "./workbench.ts";

export interface StartOptions {
  folder: LabFolder;
  /** @default the lab in progress, else the first */
  lab?: string;
  /** @default the folder's, else "local" */
  target?: "local" | "aws";
  region?: string;
  yes?: boolean;
  account?: string;
  self: readonly string[];
}

export interface StartReport {
  folder: string;
  made: string[];
  prerequisites: Prerequisite[];
  target: LabTarget;
  consent?: Consent;
  lab: { slug: string; title: string; minutes: number; introduction: string };
  step?: StepView;
  /** Whether a step was in progress and goes on. */
  resumed: boolean;
}

/** @returns `undefined` when declined */
export async function startLab(options: StartOptions, io: Io): Promise<StartReport | undefined> {
  const { folder, self } = options;
  const prerequisites = await checkPrerequisites(folder);
  const missing = prerequisites.filter((one) => one.state === "missing");
  if (missing.length > 0)
    throw new ToolkitError("LAB0030", missing.map((one) => `${one.what}: ${one.found}`).join("; "), {
      help: missing.flatMap((one) => one.help ?? []).join("; "),
      exit: "invalid",
    });
  const wanted = options.lab ? await labOf(options.lab) : undefined;
  return alone(folder, async () => {
    const known = Progress.read(folder.progress);
    const target = await targetOf(options, known);
    if (!target) return undefined;
    const made = makeFolder(folder, target);
    let consent: Consent | undefined;
    if (target.kind === "aws" && !known) {
      consent = await askForAws(folder, target.account, options, io);
      if (!consent) return undefined;
    }
    const progress = known ?? Progress.create(folder.progress, target);
    const course = { folder, progress, io, self };
    const bench = await openWorkbench(course);
    try {
      const lab = wanted ?? (await labOf(progress.data.lab ?? labs[0]?.slug ?? ""));
      const resumed = progress.data.open?.lab === lab.slug && progress.data.open.phase === "prepared";
      const step = firstOpen(lab, progress);
      if (step && !(resumed && progress.data.open?.step === step.id))
        await setStage(course, bench, lab, step);
      const { slug, title, minutes, introduction } = lab;
      return {
        folder: relative(process.cwd(), folder.path) || ".",
        made,
        prerequisites,
        target,
        ...(consent && { consent }),
        lab: { slug, title, minutes, introduction: introduction.trim() },
        ...(step && { step: await viewStep(course, bench, lab, step) }),
        resumed,
      };
    } finally {
      await bench.close();
    }
  });
}

/** The step in progress in this lab, else the first that is not done, else the last. */
function firstOpen(lab: Lab, progress: Progress) {
  const { open } = progress.data;
  const current = open?.lab === lab.slug ? lab.steps.find(({ id }) => id === open.step) : undefined;
  if (current) return current;
  return (
    lab.steps.find(({ id }) => !["passed", "read"].includes(progress.of(lab.slug, id)?.state ?? "")) ??
    lab.steps.at(-1)
  );
}

async function targetOf(
  { target, region, folder }: StartOptions,
  known: Progress | undefined,
): Promise<LabTarget | undefined> {
  const { target: before } = known?.data ?? {};
  if (before) {
    if (target && target !== before.kind)
      throw new ToolkitError(
        "LAB0031",
        `the labs in \`${folder.path}\` are played on ${before.kind === "aws" ? `AWS account ${before.account}` : "the local cloud"}`,
        { help: "use another folder for another target: `--folder DIR`", exit: "invalid" },
      );
    return before;
  }
  if (target !== "aws") return { kind: "local" };
  const where = region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (!where)
    throw new ToolkitError("LAB0032", "no region was named", {
      help: "`--region us-east-1`, or set AWS_REGION",
      exit: "invalid",
    });
  return { kind: "aws", account: await awsAccount(where), region: where };
}

function makeFolder(folder: LabFolder, target: LabTarget): string[] {
  const made: string[] = [];
  mkdirSync(folder.policies, { recursive: true });
  if (!existsSync(folder.platform)) {
    const text =
      target.kind === "local"
        ? labPlatformYaml
        : labPlatformYaml
            .replace(/^region: .*$/m, `region: ${target.region}`)
            .replace(/^account: .*$/m, `account: "${target.account}"`);
    writeWhole(folder.platform, text);
    made.push("platform.yaml");
  }
  const ignore = join(folder.path, ".gitignore");
  if (!existsSync(ignore)) {
    writeWhole(ignore, "# keys and state of the local cloud\n.sagekeep/\n");
    made.push(".gitignore");
  }
  return made;
}
