/** Roles that a request hands over: each needs `iam:PassRole` of the caller and the role's own trust. */
import type { ReadContext } from "../../../context.ts";
import type { Check } from "../../../service.ts";
import type { Fields } from "../engine/model.ts";
import { validation } from "../errors.ts";
import { collect, strings } from "./collect.ts";

/** Members whose values are roles: `RoleArn`, `ExecutionRole`, `ExecutionRoleArn`, `DomainExecutionRoleArn`, … */
const ROLE = /(RoleArn|ExecutionRole|ClusterRole|ValidationRole)$/;

/** Roles for another service than SageMaker, by the member they are in. */
const OTHER_SERVICE: Record<string, string> = { AmazonForecastRoleArn: "forecast.amazonaws.com" };

const PRINCIPAL = "sagemaker.amazonaws.com";

export function rolesIn(input: Fields): { arn: string; service: string }[] {
  const roles: { arn: string; service: string }[] = [];
  const wanted = (member: string) => ROLE.test(member);
  for (const arn of strings(collect(input, (member) => wanted(member) && !OTHER_SERVICE[member]))) {
    if (isRole(arn)) roles.push({ arn, service: PRINCIPAL });
  }
  for (const [name, service] of Object.entries(OTHER_SERVICE)) {
    for (const arn of strings(collect(input, (member) => member === name))) {
      if (isRole(arn)) roles.push({ arn, service });
    }
  }
  return roles;
}

const isRole = (arn: string) => /^arn:[^:]+:iam::\d{12}:role\//.test(arn);

/** One `iam:PassRole` for each role. @param resource what the role is for: `iam:AssociatedResourceArn` */
export function passRoleChecks(input: Fields, resource: string | undefined): Check[] {
  return rolesIn(input).map(({ arn, service }) => ({
    action: "iam:PassRole",
    resource: arn,
    context: {
      "iam:PassedToService": service,
      ...(resource && resource !== "*" && { "iam:AssociatedResourceArn": resource }),
    },
  }));
}

/** Refuses a role that does not exist or does not trust SageMaker. */
export function demandTrust(
  arn: string,
  context: ReadContext & { trusts(role: string, by: string): boolean },
): void {
  if (context.trusts(arn, PRINCIPAL)) return;
  throw validation(
    `Could not assume role ${arn}. Please ensure that the role exists and allows principal '${PRINCIPAL}' to assume the role.`,
  );
}
