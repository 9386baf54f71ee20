/** Row 2.9: a door of its own for each team, on one bucket. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { fillIn } from "../../../placeholders.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, removeRole, role, roleArn } from "../practice.ts";
import { bucketName, makeBucket, removeBucket } from "../storage.ts";

const TEAMS = ["team-a", "team-b"] as const;
type Team = (typeof TEAMS)[number];
const PURPOSE = "shared";
const memberOf = (team: string) => `member-${team}`;
const pointName = ({ platform }: Pick<Bench, "platform">, team: string) => `${platform}-lab2-${team}`;
const POINT = "arn:aws:s3:{{region}}:{{account}}:accesspoint/{{platform}}-lab2-team-a";
const MEMBER = "arn:aws:iam::{{account}}:role/{{platform}}-lab2-member-team-a";
const OTHER = "arn:aws:iam::{{account}}:role/{{platform}}-lab2-member-team-b";

const point = (bench: Bench, team: string) => ({
  AccountId: bench.account,
  Name: pointName(bench, team),
});

async function removePoint(bench: Bench, team: string): Promise<void> {
  await bench.admin.call("s3-control", "DeleteAccessPoint", point(bench, team)).catch((error: unknown) => {
    if ((error as Error).name !== "NoSuchAccessPoint") throw error;
  });
}

/** What SDKs and CLI take in place of a bucket's name. */
async function aliasOf(bench: Bench, team: string): Promise<string> {
  const { Alias } = await bench.admin.call("s3-control", "GetAccessPoint", point(bench, team));
  return Alias ?? "";
}

/** The bucket leaves the decision to its account's access points. */
const delegation = (bench: Bench) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "LeaveItToOurAccessPoints",
      Effect: "Allow",
      Principal: { AWS: TEAMS.map((team) => roleArn(bench, memberOf(team))) },
      Action: "s3:*",
      Resource: [
        `arn:aws:s3:::${bucketName(bench, PURPOSE)}`,
        `arn:aws:s3:::${bucketName(bench, PURPOSE)}/*`,
      ],
      Condition: { StringEquals: { "s3:DataAccessPointAccount": bench.account } },
    },
  ],
});

/** The policy of the other team's point, as its team would have written it. */
const ofTeamB = (bench: Bench) => {
  const arn = `arn:aws:s3:${bench.region}:${bench.account}:accesspoint/${pointName(bench, "team-b")}`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: roleArn(bench, memberOf("team-b")) },
        Action: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        Resource: [arn, `${arn}/object/*`],
      },
    ],
  };
};

const object = (Resource: string | string[], AWS: string | string[]) => ({
  Sid: "TeamReadsAndWrites",
  Effect: "Allow",
  Principal: { AWS },
  Action: ["s3:GetObject", "s3:PutObject"],
  Resource,
});

export const accessPoints: Step = {
  id: "2.9",
  title: "A door for each team: access points",
  text: `## One bucket, many doors

A bucket has one policy of at most 20 KB. With a dozen teams on one data set it becomes the file nobody dares to touch. An **access point** is a named door to the same bucket with a policy of its own, and, if you wish, with a network of its own: one that was made for a VPC cannot be used from anywhere else, whatever any policy says.

\`\`\`mermaid
flowchart LR
  a["team-a"] --> pa{{"access point team-a<br/>own policy, VPC only"}} --> bucket[(one bucket)]
  b["team-b"] --> pb{{"access point team-b<br/>own policy, VPC only"}} --> bucket
  a -.-x pb
  b -.-x pa
\`\`\`

A request through an access point must be allowed **twice**: by the access point and by the bucket. To leave it to the access points, the bucket's policy allows whatever comes through a door of this account (\`s3:DataAccessPointAccount\`) and nothing that comes straight to it. The lab has done that.

## The trap

Objects behind an access point have ARNs of their own:

| what | ARN |
|---|---|
| the access point (for listing) | \`arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME\` |
| an object behind it | \`arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/object/KEY\` |

Objects need the second form (without \`/object/\` S3 refuses the policy: *Policy has invalid resource*), listing needs the first: a policy on objects alone lets nobody list. Clients use the access point's *alias* or its ARN in place of the bucket's name.

## What to do

Repair \`policies/access-point.json\`, the policy of team-a's access point \`{{platform}}-lab2-team-a\`: the file names one role too many and one resource too few. The members' roles, \`{{platform}}-lab2-member-team-a\` and \`…-team-b\`, have no S3 permissions of their own. ${placeholderNote}

## What to see, and what it means

Each team gets and puts through its own door, not through the other's, and not past the doors. The platform gives every data set such doors, one for each team that may read it, closed to other teams by the tag of the caller's role.`,
  hint: 'Take team-b\'s role out of the principals. Resources: the access point itself for s3:ListBucket, and "…:accesspoint/{{platform}}-lab2-team-a/object/*" for s3:GetObject and s3:PutObject.',
  task: {
    file: "access-point.json",
    kind: "accessPoint",
    goal: "Through team-a's access point, team-a's role lists, reads and writes; team-b's role does nothing.",
    start: {
      Version: "2012-10-17",
      Statement: [object(`${POINT}/object/*`, [MEMBER, OTHER])],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TeamLists",
          Effect: "Allow",
          Principal: { AWS: MEMBER },
          Action: "s3:ListBucket",
          Resource: POINT,
        },
        object(`${POINT}/object/*`, MEMBER),
      ],
    },
    async apply(bench, document) {
      const Policy = await fillIn(bench, document);
      await bench.admin.call("s3-control", "PutAccessPointPolicy", { ...point(bench, "team-a"), Policy });
    },
    async remove(bench) {
      await bench.admin
        .call("s3-control", "DeleteAccessPointPolicy", point(bench, "team-a"))
        .catch((error: unknown) => {
          if (!/NoSuchAccessPoint/.test((error as Error).name)) throw error;
        });
    },
  },
  async prepare(bench) {
    const Bucket = bucketName(bench, PURPOSE);
    for (const team of TEAMS) await removePoint(bench, team);
    await makeBucket(bench, Bucket, { "shared.csv": {} });
    for (const team of TEAMS) {
      await makeRole(bench, memberOf(team), { team }, () => [
        { Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" },
      ]);
      await bench.admin.call("s3-control", "CreateAccessPoint", {
        ...point(bench, team),
        Bucket,
        VpcConfiguration: { VpcId: await bench.exported("network:Vpc") },
      });
    }
    await bench.admin.call("s3", "PutBucketPolicy", { Bucket, Policy: JSON.stringify(delegation(bench)) });
    await bench.admin.call("s3-control", "PutAccessPointPolicy", {
      ...point(bench, "team-b"),
      Policy: JSON.stringify(ofTeamB(bench)),
    });
  },
  async experiments(bench) {
    const doors: Record<Team, string> = {
      "team-a": await aliasOf(bench, "team-a"),
      "team-b": await aliasOf(bench, "team-b"),
    };
    const Key = "shared.csv";
    const get = (Bucket: string) => call("s3", "GetObject", { Bucket, Key });
    const put = (Bucket: string) => call("s3", "PutObject", { Bucket, Key: "result.csv", Body: "" });
    const a = role(bench, memberOf("team-a"));
    const b = role(bench, memberOf("team-b"));
    const works = { from: "vpc", expect: "allowed" } as const;
    const refused = { from: "vpc", expect: "denied" } as const;
    const all: Experiment[] = [
      {
        what: "team-a reads through its own door",
        as: a,
        ...works,
        attempt: get(doors["team-a"]),
        why: "its own door",
      },
      {
        what: "team-a writes through its own door",
        as: a,
        ...works,
        attempt: put(doors["team-a"]),
        why: "its own door",
      },
      {
        what: "team-a lists through its own door",
        as: a,
        ...works,
        attempt: call("s3", "ListObjectsV2", { Bucket: doors["team-a"] }),
        why: "listing is about the access point itself, not about objects behind it",
      },
      {
        what: "team-b reads through team-a's door",
        as: b,
        ...refused,
        attempt: get(doors["team-a"]),
        why: "team-a's door is for team-a",
      },
      {
        what: "team-b writes through team-a's door",
        as: b,
        ...refused,
        attempt: put(doors["team-a"]),
        why: "team-a's door is for team-a",
      },
      {
        what: "team-a reads through team-b's door",
        as: a,
        ...refused,
        attempt: get(doors["team-b"]),
        why: "and the other way round",
      },
      {
        what: "team-b reads through its own door",
        as: b,
        ...works,
        attempt: get(doors["team-b"]),
        why: "the same bucket, another door: one team's policy does not disturb another's",
      },
      {
        what: "team-a goes straight to the bucket",
        as: a,
        ...refused,
        attempt: get(bucketName(bench, PURPOSE)),
        why: "the bucket allows what comes through an access point, nothing else",
      },
      {
        what: "team-a's credentials at team-a's door, outside of the VPC",
        as: a,
        from: "internet",
        attempt: get(doors["team-a"]),
        expect: "denied",
        why: "the access point was made for our VPC: it cannot be reached from elsewhere",
      },
    ];
    return all;
  },
  async undo(bench) {
    for (const team of TEAMS) await removePoint(bench, team);
    await removeBucket(bench, bucketName(bench, PURPOSE));
    for (const team of TEAMS) await removeRole(bench, memberOf(team));
  },
};
