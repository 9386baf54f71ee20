/** Options of a stack that requests give: its policy, the alarms that take an operation back. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../context.ts";
import type { StackRecord } from "../../stacks/engine/records.ts";
import { isStackPolicy } from "../../stacks/engine/stack-policy.ts";
import { validationError } from "./errors.ts";
import { objectText } from "./template-source.ts";

/** A stack policy's text. @throws AwsError `ValidationError` unless it is one */
function checkedPolicy(text: string): string {
  if (isStackPolicy(text)) return text;
  throw validationError("Error validating stack policy: Invalid stack policy");
}

/** A stack policy given as text or as an object in S3; not both. */
export async function policyText(
  body: string | undefined,
  url: string | undefined,
  context: CallContext,
): Promise<string | undefined> {
  if (body !== undefined && url !== undefined) {
    throw validationError("You cannot specify both StackPolicyURL and StackPolicyBody");
  }
  if (url !== undefined) return checkedPolicy(await objectText(url, context, { kind: "caller" }));
  return body === undefined ? undefined : checkedPolicy(body);
}

/** `DeploymentConfig` as the stack keeps it, and what it says of rollbacks. */
export function deploymentOptions({
  DeploymentConfig: given,
}: {
  DeploymentConfig?: Api.DeploymentConfig | undefined;
}): Pick<Partial<StackRecord>, "deploymentConfig" | "disableRollback"> {
  if (!given) return {};
  const { Mode, DisableRollback } = given;
  const rollback = DisableRollback === undefined ? {} : { DisableRollback };
  return {
    deploymentConfig: { ...(Mode === undefined ? {} : { Mode }), ...rollback },
    ...(DisableRollback === undefined ? {} : { disableRollback: DisableRollback }),
  };
}

/** Alarms that take an operation back, and how long they are watched after it. */
export function triggersOf(input: Api.RollbackConfiguration): NonNullable<StackRecord["rollbackTriggers"]> {
  for (const { Arn = "", Type = "" } of input.RollbackTriggers ?? []) {
    if (!/^AWS::CloudWatch::(?:Composite)?Alarm$/.test(Type)) {
      throw validationError("Rollback Trigger Type not supported");
    }
    if (!/^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:.+$/.test(Arn)) {
      throw validationError("RelativeId of a Rollback Trigger's ARN is incorrect");
    }
  }
  return {
    triggers: (input.RollbackTriggers ?? []).map(({ Arn = "", Type = "" }) => ({ Arn, Type })),
    minutes: input.MonitoringTimeInMinutes ?? 0,
  };
}
