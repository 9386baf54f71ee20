/** What everybody has: seeing the platform, its settings and its logs. Read-only. */

import { OWN_TEAM, type Scope } from "../scope.ts";
import { ownRequest, ownResource } from "./conditions.ts";
import { both, type Statement } from "./statement.ts";

/** `read`: lists everything, describes the own domain and what the own team made. */
export function readStatements(scope: Scope): Statement[] {
  const own = ownResource(scope);
  return [
    {
      Sid: "ListSageMaker",
      Effect: "Allow",
      Action: ["sagemaker:List*"],
      Resource: ["*"],
      reason:
        "list actions take no resource and no tag (Service Authorization Reference): names stay visible",
    },
    {
      Sid: "DescribeOwnDomain",
      Effect: "Allow",
      Action: [
        "sagemaker:DescribeDomain",
        "sagemaker:DescribeUserProfile",
        "sagemaker:DescribeSpace",
        "sagemaker:DescribeApp",
      ],
      Resource: [
        scope.inOwnDomain("domain"),
        scope.inOwnDomain("user-profile", "/*"),
        scope.inOwnDomain("space", "/*"),
        scope.inOwnDomain("app", "/*"),
      ],
    },
    {
      Sid: "DescribeStudioSettings",
      Effect: "Allow",
      Action: [
        "sagemaker:DescribeAppImageConfig",
        "sagemaker:DescribeImage",
        "sagemaker:DescribeImageVersion",
        "sagemaker:DescribeStudioLifecycleConfig",
      ],
      Resource: ["app-image-config/*", "image/*", "image-version/*", "studio-lifecycle-config/*"].map(
        (path) => scope.sagemaker(path),
      ),
    },
    {
      Sid: "DescribeOwn",
      Effect: "Allow",
      Action: ["sagemaker:Describe*", "sagemaker:BatchDescribeModelPackage"],
      Resource: [scope.sagemaker("*")],
      ...(Object.keys(own).length > 0 ? { Condition: own } : {}),
    },
    {
      Sid: "DescribeNetwork",
      Effect: "Allow",
      Action: [
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
      ],
      Resource: ["*"],
      reason: "EC2 describe actions take no resource",
    },
  ];
}

/** `settings`: the platform's own parameters, one by one; not a list of the account's. */
export function settingsStatements(scope: Scope): Statement[] {
  return [
    {
      Sid: "ReadSettings",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
      Resource: [scope.parameter("*")],
    },
  ];
}

/** Log groups SageMaker writes to; a stream starts with a domain's id in the first, with a job's name in the others. */
const JOB_GROUPS = ["ProcessingJobs", "TrainingJobs", "TransformJobs", "Endpoints/*"] as const;

/** `logs`: the streams of the own domain's apps, and of jobs whose name starts with the own team. */
export function logStatements(scope: Scope): Statement[] {
  const { isolation } = scope.platform.controls;
  const group = (name: string) => scope.arn("logs", `log-group:/aws/sagemaker/${name}`);
  const studio = isolation.logs ? "${aws:PrincipalTag/domain-id}/*" : "*";
  const jobs = isolation.logs && isolation.teams ? `${OWN_TEAM}-*` : "*";
  return [
    {
      Sid: "FindLogs",
      Effect: "Allow",
      Action: ["logs:DescribeLogGroups"],
      Resource: ["*"],
      reason: "DescribeLogGroups takes no resource (Service Authorization Reference)",
    },
    {
      Sid: "FindLogStreams",
      Effect: "Allow",
      Action: ["logs:DescribeLogStreams"],
      Resource: [group("*")],
    },
    {
      Sid: "ReadOwnLogs",
      Effect: "Allow",
      Action: ["logs:GetLogEvents"],
      Resource: [
        `${group("studio")}:log-stream:${studio}`,
        ...JOB_GROUPS.map((name) => `${group(name)}:log-stream:${jobs}`),
      ],
    },
  ];
}

/** `service-catalog`: products and how they are launched, read-only. */
export function serviceCatalogStatements(scope: Scope): Statement[] {
  return [
    {
      Sid: "FindProducts",
      Effect: "Allow",
      Action: [
        "servicecatalog:DescribeProductView",
        "servicecatalog:ScanProvisionedProducts",
        "servicecatalog:SearchProducts",
      ],
      Resource: ["*"],
      reason: "these reads take no resource; a portfolio decides who sees a product",
    },
    {
      Sid: "SeeProducts",
      Effect: "Allow",
      Action: [
        "servicecatalog:DescribeProduct",
        "servicecatalog:DescribeProvisioningParameters",
        "servicecatalog:ListLaunchPaths",
      ],
      Resource: [scope.arn("catalog", "product/*")],
    },
  ];
}

/** What pulls container images, for Studio apps and jobs. */
export function imagePullStatements(scope: Scope): Statement[] {
  const { partition, region } = scope.platform;
  return [
    {
      Sid: "SignInToRegistry",
      Effect: "Allow",
      Action: ["ecr:GetAuthorizationToken"],
      Resource: ["*"],
      reason: "GetAuthorizationToken takes no resource",
    },
    {
      Sid: "PullImages",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      // SageMaker's own images live in AWS accounts that differ by image and Region.
      Resource: [`arn:${partition}:ecr:${region}:*:repository/*`],
    },
  ];
}

/** `domain-registry`: model packages of the whole own domain, told by the tag SageMaker itself puts on. */
export function domainRegistryStatements(scope: Scope): Statement[] {
  const domain = scope.inOwnDomain("domain");
  const { teams } = scope.platform.controls.isolation;
  const own = ownRequest(scope.platform);
  return [
    {
      Sid: "DomainRegistryCreate",
      Effect: "Allow",
      // A version joins a group: without a tag to ask for, this would register models in any domain's group.
      Action: ["sagemaker:CreateModelPackageGroup", ...(teams ? ["sagemaker:CreateModelPackage"] : [])],
      Resource: [scope.sagemaker("model-package-group/*"), scope.sagemaker("model-package/*")],
      Condition: own,
    },
    {
      Sid: "DomainRegistryTagNew",
      Effect: "Allow",
      Action: ["sagemaker:AddTags"],
      Resource: [scope.sagemaker("model-package-group/*"), scope.sagemaker("model-package/*")],
      Condition: both(own, {
        StringEquals: { "sagemaker:TaggingAction": ["CreateModelPackage", "CreateModelPackageGroup"] },
      }),
    },
    {
      Sid: "DomainRegistryUse",
      Effect: "Allow",
      Action: [
        "sagemaker:DeleteModelPackage",
        "sagemaker:DeleteModelPackageGroup",
        "sagemaker:DescribeModelPackage",
        "sagemaker:DescribeModelPackageGroup",
        "sagemaker:UpdateModelPackage",
        "sagemaker:CreateModelPackage",
      ],
      Resource: [scope.sagemaker("model-package-group/*"), scope.sagemaker("model-package/*")],
      Condition: both({ StringEquals: { "aws:ResourceTag/sagemaker:domain-arn": domain } }),
    },
  ];
}
