/** Options that several commands share. */
import { defaultState, localTarget, type Target } from "@sagekeep/toolkit/local";
import { type Command, InvalidArgumentError, Option } from "commander";
import { formats } from "../report/report.ts";

export interface TargetOptions {
  target: "local" | "aws";
  state: string;
  region?: string;
}

export function withTarget(command: Command): Command {
  return command
    .option("--target <where>", "`local` (the local cloud) or `aws`", "local")
    .option("--state <dir>", "state folder of the local cloud", defaultState)
    .option("--region <name>", "region (default: the local cloud's, or the AWS configuration's)");
}

/** Options of commands whose answer is a report. */
export function withFormat(command: Command): Command {
  return command
    .addOption(new Option("--format <name>", "how the answer is written").choices(formats).default("text"))
    .option("--output <file>", "write the answer to a file")
    .option("--json", "one JSON object on stdout: short for --format json");
}

/** Where the command's calls go. */
export function targetOf(options: TargetOptions, region?: string): Target {
  const chosen = options.region ?? region;
  if (options.target === "aws")
    return { kind: "aws", region: chosen ?? process.env.AWS_REGION ?? "us-east-1" };
  const target = localTarget(options.state);
  return chosen ? { ...target, region: chosen } : target;
}

/** A port number. */
export function parsePort(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65535) {
    throw new InvalidArgumentError(`got \`${text}\`, expected 0 to 65535 (0: any free port)`);
  }
  return value;
}

/** A number that is not negative. */
export function parseAmount(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0 || value > 1e9) {
    throw new InvalidArgumentError(`got \`${text}\`, expected a number that is not negative`);
  }
  return value;
}
