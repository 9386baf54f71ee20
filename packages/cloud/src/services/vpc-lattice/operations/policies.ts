/**
 * Auth policies of service networks and services, and resource policies, by which others are let in.
 * https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html
 */
import type { ReadContext } from "../../../context.ts";
import { policyProblem } from "../../../gateway/compiled.ts";
import { invalid, notFound } from "../errors.ts";
import type { Operations } from "../operation.ts";
import type { Entity } from "../records.ts";
import {
  authPolicies,
  find,
  resourceConfigurations,
  resourcePolicies,
  serviceNetworks,
  services,
  tableOf,
} from "../state.ts";

const MAX_AUTH_POLICY = 10_000;

/** What an auth policy is attached to. */
const guarded = (context: ReadContext, identifier: string) =>
  /(^|\/)svc-/.test(identifier)
    ? find(context, services, identifier)
    : /(^|\/)sn-/.test(identifier)
      ? find(context, serviceNetworks, identifier)
      : refuse();

function refuse(): never {
  throw invalid("Auth policies are of service networks and services", "resourceIdentifier");
}

/** What a resource policy is attached to. @throws AwsError when it is not there */
function shared(context: ReadContext, arn: string): string {
  const id = arn.split("/").pop() ?? "";
  for (const kind of [serviceNetworks, services, resourceConfigurations]) {
    if (tableOf<Entity>(context, kind).get(id)?.arn === arn) {
      return arn;
    }
  }
  throw notFound("Resource", arn);
}

function checkDocument(text: string): string {
  const problem = policyProblem(text, "resource");
  if (problem !== undefined) throw invalid(`Invalid policy: ${problem}`, "policy");
  return text;
}

export const policyOperations: Operations = {
  PutAuthPolicy(input, context) {
    const one = guarded(context, input.resourceIdentifier ?? "");
    const policy = input.policy ?? "";
    if (policy.length > MAX_AUTH_POLICY) throw invalid("The policy is too long", "policy");
    const old = authPolicies(context).get(one.arn);
    authPolicies(context).put(one.arn, {
      document: checkDocument(policy),
      created: old?.created ?? context.now,
      updated: context.now,
    });
    return { policy, state: one.authType === "AWS_IAM" ? "Active" : "Inactive" };
  },

  GetAuthPolicy(input, context) {
    const one = guarded(context, input.resourceIdentifier ?? "");
    const policy = authPolicies(context).get(one.arn);
    if (!policy) throw notFound("AuthPolicy", input.resourceIdentifier ?? "");
    return {
      policy: policy.document,
      state: one.authType === "AWS_IAM" ? "Active" : "Inactive",
      createdAt: new Date(policy.created),
      lastUpdatedAt: new Date(policy.updated),
    };
  },

  DeleteAuthPolicy(input, context) {
    const one = guarded(context, input.resourceIdentifier ?? "");
    if (!authPolicies(context).delete(one.arn)) throw notFound("AuthPolicy", input.resourceIdentifier ?? "");
    return {};
  },

  PutResourcePolicy(input, context) {
    const arn = shared(context, input.resourceArn ?? "");
    const old = resourcePolicies(context).get(arn);
    resourcePolicies(context).put(arn, {
      document: checkDocument(input.policy ?? ""),
      created: old?.created ?? context.now,
      updated: context.now,
    });
    return {};
  },

  GetResourcePolicy(input, context) {
    const policy = resourcePolicies(context).get(shared(context, input.resourceArn ?? ""));
    if (!policy) throw notFound("ResourcePolicy", input.resourceArn ?? "");
    return { policy: policy.document };
  },

  DeleteResourcePolicy(input, context) {
    const arn = shared(context, input.resourceArn ?? "");
    if (!resourcePolicies(context).delete(arn)) throw notFound("ResourcePolicy", arn);
    return {};
  },
};
