/**
 * Which resources each EC2 action is authorized on; the tables are in authorization/.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import type { AuthorizationRule, AuthorizationTable } from "../../service.ts";
import { endpoints } from "./authorization/endpoints.ts";
import { hubs } from "./authorization/hubs.ts";
import { interfaces } from "./authorization/interfaces.ts";
import { vpcs } from "./authorization/vpcs.ts";
import { type Input, on, type Targets } from "./authorization-rules.ts";

/** Operation → what it touches. One that is not here is authorized on `*`. */
const touched: Record<string, Targets[]> = { ...vpcs, ...interfaces, ...endpoints, ...hubs };

/** Handing the delivery role to flow logs needs `iam:PassRole`. */
const createFlowLogs: AuthorizationRule<Input> = (input, context) => {
  const checks = on("CreateFlowLogs", ...touched.CreateFlowLogs!)(input, context);
  if (input.DeliverLogsPermissionArn) {
    checks.push({
      action: "iam:PassRole",
      resource: String(input.DeliverLogsPermissionArn),
      context: { "iam:PassedToService": "vpc-flow-logs.amazonaws.com" },
    });
  }
  return checks;
};

/** A rule for each of these operations. */
export const authorizationOf = (operations: readonly string[]): AuthorizationTable =>
  Object.fromEntries(
    operations.map((name) => [
      name,
      name === "CreateFlowLogs" ? createFlowLogs : on(name, ...(touched[name] ?? [])),
    ]),
  );

/** For the test that holds this table to the service reference. */
export const touchedOperations: readonly string[] = Object.keys(touched);
