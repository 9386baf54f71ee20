/** 1.25: the rules Studio cannot live without, read and then broken. */
import type { Bench } from "../../../bench.ts";
import { call, type Step } from "../../../model.ts";
import { attemptTo, demand } from "../attempt-to.ts";
import { unless } from "../lab-role.ts";
import { scientist } from "../people.ts";

async function rule(bench: Bench) {
  return {
    IpProtocol: "tcp",
    FromPort: 443,
    ToPort: 443,
    UserIdGroupPairs: [
      { GroupId: await bench.exported("network:StudioGroup"), Description: "HTTPS from studio" },
    ],
  };
}

/** Whether a group lets members of another in (or itself out to them) on ports. */
async function admits(bench: Bench, group: string, from: string, low: number, high: number, out = false) {
  const [GroupId, peer] = await Promise.all([bench.exported(group), bench.exported(from)]);
  const { SecurityGroups = [] } = await bench.admin.call("ec2", "DescribeSecurityGroups", {
    GroupIds: [GroupId],
  });
  const rules = (out ? SecurityGroups[0]?.IpPermissionsEgress : SecurityGroups[0]?.IpPermissions) ?? [];
  return rules.some(
    (one) =>
      (one.IpProtocol === "-1" || ((one.FromPort ?? 0) <= low && (one.ToPort ?? 0) >= high)) &&
      one.UserIdGroupPairs?.some((pair) => pair.GroupId === peer),
  );
}

export const securityGroups: Step = {
  id: "1.25",
  title: "The security group rules Studio needs",
  text: `
**The idea.** A \`VpcOnly\` domain works with four rules, and each one missing breaks something else:

| group | rule | without it |
|---|---|---|
| Studio | TCP 8192–65535 from and to **itself** | kernels and apps do not find each other: a notebook that stays at "connecting" |
| Studio | TCP 2049 (NFS) from and to **itself** | home directories do not mount: spaces do not start |
| Studio | TCP 443 to the **endpoints'** group | nothing at AWS answers |
| endpoints | TCP 443 from the **Studio and job** groups | the same, from the other side: the packet is let out and refused at the door |

SageMaker adds two groups of its own for NFS between domain and file system; they stay behind when a domain is deleted (see the
clean-up). A group that refers to *itself* is the point: rules by address range would let in every machine of the subnet.

**One group a profile.** A profile may have a security group of its own instead of the domain's. Use it to keep two
teams' apps from reaching each other inside one VPC; it must then carry the same four rules.

**What to see.** The rules are there. The last one is taken away: every call from Studio goes silent, although no policy
changed and Studio's own group still lets it out. Then it is put back.`,
  hint: "When *everything* times out, begin at the endpoints' group; when *one* service does, begin at its endpoint.",
  async experiments(bench) {
    const GroupId = await bench.exported("network:EndpointGroup");
    const change = { GroupId, IpPermissions: [await rule(bench)] };
    const check = (what: string, group: string, from: string, low: number, high: number, why: string) => ({
      what,
      as: "admin" as const,
      attempt: attemptTo(call("ec2", "DescribeSecurityGroups", {}), async () => {
        demand(await admits(bench, group, from, low, high), "the group has no such rule");
        if (group === from)
          demand(await admits(bench, group, from, low, high, true), "the group lets it in and not out");
        return undefined;
      }),
      expect: "allowed" as const,
      why,
    });
    const studio = "network:StudioGroup";
    return [
      check("apps reach each other", studio, studio, 8192, 65_535, "within the group, both ways"),
      check("home directories mount", studio, studio, 2049, 2049, "NFS within the group, both ways"),
      check("endpoints admit Studio", "network:EndpointGroup", studio, 443, 443, "HTTPS by group"),
      check("endpoints admit jobs", "network:EndpointGroup", "network:JobGroup", 443, 443, "HTTPS by group"),
      {
        what: "take the endpoints' rule for Studio away",
        as: "admin",
        attempt: attemptTo(call("ec2", "RevokeSecurityGroupIngress", change), async ({ admin }) => {
          await admin
            .call("ec2", "RevokeSecurityGroupIngress", change)
            .catch(unless("InvalidPermission.NotFound"));
          return undefined;
        }),
        expect: "allowed",
        why: "the kind of change that happens on a Friday",
      },
      {
        what: "ask from Studio who one is",
        as: scientist,
        attempt: call("sts", "GetCallerIdentity", {}),
        expect: "timed-out",
        why: "let out by Studio's group, refused at the endpoint's interface: silence",
      },
      {
        what: "put the rule back",
        as: "admin",
        attempt: attemptTo(call("ec2", "AuthorizeSecurityGroupIngress", change), async (on) => {
          await restore(on);
          return undefined;
        }),
        expect: "allowed",
        why: "rules take effect at once, for connections that are made from now on",
      },
      {
        what: "ask again",
        as: scientist,
        attempt: call("sts", "GetCallerIdentity", {}),
        expect: "allowed",
        why: "nothing else was wrong",
      },
    ];
  },
  undo: restore,
};

async function restore(bench: Bench): Promise<void> {
  const GroupId = await bench.exported("network:EndpointGroup");
  const IpPermissions = [await rule(bench)];
  await bench.admin
    .call("ec2", "AuthorizeSecurityGroupIngress", { GroupId, IpPermissions })
    .catch(unless("InvalidPermission.Duplicate"));
}
