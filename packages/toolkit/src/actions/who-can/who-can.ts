/**
 * Everybody who can do something: directly, or through roles they can assume, or hand to SageMaker in a job.
 * A chain is followed to its end: what a role reached can reach further.
 */
import { Judge, type Position } from "../../account/judge.ts";
import type { AccountSnapshot, Gap, PrincipalRecord, ProfileRecord } from "../../account/snapshot.ts";

export interface AccessPath {
  /** Profile or principal that starts. */
  who: string;
  kind: "studio user" | "role" | "user";
  from: string;
  /** Roles taken on the way; empty for direct access. */
  through: { role: string; by: "sts:AssumeRole" | "iam:PassRole to SageMaker" }[];
}

export interface WhoCan {
  action: string;
  resource: string;
  paths: AccessPath[];
  /** Conditions that were taken as met because only a request can tell. */
  assumptions: string[];
  gaps: Gap[];
}

/** What one needs to make SageMaker run code under a role. */
const runners = [
  "sagemaker:CreateProcessingJob",
  "sagemaker:CreateTrainingJob",
  "sagemaker:CreateUserProfile",
  "sagemaker:CreatePipeline",
  "sagemaker:CreateModel",
  "sagemaker:CreateNotebookInstance",
];

interface Start {
  who: string;
  kind: AccessPath["kind"];
  principal: PrincipalRecord;
  profile?: ProfileRecord;
  from: Position;
  place: string;
}

export function whoCan(
  snapshot: AccountSnapshot,
  action: string,
  resource: string,
  context: Record<string, string | string[]> = {},
): WhoCan {
  const judge = new Judge(snapshot);
  const roles = snapshot.principals.filter((one) => one.kind === "role");
  const can = (
    principal: PrincipalRecord,
    profile: ProfileRecord | undefined,
    from: Position,
    what: string,
    on: string,
    keys: Record<string, string | string[]> = {},
  ) =>
    judge.decide({ principal, ...(profile && { profile }), from, action: what, resource: on, context: keys })
      .allowed;

  const edges = new Map<string, { role: PrincipalRecord; by: AccessPath["through"][number]["by"] }[]>();
  const next = (principal: PrincipalRecord, profile: ProfileRecord | undefined, from: Position) => {
    const id = `${principal.arn}\0${JSON.stringify(from)}`;
    let found = edges.get(id);
    if (!found) {
      const runs = runners.some((one) =>
        can(principal, profile, from, one, resourceFor(one, snapshot), runnerKeys(principal)),
      );
      found = roles.flatMap((role) => {
        if (role.arn === principal.arn) return [];
        const steps: { role: PrincipalRecord; by: AccessPath["through"][number]["by"] }[] = [];
        if (can(principal, profile, from, "sts:AssumeRole", role.arn))
          steps.push({ role, by: "sts:AssumeRole" });
        else if (
          runs &&
          trustsSageMaker(role) &&
          can(principal, profile, from, "iam:PassRole", role.arn, {
            "iam:PassedToService": "sagemaker.amazonaws.com",
          })
        ) {
          steps.push({ role, by: "iam:PassRole to SageMaker" });
        }
        return steps;
      });
      edges.set(id, found);
    }
    return found;
  };

  const paths: AccessPath[] = [];
  for (const start of starts(snapshot)) {
    const { who, kind, place } = start;
    const seen = new Set([start.principal.arn]);
    let front = [
      { principal: start.principal, profile: start.profile, through: [] as AccessPath["through"] },
    ];
    while (front.length) {
      const further: typeof front = [];
      for (const { principal, profile, through } of front) {
        if (can(principal, profile, start.from, action, resource, context))
          paths.push({ who, kind, from: place, through });
        for (const { role, by } of next(principal, profile, start.from)) {
          if (seen.has(role.arn)) continue;
          seen.add(role.arn);
          further.push({
            principal: role,
            profile: undefined,
            through: [...through, { role: role.name, by }],
          });
        }
      }
      front = further;
    }
  }
  return {
    action,
    resource,
    paths: paths.sort(
      (one, other) => one.through.length - other.through.length || one.who.localeCompare(other.who),
    ),
    assumptions: [
      "a job or session of a passed role is judged from the same network position",
      "a caller may start jobs when one of its create actions is allowed with its own tags",
    ],
    gaps: snapshot.gaps,
  };
}

/** Studio users from their VPC; roles that people may hold and users from the internet and from each VPC with endpoints. */
function starts(snapshot: AccountSnapshot): Start[] {
  const { profiles, principals, endpoints } = snapshot;
  const vpcs = [...new Set(endpoints.map((one) => one.vpcId))];
  const studio = profiles.flatMap((profile): Start[] => {
    const principal = principals.find((one) => one.arn === profile.roleArn);
    const from: Position = profile.vpcId ? { kind: "vpc", vpcId: profile.vpcId } : { kind: "internet" };
    return principal
      ? [
          {
            who: profile.name,
            kind: "studio user",
            principal,
            profile,
            from,
            place: profile.vpcId ? `Studio in ${profile.vpcId}` : "Studio",
          },
        ]
      : [];
  });
  const others = principals.flatMap((principal): Start[] => {
    const base = { who: principal.name, kind: principal.kind, principal } as const;
    return [
      { ...base, from: { kind: "internet" }, place: "the internet" },
      ...vpcs.map((vpcId): Start => ({ ...base, from: { kind: "vpc", vpcId }, place: vpcId })),
    ];
  });
  return [...studio, ...others];
}

function resourceFor(action: string, { region, account }: AccountSnapshot): string {
  const type = action
    .replace("sagemaker:Create", "")
    .replace(/[A-Z]/g, (letter, index) => (index ? "-" : "") + letter.toLowerCase());
  return `arn:aws:sagemaker:${region}:${account}:${type}/sagekeep-who-can`;
}

/** The tags a caller would put on what it makes, as tag-based isolation asks for. */
function runnerKeys({ tags }: PrincipalRecord): Record<string, string | string[]> {
  const keys: Record<string, string | string[]> = { "aws:TagKeys": Object.keys(tags) };
  for (const [key, value] of Object.entries(tags)) keys[`aws:RequestTag/${key}`] = value;
  return keys;
}

function trustsSageMaker({ trust }: PrincipalRecord): boolean {
  return trust?.document.includes("sagemaker.amazonaws.com") ?? false;
}
