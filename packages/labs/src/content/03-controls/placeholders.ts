/**
 * Ids in the learner's files. A policy names subnets, groups and domains by ids that every deployment makes anew, so
 * the files may say `{{subnet-1}}` instead; the lab fills it in when it puts the policy in force. Literal ids work too.
 */
import type { Bench } from "../../bench.ts";

const values: Readonly<Record<string, (bench: Bench) => Promise<string>>> = {
  account: async (bench) => bench.account,
  region: async (bench) => bench.region,
  "subnet-1": (bench) => bench.exported("network:PrivateSubnet1"),
  "subnet-2": (bench) => bench.exported("network:PrivateSubnet2"),
  "job-group": (bench) => bench.exported("network:JobGroup"),
  "domain-bank": (bench) => bench.domainId("bank"),
  "domain-research": (bench) => bench.domainId("research"),
  "data-bucket": async (bench) => practiceBuckets(bench).data,
  "log-bucket": async (bench) => practiceBuckets(bench).logs,
};

/** The two buckets of step 3.13. */
export function practiceBuckets({ platform, account, region }: Bench): { data: string; logs: string } {
  const name = (kind: string) => `${platform}-lab3-${kind}-${account}-${region}`;
  return { data: name("data"), logs: name("logs") };
}

/** @throws Error for a placeholder that does not exist; the message names those that do */
export async function fillIn(bench: Bench, document: string): Promise<string> {
  let filled = document;
  for (const [whole, name = ""] of document.matchAll(/\{\{([^{}]*)\}\}/g)) {
    const value = values[name.trim()];
    if (!value)
      throw new Error(
        `unknown placeholder \`${whole}\` in the policy: there are ${Object.keys(values)
          .map((one) => `{{${one}}}`)
          .join(", ")}`,
      );
    filled = filled.replaceAll(whole, await value(bench));
  }
  return filled;
}

/** Said in every step whose file has placeholders. */
export const placeholderNote =
  "Names in double braces, such as `{{subnet-1}}`, stand for ids of your deployment: the lab fills them in when it puts the file in force, so the same file works after a reset and on AWS. You may write the ids themselves instead.";
