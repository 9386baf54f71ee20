/** A security group goes after its rules, and after rules of other groups of its VPC that name it. */
import type { IpPermission, SecurityGroup } from "@aws-sdk/client-ec2";
import { ifThere, listAll, until } from "./calls.ts";
import type { Ground } from "./item.ts";

export async function removeGroup(ground: Ground, GroupId: string): Promise<void> {
  const { clients } = ground;
  const found = await ifThere(() => clients.call("ec2", "DescribeSecurityGroups", { GroupIds: [GroupId] }));
  const group = found?.SecurityGroups?.[0];
  if (!group) return;
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
  // interfaces of mount targets and endpoints let go a moment after they are deleted
  await until(ground, `security group ${GroupId}`, async () => {
    try {
      await ifThere(() => clients.call("ec2", "DeleteSecurityGroup", { GroupId }));
      return true;
    } catch (error) {
      if ((error as Error).name !== "DependencyViolation") throw error;
      const { NetworkInterfaces = [] } = await clients.call("ec2", "DescribeNetworkInterfaces", {
        Filters: [{ Name: "group-id", Values: [GroupId] }],
      });
      const staying = NetworkInterfaces.find((one) => one.RequesterManaged !== true);
      if (staying) throw error;
      return false;
    }
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
