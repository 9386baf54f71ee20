/** `lab read`: a lab's texts in one piece. Nothing is started for it. */
import { existsSync, writeFileSync } from "node:fs";
import { type Platform, parsePlatform } from "@sagekeep/spec";
import { openPlatform, ToolkitError } from "@sagekeep/toolkit";
import { labs } from "../content/index.ts";
import { labPlatformYaml } from "../lab-platform.ts";
import { labOf } from "../runner/find.ts";
import type { LabFolder } from "../runner/folder.ts";
import { Progress } from "../runner/progress.ts";
import { labPage } from "./page.ts";
import { stepText } from "./step-text.ts";

export interface ReadReport {
  lab: string;
  title: string;
  markdown: string;
  /** The page that was written. */
  file?: string;
  bytes?: number;
}

/** @param html file to write the page to */
export async function readLab(folder: LabFolder, name?: string, html?: string): Promise<ReadReport> {
  const lab = await labOf(name ?? Progress.read(folder.progress)?.data.lab ?? labs[0]?.slug ?? "");
  const platform: Platform = existsSync(folder.platform)
    ? openPlatform(folder.platform).platform
    : parsePlatform(labPlatformYaml);
  const texts = await Promise.all(
    lab.steps.map(async (step) => `## ${step.id} ${step.title}\n\n${await stepText(step, platform)}`),
  );
  const report = {
    lab: lab.slug,
    title: lab.title,
    markdown: [`# ${lab.title}`, lab.introduction.trim(), ...texts].join("\n\n"),
  };
  if (html === undefined) return report;
  const page = await labPage(lab, platform);
  try {
    writeFileSync(html, page);
  } catch (error) {
    throw new ToolkitError("LAB0050", `\`${html}\` cannot be written: ${(error as Error).message}`, {
      help: "name a file in a folder that is there",
      exit: "invalid",
    });
  }
  return { ...report, file: html, bytes: Buffer.byteLength(page) };
}
