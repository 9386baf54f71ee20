/**
 * Permissions to attach a network interface, given to another account.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterfacePermission.html
 */
import type { NetworkInterfacePermission } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, combination, missing, need, unsupported } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, describe, find, remove } from "../kind.ts";
import { interfacePermissions, networkInterfaces } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { InterfacePermissionRecord } from "../records.ts";

const view = (one: Readonly<InterfacePermissionRecord>): NetworkInterfacePermission => ({
  NetworkInterfacePermissionId: one.id,
  NetworkInterfaceId: one.networkInterfaceId,
  AwsAccountId: one.account,
  Permission: one.permission,
  PermissionState: { State: "granted" },
});

export const interfacePermissionOperations: Operations = {
  CreateNetworkInterfacePermission(input, context) {
    const { id } = find(context, networkInterfaces, need(input.NetworkInterfaceId, "networkInterfaceId"));
    if (input.AwsAccountId && input.AwsService) {
      throw combination("The parameters awsAccountId and awsService cannot be used together");
    }
    if (input.AwsService) throw unsupported("A network interface permission for a service");
    const account = input.AwsAccountId;
    if (!account) throw missing("awsAccountId");
    if (!/^\d{12}$/.test(account)) throw badParameter("awsAccountId", account);
    const permission = need(input.Permission as string | undefined, "permission");
    if (permission !== "INSTANCE-ATTACH" && permission !== "EIP-ASSOCIATE") {
      throw badParameter("permission", permission);
    }
    const old = all(context, interfacePermissions).find(
      (one) => one.networkInterfaceId === id && one.account === account && one.permission === permission,
    );
    const one =
      old ??
      add(context, interfacePermissions, {
        id: newId("eni-perm"),
        tags: {},
        networkInterfaceId: id,
        account,
        permission,
      });
    return { InterfacePermission: view(one) };
  },

  DescribeNetworkInterfacePermissions(input, context) {
    const { items, next } = describe(
      context,
      interfacePermissions,
      input,
      input.NetworkInterfacePermissionIds,
      { idsName: "networkInterfacePermissionIds" },
    );
    return { NetworkInterfacePermissions: items.map(view), NextToken: next };
  },

  DeleteNetworkInterfacePermission(input, context) {
    const id = need(input.NetworkInterfacePermissionId, "networkInterfacePermissionId");
    const one = find(context, interfacePermissions, id);
    const owner = all(context, networkInterfaces).find((eni) => eni.id === one.networkInterfaceId);
    if (owner?.attachment && !owner.requesterManaged && !input.Force) {
      throw new AwsError("OperationNotPermitted", `The network interface ${owner.id} is attached.`);
    }
    remove(context, interfacePermissions, id);
    return { Return: true };
  },
};
