/**
 * The policy of each VPC endpoint: only principals of this account, only what belongs to the platform.
 *
 * A gateway endpoint takes no other principal than `*`, so that every statement says `*` and the condition
 * says who (AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies").
 */

import type { EndpointName, StatementInput } from "@sagekeep/spec";
import type { Scope } from "../scope.ts";
import { type Condition, document, type Statement } from "./statement.ts";

export type EndpointStatement = Statement & { readonly Principal: "*" };

/** Endpoints whose traffic carries no IAM principal that a policy could name. */
const WITHOUT_POLICY: readonly EndpointName[] = ["studio", "notebook", "experiments", "partner-app"];

/** Names of the IAM service behind an endpoint, where they differ. */
const SERVICE: Readonly<Partial<Record<EndpointName, string>>> = {
  monitoring: "cloudwatch",
  "codeartifact.api": "codeartifact",
  "codeartifact.repositories": "codeartifact",
  "git-codecommit": "codecommit",
  "sagemaker.featurestore-runtime": "sagemaker",
  "sagemaker.metrics": "sagemaker",
  "bedrock-runtime": "bedrock",
};

/** The policy of an endpoint, or undefined for an endpoint that takes none. */
export function endpointPolicy(scope: Scope, name: EndpointName): object | undefined {
  if (WITHOUT_POLICY.includes(name)) return undefined;
  const own = scope.platform.network.endpointPolicies[name] ?? [];
  const { Version, Statement } = document(statementsOf(scope, name));
  return { Version, Statement: [...Statement, ...own.map(withPrincipal)] };
}

function withPrincipal(statement: StatementInput): object {
  return { Principal: "*", ...statement };
}

function statementsOf(scope: Scope, name: EndpointName): EndpointStatement[] {
  const ours: Condition = { StringEquals: { "aws:PrincipalAccount": scope.platform.account } };
  const allow = (
    Sid: string,
    Action: string[],
    Resource: string[],
    Condition: Condition = ours,
  ): EndpointStatement => ({
    Sid,
    Effect: "Allow",
    Principal: "*",
    Action,
    Resource,
    Condition,
  });
  const { platform } = scope;
  switch (name) {
    case "sagemaker.api":
      return [
        allow("OwnResources", ["sagemaker:*"], [scope.sagemaker("*")]),
        allow("Lists", ["sagemaker:List*", "sagemaker:Search"], ["*"]),
      ];
    case "sagemaker.runtime":
      return [
        allow(
          "OwnEndpoints",
          ["sagemaker:InvokeEndpoint*"],
          [scope.sagemaker("endpoint/*"), scope.sagemaker("inference-component/*")],
        ),
      ];
    case "sagemaker.featurestore-runtime":
      return [allow("OwnFeatures", ["sagemaker:*Record"], [scope.sagemaker("feature-group/*")])];
    case "s3":
      return s3Statements(scope, allow);
    case "kms":
      return [allow("OwnKeys", ["kms:*"], [scope.arn("kms", "key/*"), scope.arn("kms", "alias/*")])];
    case "ssm":
      return [allow("OwnParameters", ["ssm:GetParameter*"], [scope.parameter("*")])];
    case "sts":
      return [
        allow("WhoAmI", ["sts:GetCallerIdentity"], ["*"]),
        allow(
          "OwnRoles",
          ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
          [scope.role(`${platform.name}-*`)],
        ),
      ];
    case "logs":
      return [
        allow("SageMakerLogs", ["logs:*"], [scope.arn("logs", "log-group:/aws/sagemaker/*")]),
        allow("FindLogs", ["logs:DescribeLogGroups"], ["*"]),
      ];
    case "ecr.api":
    case "ecr.dkr":
      return [
        allow("SignIn", ["ecr:GetAuthorizationToken"], ["*"]),
        allow(
          "Pull",
          [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:DescribeImages",
            "ecr:DescribeRepositories",
            "ecr:GetDownloadUrlForLayer",
          ],
          [`arn:${platform.partition}:ecr:${platform.region}:*:repository/*`],
        ),
      ];
    case "monitoring":
      return [
        allow(
          "Metrics",
          ["cloudwatch:GetMetric*", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData"],
          ["*"],
        ),
      ];
    case "servicecatalog":
      return [
        allow(
          "Products",
          [
            "servicecatalog:Describe*",
            "servicecatalog:List*",
            "servicecatalog:Scan*",
            "servicecatalog:Search*",
          ],
          ["*"],
        ),
      ];
    default: {
      const service = SERVICE[name] ?? name;
      return [
        allow("OwnAccount", [`${service}:*`], ["*"], {
          StringEquals: { "aws:PrincipalAccount": platform.account },
          StringEqualsIfExists: { "aws:ResourceAccount": platform.account },
        }),
      ];
    }
  }
}

function s3Statements(
  scope: Scope,
  allow: (sid: string, actions: string[], resources: string[], condition?: Condition) => EndpointStatement,
): EndpointStatement[] {
  const { platform } = scope;
  const buckets = [`${platform.name}-*-${platform.account}-${platform.region}`, scope.defaultBucket()];
  const published = [
    `jumpstart-cache-prod-${platform.region}`,
    `sagemaker-sample-files`,
    `sagemaker-example-files-prod-${platform.region}`,
  ];
  return [
    allow(
      "OwnBuckets",
      [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject*",
        "s3:GetBucket*",
        "s3:GetObject*",
        "s3:ListBucket*",
        "s3:ListMultipartUploadParts",
        "s3:PutObject*",
      ],
      [
        ...buckets.flatMap((name) => [scope.bucket(name), scope.bucket(name, "/*")]),
        scope.arn("s3", `accesspoint/${platform.name}-*`),
        scope.arn("s3", `accesspoint/${platform.name}-*/object/*`),
      ],
    ),
    allow(
      "PublishedBySageMaker",
      ["s3:GetObject", "s3:ListBucket"],
      published.flatMap((name) => [scope.bucket(name), scope.bucket(name, "/*")]),
    ),
    // Container registries hand out signed addresses of their layers: the request then is AWS's, not ours.
    allow(
      "ContainerLayers",
      ["s3:GetObject"],
      [scope.bucket(`prod-${platform.region}-starport-layer-bucket`, "/*")],
      {},
    ),
  ].map((statement) =>
    Object.keys(statement.Condition ?? {}).length > 0 ? statement : withoutCondition(statement),
  );
}

function withoutCondition({ Condition: _, ...statement }: EndpointStatement): EndpointStatement {
  return statement;
}
