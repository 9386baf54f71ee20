/** The order in which a platform goes: what runs, what it made, its doors, its stacks, its data, what is left. */
import type { Phase } from "./item.ts";
import { access } from "./phases/access.ts";
import { buckets } from "./phases/buckets.ts";
import { fileSystems } from "./phases/file-systems.ts";
import { keys } from "./phases/keys.ts";
import { logs } from "./phases/logs.ts";
import { network } from "./phases/network.ts";
import { networkStacks, stacks } from "./phases/stacks.ts";
import { studio } from "./phases/studio.ts";
import { artifacts, running, serving } from "./phases/work.ts";

export const PHASES: readonly Phase[] = [
  running,
  serving,
  artifacts,
  studio,
  access,
  stacks,
  buckets,
  fileSystems,
  logs,
  network,
  networkStacks,
  keys,
];
