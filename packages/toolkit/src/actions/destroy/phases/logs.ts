/**
 * Log groups and streams that SageMaker wrote for the platform. The groups `/aws/sagemaker/…` are shared by everybody
 * in the account, so that only streams of the platform's domains and endpoints go; a group of a stack goes with it.
 */
import { gone, listAll, look } from "../calls.ts";
import type { Ground, Item, Phase } from "../item.ts";

const STUDIO = "/aws/sagemaker/studio";
const ENDPOINTS = "/aws/sagemaker/Endpoints/";

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
        look(ground, `log group ${one.logGroupName}`, () => ofGroup(ground, String(one.logGroupName))),
      ),
    );
    return found.flat();
  },
};

async function ofGroup(ground: Ground, group: string): Promise<Item[]> {
  const { clients, own } = ground;
  const why = await whyOf(ground, group);
  if (why)
    return [
      {
        kind: "log group",
        id: group,
        why,
        loses: "its events",
        remove: async () =>
          void (await clients.call("cloudwatch-logs", "DeleteLogGroup", { logGroupName: group })),
      },
    ];
  if (group !== STUDIO) return [];
  const items: Item[] = [];
  for (const domain of own.ids("AWS::SageMaker::Domain", { deleted: true })) {
    const streams = await listAll(
      clients,
      "cloudwatch-logs",
      "DescribeLogStreams",
      { logGroupName: group, logStreamNamePrefix: `${domain}/` },
      "logStreams",
      token,
    );
    for (const { logStreamName } of streams)
      items.push({
        kind: "log stream",
        id: `${group}: ${String(logStreamName)}`,
        why: `of domain ${domain}`,
        loses: "its events",
        remove: async () =>
          void (await gone(() =>
            clients.call("cloudwatch-logs", "DeleteLogStream", {
              logGroupName: group,
              logStreamName: String(logStreamName),
            }),
          )),
      });
  }
  return items;
}

/** What shows that a whole group is the platform's, and no stack's that is still there. */
export async function whyOf({ clients, own }: Ground, group: string): Promise<string | undefined> {
  if (own.of("AWS::Logs::LogGroup", group)?.live) return undefined;
  if (!group.startsWith(`/sagekeep/${own.name}/`) && !group.startsWith(ENDPOINTS)) return undefined;
  const { tags = {} } = await clients.call("cloudwatch-logs", "ListTagsForResource", {
    resourceArn: `arn:${own.partition}:logs:${own.region}:${own.account}:log-group:${group}`,
  });
  return own.tagged(tags) === "own" ? `tagged platform=${own.name}` : undefined;
}
