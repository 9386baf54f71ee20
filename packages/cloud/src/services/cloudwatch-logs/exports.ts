/**
 * Export tasks at work: a group's events, stream by stream, into compressed objects of a bucket.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { CallContext, ReadContext } from "../../context.ts";
import type { CloudRuntime } from "../../service.ts";
import { readEvents } from "./operations/events.ts";
import { type ExportTask, exportTasks, groupArn, groups, SEPARATOR, streams } from "./state.ts";

const compress = promisify(gzip);
/** A task waits for its turn. */
const WAIT = 1_000;

/** As whom Logs writes: its own principal, for the group. */
export const asLogs = (context: ReadContext, group: string) =>
  ({
    kind: "service",
    sourceArn: `${groupArn(context, group)}:*`,
    sourceAccount: context.account,
  }) as const;

async function exportEvents(task: Readonly<ExportTask>, context: CallContext): Promise<void> {
  const group = groups(context).get(task.group);
  if (!group) throw new Error("The log group was deleted.");
  for (const stream of streams(context).list({
    prefix: `${task.group}${SEPARATOR}${task.streamPrefix ?? ""}`,
  })) {
    const list = readEvents(context, group, stream.name, task.from, task.to);
    if (!list.length) continue;
    const lines = list.map(({ event }) => `${new Date(event.timestamp).toISOString()} ${event.message}\n`);
    const input = {
      Bucket: task.bucket,
      Key: `${task.prefix}/${task.id}/${stream.name.replaceAll("/", "-")}/000000.gz`,
      Body: await compress(lines.join("")),
    };
    await context.call("s3", "PutObject", input, asLogs(context, task.group));
  }
}

async function run(id: string, context: CallContext): Promise<void> {
  const pending = (): Readonly<ExportTask> | undefined => {
    const task = exportTasks(context).get(id);
    return task?.status === "PENDING" ? task : undefined;
  };
  const task = pending();
  if (!task) return;
  const problem = await exportEvents(task, context).then(
    () => undefined,
    (error: Error) => error.message || error.name,
  );
  // it may have been cancelled in the meantime
  if (!pending()) return;
  exportTasks(context).update(id, (draft) => {
    draft.status = problem === undefined ? "COMPLETED" : "FAILED";
    draft.message = problem ?? "Completed successfully";
    draft.completed = context.clock.now();
  });
}

export function scheduleExport(task: Readonly<ExportTask>, context: CallContext): void {
  context.clock.at(task.created + WAIT, () => run(task.id, context));
}

/** Takes up the tasks that waited when the cloud stopped. */
export function resumeExports(cloud: CloudRuntime): void {
  for (const scope of cloud.store.scopes("logs.export-task")) {
    const [account = "", region = ""] = scope.split("/");
    const context = cloud.within(account, region, "cloudwatch-logs");
    for (const task of exportTasks(context).list()) {
      if (task.status === "PENDING") scheduleExport(task, context);
    }
  }
}
