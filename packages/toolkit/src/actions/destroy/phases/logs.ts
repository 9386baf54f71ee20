/**
 * Log groups and streams that SageMaker wrote for the platform. The groups `/aws/sagemaker/…` are shared by everybody
 * in the account, so that only streams of the platform's domains and jobs go; an endpoint's group is its own, and was
 * marked before the endpoint went; a group of a stack goes with it.
 */
import { gone, listAll, look } from "../calls.ts";
import { findWork } from "../find-work.ts";
import type { Ground, Item, Phase } from "../item.ts";
import { JOBS } from "../sagemaker-kinds.ts";

const STUDIO = "/aws/sagemaker/studio";
const ENDPOINTS = "/aws/sagemaker/Endpoints/";
/** Groups of jobs; a stream's name begins with its job's. */
const JOB_GROUPS: Readonly<Record<string, string>> = {
  "/aws/sagemaker/ProcessingJobs": "ProcessingJob",
  "/aws/sagemaker/TrainingJobs": "TrainingJob",
  "/aws/sagemaker/TransformJobs": "TransformJob",
};

const token = { in: "nextToken", out: "nextToken" };

export const logs: Phase = {
  id: "logs",
  title: "delete logs",
  async find(ground) {
    const groups = await look(ground, "log groups", () =>
      listAll(ground.clients, "cloudwatch-logs", "DescribeLogGroups", {}, "logGroups", token),
    );
    const found = await Promise.all(
      groups.map((one) =>
        look(ground, `log group ${String(one.logGroupName)}`, () =>
          ofGroup(ground, String(one.logGroupName)),
        ),
      ),
    );
    return found.flat();
  },
};

async function ofGroup(ground: Ground, group: string): Promise<Item[]> {
  const why = await whyOf(ground, group);
  if (why)
    return [
      {
        kind: "log group",
        id: group,
        why,
        loses: "its events",
        remove: async () =>
          void (await ground.clients.call("cloudwatch-logs", "DeleteLogGroup", { logGroupName: group })),
      },
    ];
  const streams = await ownStreams(ground, group);
  if (streams.length === 0) return [];
  return [
    {
      kind: "log streams",
      id: `${group}: ${streams.length}`,
      why: group === STUDIO ? "of the platform's domains" : "of jobs that ran under the platform's roles",
      loses: "their events",
      async remove() {
        for (const logStreamName of streams)
          await gone(() =>
            ground.clients.call("cloudwatch-logs", "DeleteLogStream", { logGroupName: group, logStreamName }),
          );
      },
    },
  ];
}

/** Streams of the platform in a group that everybody writes to. */
async function ownStreams(ground: Ground, group: string): Promise<string[]> {
  const prefixes = await prefixesIn(ground, group);
  const streams: string[] = [];
  for (const logStreamNamePrefix of prefixes) {
    const some = await listAll(
      ground.clients,
      "cloudwatch-logs",
      "DescribeLogStreams",
      { logGroupName: group, logStreamNamePrefix },
      "logStreams",
      token,
    );
    streams.push(...some.map((one) => String(one.logStreamName)));
  }
  return streams;
}

async function prefixesIn(ground: Ground, group: string): Promise<string[]> {
  const { own } = ground;
  if (group === STUDIO)
    return own.ids("AWS::SageMaker::Domain", { deleted: true }).map((domain) => `${domain}/`);
  const kind = JOBS.find((one) => one.name === JOB_GROUPS[group]);
  if (!kind) return [];
  const { running, ...all } = kind;
  const since = Math.min(...own.stacks.map((one) => one.createdAt));
  // a job cannot be older than the platform whose role it has
  const jobs = Number.isFinite(since)
    ? await findWork(ground, [{ ...all, running: { CreationTimeAfter: new Date(since) } }])
    : [];
  return jobs.filter((one) => one.why !== undefined).map((one) => `${one.name}/`);
}

const arnOf = ({ own }: Ground, group: string) =>
  `arn:${own.partition}:logs:${own.region}:${own.account}:log-group:${group}`;

/** What shows that a whole group is the platform's, and no stack's that is still there. */
async function whyOf(ground: Ground, group: string): Promise<string | undefined> {
  const { clients, own } = ground;
  if (own.of("AWS::Logs::LogGroup", group)?.live) return undefined;
  if (!group.startsWith(`/sagekeep/${own.name}/`) && !group.startsWith(ENDPOINTS)) return undefined;
  const { tags = {} } = await clients.call("cloudwatch-logs", "ListTagsForResource", {
    resourceArn: arnOf(ground, group),
  });
  return own.tagged(tags) === "own" ? `tagged platform=${own.name}` : undefined;
}

/** Marks the log group of an endpoint that is about to go: afterwards nothing else would show whose it is. */
export async function markEndpointLogs(ground: Ground, endpoint: string): Promise<void> {
  await gone(() =>
    ground.clients.call("cloudwatch-logs", "TagResource", {
      resourceArn: arnOf(ground, `${ENDPOINTS}${endpoint}`),
      tags: { platform: ground.own.name },
    }),
  );
}
