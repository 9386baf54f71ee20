/** Users, roles and their policies, from one paginated call. */
import type {
  GroupDetail,
  ManagedPolicyDetail,
  PolicyDetail,
  RoleDetail,
  Tag,
  UserDetail,
} from "@aws-sdk/client-iam";
import type { Clients } from "../aws/clients.ts";
import type { PolicyText, PrincipalRecord } from "./snapshot.ts";

const text = (document = "") =>
  document.trimStart().startsWith("{") ? document : decodeURIComponent(document);

export async function readPrincipals(clients: Clients): Promise<PrincipalRecord[]> {
  const users: UserDetail[] = [];
  const groups: GroupDetail[] = [];
  const roles: RoleDetail[] = [];
  const managed: ManagedPolicyDetail[] = [];
  for await (const page of clients.pages(
    "iam",
    "GetAccountAuthorizationDetails",
    {},
    { in: "Marker", out: "Marker" },
  )) {
    users.push(...(page.UserDetailList ?? []));
    groups.push(...(page.GroupDetailList ?? []));
    roles.push(...(page.RoleDetailList ?? []));
    managed.push(...(page.Policies ?? []));
  }
  const byArn = new Map(managed.map((one) => [one.Arn ?? "", managedPolicy(one)]));
  const policies = (
    inline: PolicyDetail[] = [],
    attached: { PolicyArn?: string | undefined }[] = [],
  ): PolicyText[] => [
    ...inline.map(({ PolicyName = "", PolicyDocument }) => ({
      name: PolicyName,
      document: text(PolicyDocument),
    })),
    ...attached.flatMap(({ PolicyArn = "" }) => byArn.get(PolicyArn) ?? []),
  ];
  const boundaryOf = (arn: string | undefined) => (arn ? byArn.get(arn) : undefined);
  const groupPolicies = new Map(
    groups.map((one) => [one.GroupName ?? "", policies(one.GroupPolicyList, one.AttachedManagedPolicies)]),
  );
  return [
    ...roles.map((role): PrincipalRecord => {
      const boundary = boundaryOf(role.PermissionsBoundary?.PermissionsBoundaryArn);
      return {
        kind: "role",
        name: role.RoleName ?? "",
        arn: role.Arn ?? "",
        uniqueId: role.RoleId ?? "",
        tags: tagsOf(role.Tags),
        identity: policies(role.RolePolicyList, role.AttachedManagedPolicies),
        trust: { name: "trust policy", document: text(role.AssumeRolePolicyDocument) },
        ...(boundary && { boundary }),
      };
    }),
    ...users.map((user): PrincipalRecord => {
      const boundary = boundaryOf(user.PermissionsBoundary?.PermissionsBoundaryArn);
      return {
        kind: "user",
        name: user.UserName ?? "",
        arn: user.Arn ?? "",
        uniqueId: user.UserId ?? "",
        tags: tagsOf(user.Tags),
        identity: [
          ...policies(user.UserPolicyList, user.AttachedManagedPolicies),
          ...(user.GroupList ?? []).flatMap((group) => groupPolicies.get(group) ?? []),
        ],
        ...(boundary && { boundary }),
      };
    }),
  ];
}

function managedPolicy(policy: ManagedPolicyDetail): PolicyText {
  const version = policy.PolicyVersionList?.find((one) => one.IsDefaultVersion);
  return { name: policy.PolicyName ?? "", arn: policy.Arn ?? "", document: text(version?.Document) };
}

export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}
