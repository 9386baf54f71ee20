/** The learner's folder: the platform, the policies they write, their progress, the local cloud's state. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

export interface LabFolder {
  path: string;
  /** `platform.yaml` */
  platform: string;
  /** Where the learner's policies lie. */
  policies: string;
  /** `progress.json` */
  progress: string;
  /** State folder of the local cloud. */
  state: string;
}

/** Made by `lab start` below the working folder. */
export const defaultFolder = "sagekeep-labs";

/** @param given the folder; without it the working folder when it is a lab's folder, else `./sagekeep-labs` */
export function labFolder(given?: string): LabFolder {
  const path = resolve(
    given ?? (existsSync("progress.json") && existsSync("platform.yaml") ? "." : defaultFolder),
  );
  return {
    path,
    platform: join(path, "platform.yaml"),
    policies: join(path, "policies"),
    progress: join(path, "progress.json"),
    state: join(path, ".sagekeep", "cloud"),
  };
}
