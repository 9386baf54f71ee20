/** What a local cloud leaves in its state folder for those who want to talk to it. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Credentials, Target } from "../../aws/target.ts";
import { ToolkitError } from "../../errors.ts";

/** Default folder of the local cloud's state, below the working folder. */
export const defaultState = ".sagekeep/cloud";

/** `cloud.json`: written when the cloud is ready, removed when it stops. */
export interface RunningCloud {
  pid: number;
  port: number;
  /** e.g. `http://127.0.0.1:4690` */
  endpoint: string;
  /** The same over TLS, with the CA below. */
  secureEndpoint?: string;
  /** PEM file of the local CA. */
  caBundle?: string;
  account: string;
  region: string;
  version: string;
  startedAt: string;
}

/** The cloud that runs on this folder, `undefined` when none does; a file left by a killed one does not count. */
export function runningCloud(state: string): RunningCloud | undefined {
  const file = join(resolve(state), "cloud.json");
  if (!existsSync(file)) return undefined;
  try {
    const cloud = JSON.parse(readFileSync(file, "utf8")) as RunningCloud;
    process.kill(cloud.pid, 0);
    return cloud;
  } catch {
    rmSync(file, { force: true });
    return undefined;
  }
}

/** Root credentials of the cloud on this folder. */
export function rootCredentials(state: string): Credentials {
  const file = join(resolve(state), "credentials.json");
  if (!existsSync(file)) {
    throw new ToolkitError("TOOL0002", `no credentials in the state folder \`${state}\``, {
      help: "start the local cloud there once: `sagekeep cloud start`",
      exit: "invalid",
    });
  }
  return JSON.parse(readFileSync(file, "utf8")) as Credentials;
}

/** The running cloud as a target with the root user's credentials. @throws ToolkitError when none runs */
export function localTarget(state: string = defaultState): Target {
  const cloud = runningCloud(state);
  if (!cloud) {
    throw new ToolkitError("TOOL0001", `no local cloud runs on \`${state}\``, {
      help: "start it with `sagekeep cloud start`, or start everything with `sagekeep up`",
      exit: "invalid",
    });
  }
  return targetOf(cloud, state);
}

/** File in the state folder with the access key of the labs' administrator, an IAM user. */
export const labAdminFile = (state: string) => join(resolve(state), "lab-admin.json");

/** The running cloud with the labs' administrator where the labs have been started, else with the root user. */
export function administratorTarget(state: string = defaultState): Target {
  const target = localTarget(state);
  const file = labAdminFile(state);
  if (!existsSync(file)) return target;
  return { ...target, credentials: JSON.parse(readFileSync(file, "utf8")) as Credentials };
}

/** A running cloud as a target: by HTTPS, which buckets and policies may demand. */
export function targetOf(cloud: RunningCloud, state: string): Target {
  const { region, endpoint, secureEndpoint, caBundle } = cloud;
  return {
    kind: "local",
    region,
    endpoint: secureEndpoint ?? endpoint,
    credentials: rootCredentials(state),
    ...(caBundle && { ca: readFileSync(caBundle, "utf8") }),
  };
}
