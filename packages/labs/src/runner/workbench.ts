/** Gets everything ready that a step needs: the cloud runs, the platform is on it, the administrator is there. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import {
  administratorTarget,
  Clients,
  type Credentials,
  checkAccount,
  compilePlatform,
  deployPlatform,
  exportsOf,
  type Io,
  labAdminFile,
  localTarget,
  openPlatform,
  runningCloud,
  startInBackground,
  step,
  type Target,
  ToolkitError,
} from "@sagekeep/toolkit";
import { Bench } from "../bench.ts";
import { makeLabAdmin } from "../lab-admin.ts";
import { labImages } from "../lab-images.ts";
import type { LabFolder } from "./folder.ts";
import { portIsFree, usualPort } from "./prerequisites.ts";
import { Kept, type Progress, writeWhole } from "./progress.ts";

/** What every command of the runner works with. */
export interface Course {
  folder: LabFolder;
  progress: Progress;
  io: Io;
  /** Node's arguments that start this program again, for the cloud in the background. */
  self: readonly string[];
}

/** A bench on the course's target. Close it. */
export async function openWorkbench(course: Course): Promise<Bench> {
  const { folder, progress, io } = course;
  const file = openPlatform(folder.platform);
  const kept = new Kept(progress.data.open?.kept ?? {}, (all) => {
    if (!progress.data.open) return;
    progress.data.open.kept = all;
    progress.save();
  });
  const admin =
    progress.data.target.kind === "local" ? await localAdministrator(course) : awsTarget(progress);
  const clients = new Clients(admin);
  try {
    await checkAccount(clients, file);
    await ensureDeployed(course, clients);
  } finally {
    clients.close();
  }
  return new Bench({ admin, file, state: folder.state, io, kept });
}

function awsTarget({ data }: Progress): Target {
  const { target } = data;
  if (target.kind !== "aws") throw new ToolkitError("LAB0004", "the labs were not started on AWS");
  return { kind: "aws", region: target.region };
}

async function localAdministrator(course: Course): Promise<Target> {
  await ensureCloud(course);
  const { state } = course.folder;
  const root = localTarget(state);
  if (existsSync(labAdminFile(state))) {
    const target = administratorTarget(state);
    const clients = new Clients(target);
    try {
      await clients.call("sts", "GetCallerIdentity", {});
      return target;
    } catch {
      // the user is gone, or its key: made anew below
    } finally {
      clients.close();
    }
  }
  const clients = new Clients(root);
  try {
    const credentials: Credentials = await makeLabAdmin(clients);
    writeWhole(labAdminFile(state), `${JSON.stringify(credentials, null, 2)}\n`, 0o600);
    return { ...root, credentials };
  } finally {
    clients.close();
  }
}

async function ensureCloud({ folder, io, self }: Course): Promise<void> {
  if (runningCloud(folder.state)) return;
  const { account, region } = openPlatform(folder.platform).platform;
  const port = (await portIsFree(usualPort)) ? usualPort : 0;
  await step(
    io,
    "cloud",
    "start the local cloud in the background",
    () => startInBackground(self, cloudArguments(port, account, region), folder.state, 60),
    ({ endpoint, pid }) => `at ${endpoint} (process ${pid})`,
  );
}

/** Jobs of the labs' image really run, as commands of this machine. */
function cloudArguments(port: number, account: string, region: string): string[] {
  const images = Object.entries(labImages(region)).flatMap(([image, command]) => [
    "--local-image",
    `${image}=${command.join(" ")}`,
  ]);
  return ["--port", `${port}`, "--account", account, "--region", region, ...images];
}

/** Deploys the platform when its file has changed since, or nothing of it is there. */
async function ensureDeployed({ folder, progress, io }: Course, admin: Clients): Promise<void> {
  const hash = createHash("sha256").update(readFileSync(folder.platform)).digest("hex");
  const file = openPlatform(folder.platform);
  const names = Object.keys(await exportsOf(admin));
  if (progress.data.deployed === hash && names.some((name) => name.startsWith(`${file.platform.name}:`)))
    return;
  await deployPlatform(await compilePlatform(file, io), admin, io);
  progress.data.deployed = hash;
  progress.save();
}
