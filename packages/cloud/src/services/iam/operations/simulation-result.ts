/** How the simulator answers: see SimulateCustomPolicy in the IAM API Reference, and answers of AWS that people keep. */
import type * as Iam from "@aws-sdk/client-iam";
import { action as catalogued } from "@sagekeep/policy";

/** What was found for one resource. */
export interface Outcome {
  arn: string;
  decision: Iam.PolicyEvaluationDecisionType;
  matched: Iam.Statement[];
  missing: string[];
  organizations?: boolean;
  boundary?: boolean;
}

const boundaryDetail = (allowed: boolean | undefined) =>
  allowed === undefined
    ? {}
    : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowed } };

/**
 * One result an action; named resources are told of one by one beside it. Of several, the result itself names the kind
 * of resource only, and is as bad as the worst of them.
 */
export function resultOf(action: string, each: readonly Outcome[], named: boolean): Iam.EvaluationResult {
  const [only] = each as [Outcome];
  const several = each.length > 1;
  const worst =
    each.find((one) => one.decision === "explicitDeny") ??
    each.find((one) => one.decision === "implicitDeny") ??
    only;
  return {
    EvalActionName: action,
    EvalResourceName: several ? kindOf(action, only.arn) : only.arn,
    EvalDecision: worst.decision,
    MatchedStatements: several ? [] : only.matched,
    MissingContextValues: [...new Set(each.flatMap((one) => one.missing))],
    ...(only.organizations !== undefined && {
      OrganizationsDecisionDetail: { AllowedByOrganizations: each.every((one) => one.organizations) },
    }),
    ...boundaryDetail(only.boundary === undefined ? undefined : each.every((one) => one.boundary)),
    ...(named && {
      EvalDecisionDetails: {},
      ResourceSpecificResults: each.map((one) => ({
        EvalResourceName: one.arn,
        EvalResourceDecision: one.decision,
        MatchedStatements: one.matched,
        ...(one.missing.length > 0 && { MissingContextValues: one.missing }),
        ...boundaryDetail(one.boundary),
      })),
    }),
  };
}

/** The form of the resource, among those that an action is on: `arn:aws:s3:::${BucketName}/${ObjectName}`. */
function kindOf(name: string, arn: string): string {
  const forms = (catalogued(name)?.resources ?? []).map((one) => one.arn);
  const form = forms.find((one) => isOfForm(arn, one)) ?? forms[0];
  return form?.replace("${Partition}", "aws") ?? "*";
}

function isOfForm(arn: string, form: string): boolean {
  const literal = form.split(/\$\{\w+\}/).map((text) => text.replace(/[.*+?^$()[\]\\{}|]/g, "\\$&"));
  return new RegExp(`^${literal.join("[^:]*")}$`).test(arn);
}
