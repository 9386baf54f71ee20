/**
 * What people hung on the platform's roles, and the platform's policies hung on others: CloudFormation deletes neither
 * a role with a policy it does not know nor a policy that is attached elsewhere.
 */
import { ifThere, listAll, look } from "../calls.ts";
import type { Ground, Item, Phase } from "../item.ts";

export const access: Phase = {
  id: "access",
  title: "take off policies that were added by hand",
  async find(ground) {
    const { own } = ground;
    const policies = new Set(own.ids("AWS::IAM::ManagedPolicy"));
    const roles = await Promise.all(
      own
        .ids("AWS::IAM::Role")
        .map((role) => look(ground, `role ${role}`, () => onRole(ground, role, policies))),
    );
    const elsewhere = await Promise.all(
      [...policies].map((arn) => look(ground, `policy ${arn}`, () => offOthers(ground, arn))),
    );
    return [...roles.flat(), ...elsewhere.flat()];
  },
};

const marker = { in: "Marker", out: "Marker" };

async function onRole(ground: Ground, RoleName: string, policies: ReadonlySet<string>): Promise<Item[]> {
  const { clients } = ground;
  const attached = await ifThere(() =>
    listAll(clients, "iam", "ListAttachedRolePolicies", { RoleName }, "AttachedPolicies", marker),
  );
  if (!attached) return [];
  const template = await ownInline(ground, RoleName);
  const inline: string[] = [];
  for await (const page of clients.pages("iam", "ListRolePolicies", { RoleName }, marker))
    inline.push(...(page.PolicyNames ?? []));
  const profiles = await listAll(
    clients,
    "iam",
    "ListInstanceProfilesForRole",
    { RoleName },
    "InstanceProfiles",
    marker,
  );
  const why = `on the platform's role ${RoleName}`;
  return [
    ...attached
      .filter((one) => !policies.has(String(one.PolicyArn)))
      .map((one): Item => {
        const PolicyArn = String(one.PolicyArn);
        return {
          kind: "attachment",
          id: `${String(one.PolicyName)} on ${RoleName}`,
          why: `${why}; the policy itself stays`,
          remove: async () => void (await clients.call("iam", "DetachRolePolicy", { RoleName, PolicyArn })),
        };
      }),
    ...inline
      .filter((PolicyName) => !template.has(PolicyName))
      .map(
        (PolicyName): Item => ({
          kind: "inline policy",
          id: `${PolicyName} on ${RoleName}`,
          why,
          loses: "its text",
          remove: async () => void (await clients.call("iam", "DeleteRolePolicy", { RoleName, PolicyName })),
        }),
      ),
    ...profiles.map(
      ({ InstanceProfileName }): Item => ({
        kind: "instance profile's role",
        id: `${RoleName} in ${String(InstanceProfileName)}`,
        why,
        remove: async () =>
          void (await clients.call("iam", "RemoveRoleFromInstanceProfile", {
            RoleName,
            InstanceProfileName: String(InstanceProfileName),
          })),
      }),
    ),
  ];
}

/** Inline policies that the role's stack wrote: it deletes them itself. */
async function ownInline({ clients, own }: Ground, role: string): Promise<Set<string>> {
  const resource = own.of("AWS::IAM::Role", role);
  const stack = own.stacks.find((one) => one.name === resource?.stack && one.status !== "DELETE_COMPLETE");
  if (!resource || !stack) return new Set();
  const answer = await ifThere(() => clients.call("cloudformation", "GetTemplate", { StackName: stack.id }));
  try {
    const template = JSON.parse(answer?.TemplateBody ?? "{}") as {
      Resources?: Record<string, { Properties?: { Policies?: { PolicyName?: unknown }[] } }>;
    };
    const policies = template.Resources?.[resource.logicalId]?.Properties?.Policies ?? [];
    return new Set(policies.map((one) => String(one.PolicyName)));
  } catch {
    return new Set();
  }
}

/** An own policy on a user, a group or a role that is not the platform's. */
async function offOthers({ clients, own }: Ground, PolicyArn: string): Promise<Item[]> {
  const all: Item[] = [];
  const add = (kind: string, name: string, remove: () => Promise<unknown>) =>
    all.push({
      kind: "attachment",
      id: `${PolicyArn.split("/").pop()} on ${kind} ${name}`,
      why: "the platform's policy, which goes with its stack",
      remove: async () => void (await remove()),
    });
  const answer = await ifThere(async () => {
    for await (const page of clients.pages("iam", "ListEntitiesForPolicy", { PolicyArn }, marker)) {
      for (const { RoleName = "" } of page.PolicyRoles ?? [])
        if (!own.of("AWS::IAM::Role", RoleName)?.live)
          add("role", RoleName, () => clients.call("iam", "DetachRolePolicy", { RoleName, PolicyArn }));
      for (const { UserName = "" } of page.PolicyUsers ?? [])
        add("user", UserName, () => clients.call("iam", "DetachUserPolicy", { UserName, PolicyArn }));
      for (const { GroupName = "" } of page.PolicyGroups ?? [])
        add("group", GroupName, () => clients.call("iam", "DetachGroupPolicy", { GroupName, PolicyArn }));
    }
    return true;
  });
  return answer ? all : [];
}
