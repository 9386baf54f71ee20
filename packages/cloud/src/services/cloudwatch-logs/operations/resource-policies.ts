/**
 * Resource policies of an account and region.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
 */
import { resourcePolicyProblem } from "../../../gateway/resource-policy.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";
import { invalid, pageOf, type ResourcePolicy, resourcePolicies } from "../state.ts";

const MAX_POLICIES = 10;

/** A list of one is said without the list. */
const single = (value: unknown): unknown => (Array.isArray(value) && value.length === 1 ? value[0] : value);

/** A document as Logs gives it back when asked: with a version, its statements as a list, lists of one unpacked. */
function normalized(document: string): string {
  const { Version = "2008-10-17", Id, Statement } = JSON.parse(document) as Record<string, unknown>;
  const statements = (Array.isArray(Statement) ? Statement : [Statement]).map((one: object) =>
    Object.fromEntries(
      Object.entries(one).map(([key, value]: [string, unknown]) =>
        /^(?:Not)?Principal$/.test(key) && typeof value === "object" && value !== null
          ? [key, Object.fromEntries(Object.entries(value).map(([kind, who]) => [kind, single(who)]))]
          : [key, /^(?:Not)?(?:Action|Resource)$/.test(key) ? single(value) : value],
      ),
    ),
  );
  return JSON.stringify({ Version, ...(Id !== undefined && { Id }), Statement: statements });
}

const view = (one: Readonly<ResourcePolicy>, policyDocument: string) => ({
  policyName: one.name,
  policyDocument,
  lastUpdatedTime: one.updated,
  policyScope: "ACCOUNT" as const,
});

export const resourcePolicyOperations: Operations = {
  PutResourcePolicy(input, context) {
    if (input.resourceArn)
      throw invalid("Resource-scoped policies are not supported by the Sagekeep local cloud.");
    const name = input.policyName;
    if (!name || !input.policyDocument) throw invalid("policyName and policyDocument are required.");
    const problem = resourcePolicyProblem(input.policyDocument, { prefix: "logs", resource: true }, context);
    if (problem !== undefined) throw invalid(`The policy document is not valid: ${problem}`);
    const table = resourcePolicies(context);
    if (!table.has(name) && table.count() >= MAX_POLICIES) {
      throw new AwsError("LimitExceededException", "Resource limit exceeded.");
    }
    const policy = table.put(name, { name, document: input.policyDocument, updated: context.now });
    return { resourcePolicy: view(policy, policy.document) };
  },

  DescribeResourcePolicies(input, context) {
    const own = input.policyScope === "RESOURCE" || input.resourceArn ? [] : resourcePolicies(context).list();
    const { items, next } = pageOf(own, input.limit ?? 50, input.nextToken);
    return { resourcePolicies: items.map((one) => view(one, normalized(one.document))), nextToken: next };
  },

  DeleteResourcePolicy(input, context) {
    if (!resourcePolicies(context).delete(input.policyName ?? "")) {
      throw new AwsError(
        "ResourceNotFoundException",
        `Policy with name [${input.policyName ?? ""}] does not exist.`,
      );
    }
    return {};
  },
};
