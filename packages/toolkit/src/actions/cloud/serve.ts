/** Runs the local cloud in this process and announces it in its state folder. */
import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Cloud, CloudError, type CloudOptions, startCloud } from "@sagekeep/cloud";
import { ToolkitError } from "../../errors.ts";
import { defaultState, type RunningCloud, runningCloud } from "./state-folder.ts";

export interface ServeOptions extends Omit<CloudOptions, "state"> {
  /** @default ".sagekeep/cloud" */
  state?: string;
}

/** @throws ToolkitError when the folder or the port is in use */
export async function serveCloud(
  options: ServeOptions,
  version: string,
): Promise<{ cloud: Cloud; announced: RunningCloud; close(): Promise<void> }> {
  const { state = defaultState, ...rest } = options;
  const cloud = await startCloud({ ...rest, state: resolve(state), listen: true }).catch((error: unknown) => {
    if (!(error instanceof CloudError)) throw error;
    const other = runningCloud(state);
    const where = other ? ` (process ${other.pid}, ${other.endpoint})` : "";
    throw new ToolkitError(error.code, `${error.message}${where}`, {
      help: error.help,
      exit: "invalid",
      cause: error,
    });
  });
  const file = join(resolve(state), "cloud.json");
  const announced: RunningCloud = {
    pid: process.pid,
    port: cloud.port as number,
    endpoint: cloud.endpoint as string,
    ...(cloud.secureEndpoint && { secureEndpoint: cloud.secureEndpoint }),
    ...(cloud.caBundle && { caBundle: cloud.caBundle }),
    account: cloud.account,
    region: cloud.region,
    version,
    startedAt: new Date().toISOString(),
  };
  writeFileSync(file, `${JSON.stringify(announced, null, 2)}\n`, { mode: 0o600 });
  return {
    cloud,
    announced,
    async close() {
      rmSync(file, { force: true });
      await cloud.close();
    },
  };
}
