/**
 * Runs jobs: interfaces, download, container, upload, logs, and the states on the way. A job that is stopped ends
 * as `Stopped` and still writes its output where AWS does; one that fails says why.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallContext } from "../../../context.ts";
import { draft } from "../engine/change.ts";
import type { Kind } from "../engine/kind.ts";
import { kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { optionsOf } from "../options.ts";
import { type ContainerRun, layOut, runCommand, runStandIn } from "./container.ts";
import { download, JobFailure, spoken, upload } from "./data.ts";
import { type JobLog, openLog } from "./logs.ts";
import { finished } from "./outcome.ts";
import { type JobPlan, planOf } from "./plans.ts";
import { type JobSession, openSession } from "./session.ts";
import { surroundingsOf } from "./surroundings.ts";
import { defineTask, plan as planWork } from "./work.ts";

/** Jobs under way in this process, by store and ARN, so that a stop reaches them. */
const running = new Map<string, { stop(): void }>();

const idOf = (context: CallContext, arn: string) => `${context.store.folder ?? ""} ${arn}`;

/** Has a job that was just created run. */
export function startJob(kind: Kind, resource: Readonly<Resource>, context: CallContext): void {
  planWork(
    { task: "job", key: `${kind.name}/${resource.id.join("/").toLowerCase()}`, due: context.now },
    context,
  );
}

/** Ends the container of a job that is being stopped. */
export function stopJob(resource: Readonly<Resource>, context: CallContext): void {
  running.get(idOf(context, resource.arn))?.stop();
}

defineTask("job", async (key, context) => {
  const slash = key.indexOf("/");
  await runJob(kindNamed(key.slice(0, slash)), key.slice(slash + 1), context);
});

/** Changes a stored job, if it is still there. */
function change(kind: Kind, key: string, context: CallContext, edit: (job: Resource) => void): void {
  const found = shelf(kind, context).byKey(key, context.clock.now());
  if (!found) return;
  const job = draft(found);
  edit(job);
  job.modified = context.clock.now();
  shelf(kind, context).put(job, context);
}

/** Status as this kind of job spells it: some shout. */
function spell(kind: Kind, status: "Completed" | "Failed" | "Stopped" | "Stopping"): string {
  const upper = kind.life?.create[0]?.[0] === kind.life?.create[0]?.[0]?.toUpperCase();
  return upper ? status.toUpperCase() : status;
}

async function runJob(kind: Kind, key: string, context: CallContext): Promise<void> {
  const job = shelf(kind, context).byKey(key, context.now);
  if (!job) return;
  if (job.status === spell(kind, "Stopping")) return end(kind, key, context, "Stopped");
  const started = context.clock.now();
  phase(kind, key, context, "Starting", "Preparing the instances for training");
  const plan = planOf(kind, job, context);
  let session: JobSession | undefined;
  let log: JobLog | undefined;
  const root = mkdtempSync(join(tmpdir(), "sagekeep-job-"));
  try {
    session = openSession(plan, job.arn, job.by.sourceIdentity, context);
    log = openLog(plan.logGroup, `${job.name}/algo-1-${Math.floor(started / 1000)}`, session, () =>
      context.clock.now(),
    );
    const outcome = await execute(kind, key, job, plan, session, log, root, context);
    await log.flush(context);
    end(kind, key, context, outcome.status, outcome.fields);
  } catch (error) {
    const reason = error instanceof JobFailure ? error.message : `InternalServerError: ${spoken(error)}`;
    log?.line(reason);
    await log?.flush(context);
    end(kind, key, context, "Failed", { FailureReason: reason.slice(0, 1024) });
    if (!(error instanceof JobFailure) && !("code" in (error as object))) throw error;
  } finally {
    running.delete(idOf(context, job.arn));
    rmSync(root, { recursive: true, force: true });
    session?.close(context);
  }
}

interface Outcome {
  status: "Completed" | "Failed" | "Stopped";
  fields?: Fields;
}

async function execute(
  kind: Kind,
  key: string,
  job: Readonly<Resource>,
  plan: JobPlan,
  session: JobSession,
  log: JobLog,
  root: string,
  context: CallContext,
): Promise<Outcome> {
  layOut(plan, root);
  phase(kind, key, context, "Downloading", "Downloading input data");
  for (const input of plan.inputs) {
    const files = await download(input, plan, root, session, context);
    log.line(`Downloaded ${files.length} file(s) of ${input.name} from ${input.uri}`);
  }
  phase(kind, key, context, "Training", "Training image download completed. Training in progress.");
  const command = optionsOf(context.store).localImages[plan.image];
  const around = command && (await surroundingsOf(job, plan, session, context));
  const { run, limit } = begin(
    plan,
    root,
    log,
    command && around && { command, environment: around.variables },
    context,
  );
  running.set(idOf(context, job.arn), run);
  // stopped between two looks
  if (shelf(kind, context).byKey(key, context.clock.now())?.status === spell(kind, "Stopping")) run.stop();
  const { code, message } = await run.done;
  limit.cancel();
  await around?.close();
  const stopping = shelf(kind, context).byKey(key, context.clock.now())?.status === spell(kind, "Stopping");
  if (code !== 0 && !stopping && !limit.passed()) return failedContainer(kind, code, message);
  phase(kind, key, context, "Uploading", "Uploading generated training model");
  const written: Record<string, string[]> = {};
  for (const output of plan.outputs) written[output.name] = await upload(output, root, session, context);
  for (const [name, uris] of Object.entries(written)) log.line(`Uploaded ${uris.length} file(s) of ${name}`);
  const fields = finished(kind, job, written, message);
  if (stopping || limit.passed()) {
    if (limit.passed())
      phase(kind, key, context, "MaxRuntimeExceeded", "Training job runtime exceeded MaxRuntimeInSeconds");
    return { status: "Stopped", fields };
  }
  return { status: "Completed", fields };
}

function failedContainer(kind: Kind, code: number, message: string | undefined): Outcome {
  const reason = `AlgorithmError: ${message ?? "See job logs for more information"}, exit code: ${code}`;
  return {
    status: "Failed",
    fields: {
      FailureReason: reason,
      ...(kind.name === "ProcessingJob" && message !== undefined && { ExitMessage: message }),
    },
  };
}

/** Starts the container and the clock of its longest run. */
function begin(
  plan: JobPlan,
  root: string,
  log: JobLog,
  local: { command: readonly string[]; environment: Record<string, string> } | undefined,
  context: CallContext,
): { run: ContainerRun; limit: { cancel(): void; passed(): boolean } } {
  const onLine = (text: string) => log.line(text);
  const { jobDuration } = optionsOf(context.store);
  const run = local
    ? runCommand({ plan, root, onLine, ...local })
    : runStandIn({ plan, root, onLine }, (then) => context.clock.at(context.clock.now() + jobDuration, then));
  let late = false;
  const cancel = context.clock.at(context.clock.now() + plan.maxRuntime * 1000, () => {
    late = true;
    run.stop();
  });
  return { run, limit: { cancel, passed: () => late } };
}

function end(
  kind: Kind,
  key: string,
  context: CallContext,
  status: Outcome["status"],
  fields: Fields = {},
): void {
  const now = context.clock.now();
  change(kind, key, context, (job) => {
    job.status = spell(kind, status);
    job.since = now;
    delete job.moves;
    Object.assign(job.fields, fields);
    if (kind.name === "TrainingJob") {
      closePhase(job, now);
      const seconds = Math.max(1, Math.round((now - job.created) / 1000));
      const phases = phasesOf(job);
      const last =
        status === "Stopped" && job.fields.SecondaryStatus === "MaxRuntimeExceeded"
          ? "MaxRuntimeExceeded"
          : status;
      phases.push({
        Status: last,
        StartTime: { $date: now },
        EndTime: { $date: now },
        StatusMessage: `Training job ${status.toLowerCase()}`,
      });
      Object.assign(job.fields, {
        SecondaryStatus: last,
        TrainingTimeInSeconds: seconds,
        BillableTimeInSeconds: seconds,
      });
    }
  });
  hooks.get(kind.name)?.(key, context);
}

/** Called when a job of a kind has ended; tuning and pipelines wait for that. */
const hooks = new Map<string, (key: string, context: CallContext) => void>();
export function onJobEnd(kind: string, hook: (key: string, context: CallContext) => void): void {
  hooks.set(kind, hook);
}

interface Phase {
  Status: string;
  StartTime: { $date: number };
  EndTime?: { $date: number };
  StatusMessage: string;
}

function phasesOf(job: Resource): Phase[] {
  const phases = (job.fields.SecondaryStatusTransitions as Phase[] | undefined) ?? [];
  job.fields.SecondaryStatusTransitions = phases;
  return phases;
}

function closePhase(job: Resource, now: number): void {
  const last = phasesOf(job).at(-1);
  if (last && !last.EndTime) last.EndTime = { $date: now };
}

/** Tells a training job's secondary status; other jobs have none. */
function phase(kind: Kind, key: string, context: CallContext, status: string, message: string): void {
  if (kind.name !== "TrainingJob") return;
  const now = context.clock.now();
  change(kind, key, context, (job) => {
    closePhase(job, now);
    phasesOf(job).push({ Status: status, StartTime: { $date: now }, StatusMessage: message });
    job.fields.SecondaryStatus = status;
  });
}
