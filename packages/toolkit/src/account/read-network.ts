/** VPC endpoints with their policies, and the Studio profiles that work behind them. */
import type { Clients } from "../aws/clients.ts";
import { attemptRead } from "./read-resources.ts";
import type { EndpointRecord, Gap, ProfileRecord } from "./snapshot.ts";

const nextToken = { in: "NextToken", out: "NextToken" };

export async function readEndpoints(clients: Clients, gaps: Gap[]): Promise<EndpointRecord[]> {
  const all: EndpointRecord[] = [];
  await attemptRead(gaps, "the VPC endpoints", async () => {
    for await (const page of clients.pages("ec2", "DescribeVpcEndpoints", {}, nextToken)) {
      for (const one of page.VpcEndpoints ?? []) {
        const id = one.VpcEndpointId ?? "";
        all.push({
          id,
          vpcId: one.VpcId ?? "",
          serviceName: one.ServiceName ?? "",
          type: one.VpcEndpointType ?? "",
          ...(one.PolicyDocument && {
            policy: { name: `endpoint policy of ${id}`, document: one.PolicyDocument },
          }),
        });
      }
    }
  });
  return all;
}

export async function readProfiles(clients: Clients, gaps: Gap[]): Promise<ProfileRecord[]> {
  const all: ProfileRecord[] = [];
  await attemptRead(gaps, "the SageMaker user profiles", async () => {
    for await (const page of clients.pages("sagemaker", "ListDomains", {}, nextToken)) {
      for (const { DomainId = "" } of page.Domains ?? []) {
        const domain = await clients.call("sagemaker", "DescribeDomain", { DomainId });
        for await (const users of clients.pages(
          "sagemaker",
          "ListUserProfiles",
          { DomainIdEquals: DomainId },
          nextToken,
        )) {
          for (const { UserProfileName = "" } of users.UserProfiles ?? []) {
            const profile = await clients.call("sagemaker", "DescribeUserProfile", {
              DomainId,
              UserProfileName,
            });
            all.push({
              domainId: DomainId,
              domainName: domain.DomainName ?? "",
              name: UserProfileName,
              roleArn: profile.UserSettings?.ExecutionRole ?? domain.DefaultUserSettings?.ExecutionRole ?? "",
              sourceIdentity: domain.DomainSettings?.ExecutionRoleIdentityConfig === "USER_PROFILE_NAME",
              ...(domain.AppNetworkAccessType === "VpcOnly" && domain.VpcId && { vpcId: domain.VpcId }),
            });
          }
        }
      }
    }
  });
  return all;
}
