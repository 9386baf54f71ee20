/**
 * What an account looks like, as a flat list of facts: taken before a lab and after its undo, the two must be equal.
 * History (jobs, log events, the trail) is not state: AWS keeps it and offers no way to remove it.
 */
import { type Clients, readAccount } from "@sagekeep/toolkit";
import type { Bench } from "../bench.ts";

export type AccountState = ReadonlyMap<string, string>;

/** Interfaces the bench itself makes to stand inside the VPC. */
const own = /^sagekeep lab:/;

export async function accountState(bench: Bench): Promise<AccountState> {
  const { admin } = bench;
  const facts = new Map<string, string>();
  const note = (key: string, value: unknown) => {
    let name = key;
    for (let n = 2; facts.has(name); n++) name = `${key} (${n})`;
    facts.set(name, canonical(value));
  };
  const snapshot = await readAccount(admin);
  for (const one of snapshot.principals) note(`${one.kind} ${one.name}`, one);
  const dying = await keysBeingDeleted(
    admin,
    snapshot.resources.map((one) => one.arn),
  );
  for (const one of snapshot.resources) if (!dying.has(one.arn)) note(`resource ${one.arn}`, one);
  for (const one of snapshot.profiles) note(`profile ${one.domainName}/${one.name}`, one);
  for (const one of snapshot.scps ?? []) note(`service control policies on ${one.level}`, one.policies);
  await Promise.all([readNetwork(admin, note), readSageMaker(admin, note), readOthers(admin, note)]);
  return facts;
}

/** What differs, in words; empty when the two are equal. */
export function compareStates(before: AccountState, after: AccountState): string[] {
  const differences: string[] = [];
  for (const [key, value] of before) {
    const now = after.get(key);
    if (now === undefined) differences.push(`${key} is gone`);
    else if (now !== value) differences.push(`${key} has changed: ${firstDifference(value, now)}`);
  }
  for (const [key, value] of after)
    if (!before.has(key)) differences.push(`${key} was left behind: ${value.slice(0, 300)}`);
  return differences;
}

/** A key that waits for its deletion is of no use to anybody and costs nothing; AWS deletes none at once. */
async function keysBeingDeleted(admin: Clients, arns: readonly string[]): Promise<Set<string>> {
  const keys = arns.filter((arn) => arn.startsWith("arn:aws:kms:"));
  const states = await Promise.all(
    keys.map((KeyId) => admin.call("kms", "DescribeKey", { KeyId }).catch(() => undefined)),
  );
  return new Set(keys.filter((_, index) => states[index]?.KeyMetadata?.KeyState === "PendingDeletion"));
}

type Note = (key: string, value: unknown) => void;

async function readNetwork(admin: Clients, note: Note): Promise<void> {
  const [endpoints, groups, tables, interfaces, subnets, vpcs, gateways, nats] = await Promise.all([
    admin.call("ec2", "DescribeVpcEndpoints", {}),
    admin.call("ec2", "DescribeSecurityGroups", {}),
    admin.call("ec2", "DescribeRouteTables", {}),
    admin.call("ec2", "DescribeNetworkInterfaces", {}),
    admin.call("ec2", "DescribeSubnets", {}),
    admin.call("ec2", "DescribeVpcs", {}),
    admin.call("ec2", "DescribeInternetGateways", {}),
    admin.call("ec2", "DescribeNatGateways", {}),
  ]);
  for (const one of endpoints.VpcEndpoints ?? [])
    if (!`${one.State}`.toLowerCase().startsWith("delet"))
      note(`endpoint ${one.VpcEndpointId}`, {
        policy: one.PolicyDocument,
        groups: one.Groups?.map((group) => group.GroupId).sort(),
        subnets: [...(one.SubnetIds ?? [])].sort(),
        tables: [...(one.RouteTableIds ?? [])].sort(),
        service: one.ServiceName,
      });
  for (const one of groups.SecurityGroups ?? [])
    note(`security group ${one.GroupId}`, {
      name: one.GroupName,
      in: sorted(one.IpPermissions?.map(inOrder)),
      out: sorted(one.IpPermissionsEgress?.map(inOrder)),
    });
  for (const one of tables.RouteTables ?? [])
    note(`route table ${one.RouteTableId}`, {
      routes: sorted(one.Routes),
      associations: sorted(one.Associations?.map((each) => each.SubnetId ?? "main")),
    });
  for (const one of interfaces.NetworkInterfaces ?? [])
    if (!own.test(one.Description ?? "") && !one.RequesterManaged && one.Status === "available")
      note(`network interface ${one.NetworkInterfaceId}`, one.Description);
  for (const one of subnets.Subnets ?? []) note(`subnet ${one.SubnetId}`, one.CidrBlock);
  for (const one of vpcs.Vpcs ?? []) note(`VPC ${one.VpcId}`, one.CidrBlock);
  for (const one of gateways.InternetGateways ?? [])
    note(`internet gateway ${one.InternetGatewayId}`, one.Attachments);
  for (const one of nats.NatGateways ?? [])
    if (one.State !== "deleted" && one.State !== "failed")
      note(`NAT gateway ${one.NatGatewayId}`, one.SubnetId);
}

async function readSageMaker(admin: Clients, note: Note): Promise<void> {
  const { Domains } = await admin.call("sagemaker", "ListDomains", {});
  for (const { DomainId } of Domains ?? []) {
    const { DomainName, DefaultUserSettings, DomainSettings, AppNetworkAccessType, SubnetIds } =
      await admin.call("sagemaker", "DescribeDomain", { DomainId });
    note(`domain ${DomainName} (${DomainId})`, {
      DefaultUserSettings,
      DomainSettings,
      AppNetworkAccessType,
      SubnetIds,
    });
  }
  const { Endpoints } = await admin.call("sagemaker", "ListEndpoints", {});
  for (const one of Endpoints ?? []) note(`SageMaker endpoint ${one.EndpointName}`, one.EndpointArn);
  const { Models } = await admin.call("sagemaker", "ListModels", {});
  for (const one of Models ?? []) note(`model ${one.ModelName}`, one.ModelArn);
  const { ModelPackageGroupSummaryList } = await admin.call("sagemaker", "ListModelPackageGroups", {});
  for (const one of ModelPackageGroupSummaryList ?? [])
    note(`model package group ${one.ModelPackageGroupName}`, one.ModelPackageGroupArn);
  const { Spaces } = await admin.call("sagemaker", "ListSpaces", {});
  for (const one of Spaces ?? []) note(`space ${one.DomainId}/${one.SpaceName}`, "");
  const { Apps } = await admin.call("sagemaker", "ListApps", {});
  for (const one of Apps ?? [])
    if (one.Status !== "Deleted" && one.Status !== "Failed")
      note(`app ${one.DomainId}/${one.UserProfileName ?? one.SpaceName}/${one.AppName}`, one.AppType);
}

async function readOthers(admin: Clients, note: Note): Promise<void> {
  const { Buckets } = await admin.call("s3", "ListBuckets", {});
  const logs = await accessLogBuckets(
    admin,
    (Buckets ?? []).map((one) => one.Name ?? ""),
  );
  for (const { Name: Bucket = "" } of Buckets ?? []) {
    // every look at a logged bucket adds to it, also this one
    if (logs.has(Bucket)) {
      note(`bucket ${Bucket}`, "access logs");
      continue;
    }
    const { Contents } = await admin
      .call("s3", "ListObjectsV2", { Bucket })
      .catch(() => ({ Contents: undefined }));
    note(
      `bucket ${Bucket}`,
      (Contents ?? []).map((one) => one.Key),
    );
  }
  const { StackSummaries } = await admin.call("cloudformation", "ListStacks", {});
  for (const one of StackSummaries ?? [])
    if (one.StackStatus !== "DELETE_COMPLETE") note(`stack ${one.StackName}`, one.StackStatus);
}

/** Buckets that other buckets' access logs are delivered to. */
async function accessLogBuckets(admin: Clients, names: readonly string[]): Promise<Set<string | undefined>> {
  const targets = await Promise.all(
    names.map((Bucket) =>
      admin.call("s3", "GetBucketLogging", { Bucket }).then(
        (answer) => answer.LoggingEnabled?.TargetBucket,
        () => undefined,
      ),
    ),
  );
  return new Set(targets);
}

/** A group's rule is a set of peers: their order says nothing. */
const inOrder = (rule: object) =>
  Object.fromEntries(
    Object.entries(rule).map(([name, value]) => [name, Array.isArray(value) ? sorted(value) : value]),
  );

const sorted = (values: readonly unknown[] | undefined) => (values ?? []).map(canonical).sort();

/** JSON with sorted keys: equal values give equal text. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      inner && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
        : inner,
    ) ?? ""
  );
}

function firstDifference(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  const start = Math.max(0, at - 60);
  return `…${before.slice(start, at + 120)}… became …${after.slice(start, at + 120)}…`;
}
