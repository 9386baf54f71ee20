/** 1.24: how many addresses a platform needs, before subnets that cannot grow are full. */
import { type CapacityReport, capacityOf } from "@sagekeep/toolkit";
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { attemptTo, demand } from "../attempt-to.ts";

/** What the text of the step says of the lab platform; the lab's test holds it to `capacityOf`. */
export const PLANNED = { endpoints: 22, fileSystems: 4, perUser: 5, usable: 8182, most: 1631, users: 100 };

const sum = ({ needed, usable, most }: CapacityReport) =>
  `${needed} of ${usable} addresses needed; ${most} users would fit`;

function plan(users: number, expect: "allowed" | "denied", why: string): Experiment {
  return {
    what: `plan for ${users} users`,
    as: "admin",
    attempt: attemptTo(`sagekeep capacity --users ${users}`, async ({ file }) => {
      const report = capacityOf(file.platform, { users });
      if (report.fits) return sum(report);
      const error = new Error(`${sum(report)}: take ${report.suggestion}`);
      throw Object.assign(error, { exit: "denied" });
    }),
    expect,
    why,
  };
}

async function interfaces(bench: Bench): Promise<string> {
  const [one, two] = await Promise.all([1, 2].map((zone) => bench.exported(`network:PrivateSubnet${zone}`)));
  const { NetworkInterfaces = [] } = await bench.admin.call("ec2", "DescribeNetworkInterfaces", {
    Filters: [{ Name: "subnet-id", Values: [one ?? "", two ?? ""] }],
  });
  const kind = (name: string) => NetworkInterfaces.filter((each) => each.InterfaceType === name).length;
  demand(kind("vpc_endpoint") === PLANNED.endpoints, `the endpoints have ${kind("vpc_endpoint")} interfaces`);
  const { Subnets = [] } = await bench.admin.call("ec2", "DescribeSubnets", {
    SubnetIds: [one ?? "", two ?? ""],
  });
  const free = Subnets.reduce((total, each) => total + (each.AvailableIpAddressCount ?? 0), 0);
  demand(
    free === PLANNED.usable - NetworkInterfaces.length,
    `${free} addresses are free and ${NetworkInterfaces.length} interfaces exist: they do not add up`,
  );
  return `${NetworkInterfaces.length} interfaces, ${kind("vpc_endpoint")} of them of endpoints; ${free} addresses free`;
}

export const addresses: Step = {
  id: "1.24",
  title: "Count the addresses first",
  text: `
**The idea.** In \`VpcOnly\` mode everything SageMaker runs takes addresses from *your* subnets, and a subnet never grows.
Count before you deploy:

| what | addresses | on this platform |
|---|---|---|
| interface endpoint | one a zone | 11 endpoints × 2 zones = **${PLANNED.endpoints}** |
| domain's file system | one mount target a zone | 2 domains × 2 zones = **${PLANNED.fileSystems}** |
| running app of a user | one | **1** a user |
| instance of a job | two (five with EFA) | **4** a user who runs two instances |
| AWS itself | five of every subnet | 4096 − 5 a /20, twice: **${PLANNED.usable}** usable |

So a user takes **${PLANNED.perUser}** addresses with these habits, and the two /20 hold **${PLANNED.most}** users. The gateway endpoint of S3 takes
none. What makes plans fail is not users but jobs: one tuning job with fifty instances takes a hundred addresses.

**When it is full.** New apps and jobs fail to start with a message about addresses, while running ones go on. You can add
subnets to a domain later (they must be in the same VPC), but profiles and jobs that name subnets must learn of them.

**What to see.** The plan for ${PLANNED.users} users fits, the one for five thousand does not and names the size that would. The last
experiment counts the interfaces that really exist and compares them with what the subnets have left.`,
  hint: "Nothing to write. `sagekeep capacity --users 5000` prints the table of your own platform.",
  experiments: () => [
    plan(PLANNED.users, "allowed", "a /20 in each of two zones is plenty"),
    plan(PLANNED.most, "allowed", "the last user that fits"),
    plan(PLANNED.most + 1, "denied", "and the first that does not"),
    plan(5000, "denied", "the report names the smallest subnets that would do"),
    {
      what: "count the interfaces in the subnets",
      as: "admin",
      attempt: attemptTo(call("ec2", "DescribeNetworkInterfaces", {}), interfaces),
      expect: "allowed",
      why: "plan and reality agree: one interface an endpoint and zone, and every address is somebody's",
    },
  ],
};
