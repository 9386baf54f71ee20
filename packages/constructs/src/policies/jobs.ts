/** Job roles: what a workload needs while it runs, per kind, and who may hand such a role to SageMaker. */

import type { Persona, Team, Workload } from "@sagekeep/spec";
import { creatorsOf, usesOf } from "../catalogue.ts";
import type { Scope } from "../scope.ts";
import { imagePullStatements } from "./baseline.ts";
import { ownRequest, ownResource } from "./conditions.ts";
import { dataKeyStatements, jobKeyStatements } from "./data.ts";
import { both, type Statement } from "./statement.ts";

/** PassRole to exactly the job roles the persona's work needs, and only to SageMaker. */
export function passRoleStatements(scope: Scope, team: Team, persona: Persona): Statement[] {
  if (persona.workloads.length === 0) return [];
  return [
    passRole(
      scope,
      "PassJobRoles",
      persona.workloads.map((workload) => scope.jobRole(team.name, workload)),
    ),
  ];
}

export function passRole(scope: Scope, sid: string, roles: readonly string[]): Statement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: ["iam:PassRole"],
    Resource: roles,
    Condition: { StringEquals: { "iam:PassedToService": `sagemaker.${scope.platform.dnsSuffix}` } },
  };
}

/** What every role of one workload kind has, whatever its team: the team is a tag of the role. */
export function workloadStatements(scope: Scope, workload: Workload): Statement[] {
  return [
    ...imagePullStatements(scope),
    ...jobLogStatements(scope),
    ...networkInterfaceStatements(scope),
    ...dataKeyStatements(scope),
    ...(STARTS[workload] === undefined
      ? []
      : [...jobKeyStatements(scope), ...makeAndUse(scope, STARTS[workload])]),
  ];
}

/** Kinds that a workload starts itself: a pipeline its steps, tuning its trainings, a schedule its analyses. */
const STARTS: Readonly<Partial<Record<Workload, readonly string[]>>> = {
  pipeline: [
    "processing-job",
    "training-job",
    "hyper-parameter-tuning-job",
    "transform-job",
    "model",
    "model-package",
    "model-package-group",
  ],
  tuning: ["training-job"],
  monitoring: ["processing-job"],
};

/** What a job role of a team hands on: a pipeline the team's other job roles, the others only themselves. */
export function handOnStatements(scope: Scope, team: Team, workload: Workload): Statement[] {
  if (STARTS[workload] === undefined) return [];
  const others = team.workloads.filter((one) => one !== "pipeline");
  const roles = workload === "pipeline" ? others : [workload];
  return roles.length === 0
    ? []
    : [
        passRole(
          scope,
          "PassJobRoles",
          roles.map((one) => scope.jobRole(team.name, one)),
        ),
      ];
}

function jobLogStatements(scope: Scope): Statement[] {
  return [
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: [scope.arn("logs", "log-group:/aws/sagemaker/*")],
    },
    {
      Sid: "PutMetrics",
      Effect: "Allow",
      Action: ["cloudwatch:PutMetricData"],
      Resource: ["*"],
      Condition: { StringLike: { "cloudwatch:namespace": ["/aws/sagemaker/*", "aws/sagemaker/*"] } },
      reason: "PutMetricData takes no resource; the namespace is limited instead",
    },
  ];
}

/** A job in a VPC makes its network interfaces with its role (Developer Guide, "Give jobs access to a VPC"). */
function networkInterfaceStatements(scope: Scope): Statement[] {
  const { partition, region, account } = scope.platform;
  const ec2 = (path: string) => `arn:${partition}:ec2:${region}:${account}:${path}`;
  return [
    {
      Sid: "MakeInterfaces",
      Effect: "Allow",
      Action: ["ec2:CreateNetworkInterface"],
      Resource: [
        ec2("network-interface/*"),
        ...scope.subnets().map((id) => ec2(`subnet/${id}`)),
        ec2(`security-group/${scope.jobGroup()}`),
      ],
    },
    {
      Sid: "UseInterfaces",
      Effect: "Allow",
      Action: [
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
      ],
      Resource: [ec2("network-interface/*")],
      Condition: { ArnEquals: { "ec2:Vpc": ec2(`vpc/${scope.vpc()}`) } },
    },
    {
      Sid: "SeeNetwork",
      Effect: "Allow",
      Action: [
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
      ],
      Resource: ["*"],
      reason: "EC2 describe actions take no resource",
    },
  ];
}

function makeAndUse(scope: Scope, kinds: readonly string[]): Statement[] {
  const name = "Runs";
  const creators = creatorsOf(kinds);
  const arns = kinds.map((kind) => scope.sagemaker(`${kind}/*`));
  return [
    {
      Sid: `${name}Create`,
      Effect: "Allow",
      Action: creators.map((one) => `sagemaker:${one}`),
      Resource: arns,
      Condition: ownRequest(scope.platform),
    },
    {
      Sid: `${name}Use`,
      Effect: "Allow",
      Action: usesOf(kinds, "RW").map((one) => `sagemaker:${one}`),
      Resource: arns,
      Condition: ownResource(scope),
    },
    {
      Sid: `${name}Tag`,
      Effect: "Allow",
      Action: ["sagemaker:AddTags"],
      Resource: arns,
      Condition: both(ownRequest(scope.platform), { StringEquals: { "sagemaker:TaggingAction": creators } }),
    },
  ];
}
