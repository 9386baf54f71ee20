/** Service-linked roles: made for a service, with AWS's own policy, and changed by it alone. */
import { randomUUID } from "node:crypto";
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { find, noteUse } from "../entities.ts";
import { invalidInput, noSuchEntity } from "../errors.ts";
import { allAwsManaged, awsManaged } from "../managed/aws-managed.ts";
import { keyOf, roles } from "../state.ts";
import { dropRole, putRole, shownRole } from "./roles.ts";

/** Role and policy names by service; "Using service-linked roles" pages of each service. */
const KNOWN: Readonly<Record<string, { role: string; policy?: string }>> = {
  "autoscaling.amazonaws.com": { role: "AutoScaling", policy: "AutoScalingServiceRolePolicy" },
  "cloudtrail.amazonaws.com": { role: "CloudTrail", policy: "CloudTrailServiceRolePolicy" },
  "config.amazonaws.com": { role: "Config", policy: "AWSConfigServiceRolePolicy" },
  "ecs.amazonaws.com": { role: "ECS", policy: "AmazonECSServiceRolePolicy" },
  "elasticfilesystem.amazonaws.com": {
    role: "AmazonElasticFileSystem",
    policy: "AmazonElasticFileSystemServiceRolePolicy",
  },
  "elasticloadbalancing.amazonaws.com": {
    role: "ElasticLoadBalancing",
    policy: "AWSElasticLoadBalancingServiceRolePolicy",
  },
  "es.amazonaws.com": { role: "AmazonElasticsearchService", policy: "AmazonElasticsearchServiceRolePolicy" },
  "guardduty.amazonaws.com": { role: "AmazonGuardDuty", policy: "AmazonGuardDutyServiceRolePolicy" },
  "network-firewall.amazonaws.com": {
    role: "NetworkFirewall",
    policy: "AWSNetworkFirewallServiceRolePolicy",
  },
  "organizations.amazonaws.com": { role: "Organizations", policy: "AWSOrganizationsServiceTrustPolicy" },
  "rds.amazonaws.com": { role: "RDS", policy: "AmazonRDSServiceRolePolicy" },
  "replicator.lambda.amazonaws.com": { role: "LambdaReplicator", policy: "AWSLambdaReplicator" },
  "sagemaker.amazonaws.com": {
    role: "AmazonSageMakerNotebooks",
    policy: "AmazonSageMakerNotebooksServiceRolePolicy",
  },
  "sagemaker.application-autoscaling.amazonaws.com": {
    role: "ApplicationAutoScaling_SageMakerEndpoint",
    policy: "AWSApplicationAutoscalingSageMakerEndpointPolicy",
  },
  "ssm.amazonaws.com": { role: "AmazonSSM", policy: "AmazonSSMServiceRolePolicy" },
  "sso.amazonaws.com": { role: "SSO", policy: "AWSSSOServiceRolePolicy" },
  "support.amazonaws.com": { role: "Support", policy: "AWSSupportServiceRolePolicy" },
  "trustedadvisor.amazonaws.com": { role: "TrustedAdvisor", policy: "AWSTrustedAdvisorServiceRolePolicy" },
};
/** Services that allow several roles, told apart by a suffix. */
const SUFFIXABLE = new Set(["autoscaling.amazonaws.com", "lex.amazonaws.com", "sagemaker.amazonaws.com"]);

function known(service: string): { role: string; policy?: string } {
  const found = KNOWN[service];
  if (found) return found;
  const name = service.split(".")[0] ?? "";
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  const policy = allAwsManaged().find(
    (one) => one.path === "/aws-service-role/" && one.name.toLowerCase().includes(name.replaceAll("-", "")),
  );
  return { role: title, ...(policy && { policy: policy.name }) };
}

export const serviceLinkedRoleOperations: Handlers<typeof Iam, CallContext> = {
  CreateServiceLinkedRole(input, context) {
    const service = input.AWSServiceName;
    if (!/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(service)) {
      throw invalidInput(`Service principal ${service} is not valid.`);
    }
    if (input.CustomSuffix !== undefined && !SUFFIXABLE.has(service)) {
      throw invalidInput(`Custom suffix is not allowed for ${service}`);
    }
    const { role, policy } = known(service);
    const name = `AWSServiceRoleFor${role}${input.CustomSuffix ? `_${input.CustomSuffix}` : ""}`;
    if (roles(context).has(keyOf(name))) {
      throw invalidInput(
        `Service role name ${name} has been taken in this account, please try a different suffix.`,
      );
    }
    const policyArn = policy && `arn:aws:iam::aws:policy/aws-service-role/${policy}`;
    const attached = policyArn && awsManaged(policyArn) ? [policyArn] : [];
    const made = putRole(
      {
        name,
        path: `/aws-service-role/${service}/`,
        attached,
        tags: [],
        maxSession: 3600,
        trust: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
        }),
        linkedService: service,
        ...(input.Description !== undefined && { description: input.Description }),
      },
      context,
    );
    for (const arn of attached) noteUse(context, arn, "attached", "role", name, true);
    return { Role: shownRole(made, context, "created") };
  },

  DeleteServiceLinkedRole({ RoleName }, context) {
    const role = find("role", RoleName, context);
    if (!role.linkedService) {
      throw invalidInput(`The role with name ${RoleName} is not a service-linked role.`);
    }
    for (const arn of role.attached) noteUse(context, arn, "attached", "role", role.name, false);
    dropRole(role, context);
    const id = `task/aws-service-role/${role.linkedService}/${role.name}/${randomUUID()}`;
    context.accountTable<{ status: string }>("iam.deletion").put(id, { status: "SUCCEEDED" });
    return { DeletionTaskId: id };
  },

  GetServiceLinkedRoleDeletionStatus({ DeletionTaskId }, context) {
    const task = context.accountTable<{ status: string }>("iam.deletion").get(DeletionTaskId);
    if (!task) throw noSuchEntity(`Deletion task ${DeletionTaskId} cannot be found.`);
    return { Status: "SUCCEEDED" };
  },
};
