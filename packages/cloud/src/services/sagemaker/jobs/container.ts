/**
 * What runs in a job. An image that an option maps to a local command runs as a child process with SageMaker's
 * folders (below a temporary root) and environment. Any other runs a stand-in: it passes the job's input on to its
 * output and says in its log that it is a stand-in.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { JobPlan } from "./plan.ts";
import { filesUnder } from "./tar.ts";

export interface ContainerRun {
  /** Exit code, and what the container left in its failure or message file. */
  done: Promise<{ code: number; message?: string }>;
  stop(): void;
}

export interface ContainerOptions {
  plan: JobPlan;
  root: string;
  command: readonly string[];
  environment: Record<string, string>;
  onLine: (text: string) => void;
}

/** Makes the folders and configuration files that SageMaker gives a container. */
export function layOut(plan: JobPlan, root: string): void {
  const folders = [
    "opt/ml/input/config",
    "opt/ml/input/data",
    "opt/ml/model",
    "opt/ml/output/data",
    "opt/ml/processing",
  ];
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
  for (const { path } of [...plan.outputs, ...plan.inputs]) mkdirSync(join(root, path), { recursive: true });
  const config = join(root, plan.layout === "processing" ? "opt/ml/config" : "opt/ml/input/config");
  mkdirSync(config, { recursive: true });
  for (const [name, value] of Object.entries(plan.config)) {
    writeFileSync(join(config, name), JSON.stringify(value, undefined, 2));
  }
}

/** Runs the command in place of the image. `/opt/ml/…` in arguments and environment points below the root. */
export function runCommand({ plan, root, command, environment, onLine }: ContainerOptions): ContainerRun {
  const rooted = (text: string) => text.replaceAll("/opt/ml", join(root, "opt/ml"));
  const [program = "", ...fixed] = command;
  const args = [
    ...fixed,
    ...plan.command,
    ...(plan.layout === "training" && plan.command.length === 0 ? ["train"] : []),
  ];
  const child = spawn(program, args.map(rooted), {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: root,
      SAGEMAKER_ROOT: root,
      ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, rooted(value)])),
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", onLine);
  }
  const done = new Promise<{ code: number; message?: string }>((resolve) => {
    child.once("error", (error) => resolve({ code: 127, message: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 137, ...leftMessage(plan, root) }));
  });
  return { done, stop: () => kill(child) };
}

/** Ends the child and what it started. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch {
    child.kill("SIGKILL");
  }
}

function leftMessage(plan: JobPlan, root: string): { message?: string } {
  try {
    const file = plan.layout === "processing" ? "opt/ml/output/message" : "opt/ml/output/failure";
    return { message: readFileSync(join(root, file), "utf8").slice(0, 1024) };
  } catch {
    return {};
  }
}

/** The stand-in of an image that nothing is mapped to. */
export function runStandIn(
  { plan, root, onLine }: Omit<ContainerOptions, "command" | "environment">,
  wait: (then: () => void) => () => void,
): ContainerRun {
  onLine(
    `Sagekeep stand-in: the image ${plan.image} does not run in the local cloud. Inputs are checked and passed on, nothing is computed.`,
  );
  let end: (value: { code: number }) => void = () => {};
  const done = new Promise<{ code: number }>((resolve) => {
    end = resolve;
  });
  const cancel = wait(() => {
    passOn(plan, root, onLine);
    onLine("Sagekeep stand-in: done.");
    end({ code: 0 });
  });
  return {
    done,
    stop() {
      cancel();
      end({ code: 143 });
    },
  };
}

/** Copies every input to the first output that is a folder; a model gets a note of what it was made of. */
function passOn(plan: JobPlan, root: string, onLine: (text: string) => void): void {
  const files = plan.inputs.flatMap((input) => filesUnder(join(root, input.path)));
  onLine(`Sagekeep stand-in: ${files.length} input file(s), ${plan.outputs.length} output(s).`);
  for (const output of plan.outputs) {
    const folder = join(root, output.path);
    mkdirSync(folder, { recursive: true });
    if (output.archive !== undefined) {
      if (output.name !== "model") continue;
      const note = { standIn: true, image: plan.image, inputs: files.map((file) => basename(file)) };
      writeFileSync(join(folder, "stand-in.json"), JSON.stringify(note, undefined, 2));
      continue;
    }
    for (const file of files) {
      const target = join(folder, `${basename(file)}${plan.layout === "transform" ? ".out" : ""}`);
      mkdirSync(dirname(target), { recursive: true });
      if (target !== file) copyFileSync(file, target);
    }
  }
}
