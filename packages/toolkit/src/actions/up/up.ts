/** The main job: a cloud, a platform on it, and proof of who can do what. */
import { Clients } from "../../aws/clients.ts";
import { type DenialReasons, denialReasons } from "../../aws/control.ts";
import { type Io, type Message, step } from "../../messages.ts";
import { expectedIdentityCenter } from "../../platform/identity-center.ts";
import { openPlatform, type PlatformFile } from "../../platform/platform-file.ts";
import { type AccessMatrix, checkAccess } from "../check/check-access.ts";
import { serveCloud } from "../cloud/serve.ts";
import { defaultState, type RunningCloud, runningCloud, targetOf } from "../cloud/state-folder.ts";
import {
  checkAccount,
  compilePlatform,
  type DeployOutcome,
  deployPlatform,
} from "../deploy/deploy-platform.ts";
import { deployedStacks } from "../deploy/deployed-stacks.ts";

export interface UpOptions {
  /** Platform file or its folder. */
  platform: string;
  /** @default ".sagekeep/cloud" */
  state?: string;
  port?: number;
  version: string;
}

export interface UpOutcome {
  cloud: RunningCloud;
  /** Whether this process runs the cloud (and ends it), or found it running. */
  owned: boolean;
  platform: string;
  deployment: DeployOutcome;
  matrix: AccessMatrix;
  /** Reasons of one denial, as an example. */
  example?: DenialReasons;
  /** Each step with its duration. */
  steps: { id: string; seconds: number }[];
}

/** @returns what was found, and `close`, which stops the cloud if it is ours */
export async function up(
  options: UpOptions,
  outer: Io,
): Promise<{ outcome: UpOutcome; close(): Promise<void> }> {
  const steps: UpOutcome["steps"] = [];
  const io: Io = { ...outer, emit: (message) => note(message, steps, outer) };
  const { state = defaultState, version } = options;
  const file = await step(
    io,
    "read",
    "read the platform",
    async () => openPlatform(options.platform),
    ({ platform }) =>
      `${platform.name}: ${count(platform.users.length, "user")}, ${count(platform.teams.length, "team")}, ${count(platform.domains.length, "domain")}`,
  );
  const compiling = compilePlatform(file, io);
  compiling.catch(() => {});
  const { cloud, owned, close } = await startOrFind(file, state, options.port, version, io);
  try {
    const clients = new Clients(targetOf(cloud, state));
    try {
      await checkAccount(clients, file);
      const deployed = await deployedStacks(file.platform.name, clients);
      const { placesMatter } = await import("@sagekeep/constructs");
      const synthesis =
        deployed.length && placesMatter(file.platform, deployed)
          ? await compilePlatform({ ...file, warnings: [] }, io, deployed)
          : await compiling;
      const deployment = await deployPlatform(synthesis, clients, io);
      const matrix = await checkAccess(file, clients, io);
      const example = await exampleDenial(matrix, cloud, state);
      return {
        outcome: {
          cloud,
          owned,
          platform: file.platform.name,
          deployment,
          matrix,
          ...(example && { example }),
          steps,
        },
        close,
      };
    } finally {
      clients.close();
    }
  } catch (error) {
    await close();
    throw error;
  }
}

async function startOrFind(
  file: PlatformFile,
  state: string,
  port: number | undefined,
  version: string,
  io: Io,
) {
  const running = runningCloud(state);
  if (running) {
    io.emit({ type: "info", text: `using the local cloud at ${running.endpoint} (process ${running.pid})` });
    return { cloud: running, owned: false, close: async () => {} };
  }
  const { account, region } = file.platform;
  const identityCenter = expectedIdentityCenter(file.platform);
  const onError = (error: unknown) =>
    io.emit({
      type: "warning",
      text: `in the local cloud: ${error instanceof Error ? error.message : error}`,
    });
  const served = await step(
    io,
    "cloud",
    "start the local cloud",
    () =>
      serveCloud(
        {
          state,
          account,
          region,
          onError,
          ...(port !== undefined && { port }),
          ...(identityCenter && { identityCenter }),
        },
        version,
      ),
    ({ announced }) => `at ${announced.endpoint}, enforcement on`,
  );
  return { cloud: served.announced, owned: true, close: served.close };
}

async function exampleDenial(
  matrix: AccessMatrix,
  cloud: RunningCloud,
  state: string,
): Promise<DenialReasons | undefined> {
  for (const { attempt, ok } of matrix.results) {
    if (!ok || attempt.outcome !== "denied" || !attempt.requestId) continue;
    const reasons = await denialReasons(cloud.endpoint, state, attempt.requestId);
    if (reasons) return reasons;
  }
  return undefined;
}

function note(message: Message, steps: UpOutcome["steps"], outer: Io): void {
  if (message.type === "done") steps.push({ id: message.id, seconds: message.seconds });
  outer.emit(message);
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;
