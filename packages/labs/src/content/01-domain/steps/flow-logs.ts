/** 1.22: what the flow log shows of the connections that went nowhere, and what it does not. */
import type { Bench } from "../../../bench.ts";
import { type Call, call, type Experiment, type Step } from "../../../model.ts";
import { attemptTo, demand } from "../attempt-to.ts";
import { eventsSoFar, rejectedSince } from "../flow-log.ts";
import { unless } from "../lab-role.ts";
import { scientist } from "../people.ts";
import { get } from "../web.ts";

const { user } = scientist;
const SEEN = "01-domain flow log records";

const httpsAnywhere = {
  IpProtocol: "tcp",
  FromPort: 443,
  ToPort: 443,
  IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "S3 through its gateway endpoint, and where routes lead" }],
};

async function httpsToS3(bench: Bench) {
  const { PrefixLists = [] } = await bench.admin.call("ec2", "DescribePrefixLists", {
    Filters: [{ Name: "prefix-list-name", Values: [`com.amazonaws.${bench.region}.s3`] }],
  });
  const PrefixListId = PrefixLists[0]?.PrefixListId;
  return { ...httpsAnywhere, IpRanges: [], PrefixListIds: [{ PrefixListId, Description: "S3" }] };
}

/** The platform's rule lets 443 out to everywhere; the narrow one lets it out to S3 and the endpoints alone. */
async function narrow(bench: Bench): Promise<undefined> {
  const GroupId = await bench.exported("network:StudioGroup");
  const IpPermissions = [await httpsToS3(bench)];
  await bench.admin
    .call("ec2", "AuthorizeSecurityGroupEgress", { GroupId, IpPermissions })
    .catch(unless("InvalidPermission.Duplicate"));
  await bench.admin
    .call("ec2", "RevokeSecurityGroupEgress", { GroupId, IpPermissions: [httpsAnywhere] })
    .catch(unless("InvalidPermission.NotFound"));
  return undefined;
}

async function widen(bench: Bench): Promise<undefined> {
  const GroupId = await bench.exported("network:StudioGroup");
  const IpPermissions = [await httpsToS3(bench)];
  await bench.admin
    .call("ec2", "AuthorizeSecurityGroupEgress", { GroupId, IpPermissions: [httpsAnywhere] })
    .catch(unless("InvalidPermission.Duplicate"));
  await bench.admin
    .call("ec2", "RevokeSecurityGroupEgress", { GroupId, IpPermissions })
    .catch(unless("InvalidPermission.NotFound"));
  return undefined;
}

/** The two calls that exchange one rule of Studio's group for another. */
async function exchange(bench: Bench, add: object, remove: object): Promise<Call[]> {
  const GroupId = await bench.exported("network:StudioGroup");
  return [
    call("ec2", "AuthorizeSecurityGroupEgress", { GroupId, IpPermissions: [add] }),
    call("ec2", "RevokeSecurityGroupEgress", { GroupId, IpPermissions: [remove] }),
  ];
}

const overHttps: Experiment = {
  what: "call a service that has no endpoint, port 443 (step 1.8)",
  as: scientist,
  attempt: call("ec2", "DescribeVpcEndpoints", {}),
  expect: "timed-out",
  why: "no path, as before",
};

const overHttp: Experiment = {
  what: "call a web site, port 80 (step 1.12)",
  as: scientist,
  attempt: attemptTo(`sagekeep studio ${user} -- curl --max-time 5 http://checkip.amazonaws.com`, (bench) =>
    get(bench, user, "http://checkip.amazonaws.com/"),
  ),
  expect: "timed-out",
  why: "no path, as before",
};

async function look(bench: Bench, ports: number[]) {
  const records = await rejectedSince(bench, Number(bench.kept.get(SEEN) ?? 0), ports);
  const { position } = await bench.session(user);
  const own = records.filter((one) => one.source === position.privateIp);
  for (const port of ports)
    demand(
      own.some((one) => one.port === port),
      `the refused packets to port ${port} did not come from ${position.privateIp}`,
    );
  return own;
}

export const flowLogs: Step = {
  id: "1.22",
  title: "Silence leaves a trace: flow logs",
  text: `
**The idea.** A connection that times out tells its user nothing. The VPC's flow log tells the administrator: one record a
connection with source, destination, port, and \`ACCEPT\` or \`REJECT\`. This platform keeps the rejected ones, since they are the interesting and
the few.

**What it shows, and what it does not.** A flow log records what **security groups and network ACLs** decide at an
interface. It does not record what a router drops for want of a route. So the two silences of steps 1.8 and 1.12 differ:

- port 80: the Studio group has no rule that lets it out. \`REJECT\`.
- port 443: the group lets it out to everywhere, because the addresses of S3 are many and change. The packet leaves the
  interface (accepted) and then no route leads on. Nothing is rejected, so a log of rejected traffic is empty.

**What to see.** First the log as the platform has it: only port 80. Then the step narrows the group's rule for port 443
to the endpoints and to S3's managed prefix list, and tries again: now both show. If your audit should see every attempt to get out,
either write rules that narrow, or log accepted traffic as well and pay for it.`,
  hint: "Records arrive after a second here, and after some minutes on AWS. The fourth field of a record is the source: the private address of the user's Studio session.",
  async experiments(bench) {
    const command = call("cloudwatch-logs", "FilterLogEvents", {
      logGroupName: `/sagekeep/${bench.platform}/flow-logs`,
      filterPattern: "REJECT",
    });
    const toS3 = await httpsToS3(bench);
    return [
      {
        what: "begin with the platform's own rules, and remember where the log ends",
        as: "admin",
        attempt: attemptTo(command, async (on) => {
          await widen(on);
          on.kept.set(SEEN, String(await eventsSoFar(on)));
          return undefined;
        }),
        expect: "allowed",
        why: "what comes after this line is ours",
      },
      overHttps,
      overHttp,
      {
        what: "find the refused packet of the second in the flow log, and not the first",
        as: "admin",
        attempt: attemptTo(command, async (on) => {
          const own = await look(on, [80]);
          demand(
            own.every((one) => one.port !== 443),
            "a packet to port 443 was refused although the group lets it out",
          );
          return own[0]?.line;
        }),
        expect: "allowed",
        why: "the group refused port 80; port 443 was accepted by the group and lost at the route",
      },
      {
        what: "let port 443 out to the endpoints and to S3 only",
        as: "admin",
        attempt: attemptTo(await exchange(bench, toS3, httpsAnywhere), narrow),
        expect: "allowed",
        why: "the managed prefix list holds S3's addresses and follows their changes",
      },
      { ...overHttps, what: "call the service without endpoint again" },
      {
        what: "find the refused packets of both in the flow log",
        as: "admin",
        attempt: attemptTo(command, async (on) => (await look(on, [80, 443])).at(-1)?.line),
        expect: "allowed",
        why: "now the group refuses it, and what a group refuses is written down",
      },
      {
        what: "read a bucket through the S3 endpoint all the same",
        as: scientist,
        attempt: call("s3", "ListObjectsV2", {
          Bucket: `sagemaker-${bench.region}-${bench.account}`,
          Prefix: "team-a/",
        }),
        expect: "allowed",
        why: "the prefix list admits S3: narrower, and nothing broken",
      },
      {
        what: "put the platform's rule back",
        as: "admin",
        attempt: attemptTo(await exchange(bench, httpsAnywhere, toS3), widen),
        expect: "allowed",
        why: "the platform's file decides: `sagekeep drift` would report the difference",
      },
    ];
  },
  async undo(bench) {
    await widen(bench);
    bench.kept.delete(SEEN);
  },
};
