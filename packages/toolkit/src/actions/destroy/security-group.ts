/** A security group goes after its rules, and after rules of other groups of its VPC that name it. */
import type { IpPermission, SecurityGroup } from "@aws-sdk/client-ec2";
import { ToolkitError } from "../../errors.ts";
import { ifThere, listAll, until } from "./calls.ts";
import type { Ground } from "./item.ts";

export async function removeGroup(ground: Ground, GroupId: string): Promise<void> {
  const { clients } = ground;
  const found = await ifThere(() => clients.call("ec2", "DescribeSecurityGroups", { GroupIds: [GroupId] }));
  const group = found?.SecurityGroups?.[0];
  if (!group) return;
  await letGo(ground, GroupId);
  await revoke(ground, GroupId, group.IpPermissions ?? [], group.IpPermissionsEgress ?? []);
  const others = (await listAll(
    clients,
    "ec2",
    "DescribeSecurityGroups",
    { Filters: [{ Name: "vpc-id", Values: [group.VpcId ?? ""] }] },
    "SecurityGroups",
  )) as unknown as SecurityGroup[];
  for (const other of others) {
    const naming = (rules: IpPermission[] = []) =>
      rules.flatMap((rule) => {
        const UserIdGroupPairs = (rule.UserIdGroupPairs ?? []).filter((pair) => pair.GroupId === GroupId);
        const { IpProtocol, FromPort, ToPort } = rule;
        return UserIdGroupPairs.length > 0 ? [{ IpProtocol, FromPort, ToPort, UserIdGroupPairs }] : [];
      });
    if (other.GroupId === GroupId) continue;
    await revoke(ground, other.GroupId ?? "", naming(other.IpPermissions), naming(other.IpPermissionsEgress));
  }
  await ifThere(() => clients.call("ec2", "DeleteSecurityGroup", { GroupId }));
}

/** Interfaces that AWS's services take away by themselves, some minutes after what they served is deleted. */
const PASSING = /SageMaker|EFS mount target|VPC Endpoint Interface|NAT Gateway/i;

/**
 * Waits until no interface has the group any more: nothing is revoked under something that works.
 * @throws ToolkitError at once when it is somebody else's interface
 */
async function letGo(ground: Ground, GroupId: string): Promise<void> {
  await until(ground, `an interface with security group ${GroupId}`, async () => {
    const { NetworkInterfaces = [] } = await ground.clients.call("ec2", "DescribeNetworkInterfaces", {
      Filters: [{ Name: "group-id", Values: [GroupId] }],
    });
    const staying = NetworkInterfaces.find(
      (one) => !PASSING.test(one.Description ?? "") && one.Status !== "available",
    );
    if (staying)
      throw new ToolkitError(
        "DESTROY0008",
        `security group ${GroupId} is used by interface ${staying.NetworkInterfaceId} (${staying.Description || "no description"})`,
        { help: "remove what the interface belongs to, then run this again" },
      );
    return NetworkInterfaces.length === 0;
  });
}

async function revoke(
  { clients }: Ground,
  GroupId: string,
  ingress: IpPermission[],
  egress: IpPermission[],
): Promise<void> {
  if (ingress.length > 0)
    await ifThere(() =>
      clients.call("ec2", "RevokeSecurityGroupIngress", { GroupId, IpPermissions: ingress }),
    );
  if (egress.length > 0)
    await ifThere(() => clients.call("ec2", "RevokeSecurityGroupEgress", { GroupId, IpPermissions: egress }));
}
