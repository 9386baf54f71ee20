/** Service-linked roles: made for a service, with AWS's own policy, and changed by it alone. */
import { randomUUID } from "node:crypto";
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { find, noteUse } from "../entities.ts";
import { invalidInput, noSuchEntity } from "../errors.ts";
import { allAwsManaged, awsManaged } from "../managed/aws-managed.ts";
import { linkedRole, takesSuffix } from "../managed/linked-roles.ts";
import { keyOf, roles } from "../state.ts";
import { dropRole, putRole, shownRole } from "./roles.ts";

function known(service: string): { role: string; policy?: string } {
  const found = linkedRole(service);
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
    if (input.CustomSuffix !== undefined && !takesSuffix(service)) {
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
