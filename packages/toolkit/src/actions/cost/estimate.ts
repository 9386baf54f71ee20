/** What a platform costs before it is deployed: its templates, item by item, and the people who use it. */
import type { DeployedStack, TemplateResource } from "@sagekeep/constructs";
import type { Platform } from "@sagekeep/spec";
import { type PriceTable, workshopEstimate } from "./prices.ts";
import { type CostItem, DAYS_A_MONTH, HOURS_A_MONTH, Sheet } from "./sheet.ts";

export interface Assumptions {
  /** Hours a user's app runs a day. */
  hours: number;
  /** Users at work. */
  users: number;
  /** GB a month through endpoints, NAT and firewall, each. */
  gb: number;
  /** GB of logs a month. */
  logsGb: number;
  /** GB stored for each user (home directory) and each data set. */
  storageGb: number;
  /** Job instance hours a user and day. */
  jobHours: number;
  /** Instance types of apps and jobs. */
  appInstance: string;
  jobInstance: string;
}

export interface CostReport {
  region: string;
  pricesOf: string;
  assumptions: Assumptions;
  items: CostItem[];
  /** Things that cost money and have no price here: never counted as zero. */
  unknown: { what: string; why: string }[];
  usdPerDay: number;
  usdPerMonth: number;
  byTeam: Record<string, number>;
  workshop: { low: number; high: number; ours: number; difference: string };
  budget?: { monthly: number; over: boolean };
}

/** Resource types that cost nothing by themselves. */
const free =
  /^AWS::(IAM|SSM|SageMaker::(Domain|UserProfile|Space|AppImageConfig|Image|StudioLifecycleConfig|ModelPackageGroup|Model$|EndpointConfig)|EC2::(VPC$|VPCCidrBlock|Subnet|RouteTable|Route$|SubnetRouteTableAssociation|InternetGateway|VPCGatewayAttachment|SecurityGroup|NetworkAcl|DHCPOptions|VPCDHCPOptionsAssociation|PrefixList)|S3::(BucketPolicy|AccessPoint)|KMS::Alias|Logs::(ResourcePolicy|MetricFilter)|CloudFormation|CDK|NetworkFirewall::(FirewallPolicy|RuleGroup|LoggingConfiguration)|Organizations|Budgets|EFS::(MountTarget|AccessPoint))/;

export function defaultAssumptions(platform: Platform): Assumptions {
  const types = platform.controls.instanceTypes;
  const allowed = types === "any" ? [] : [...types];
  return {
    hours: 8,
    users: platform.users.length,
    gb: 50,
    logsGb: 1,
    storageGb: 10,
    jobHours: 1,
    appInstance:
      allowed.includes("ml.t3.medium") || allowed.length === 0 ? "ml.t3.medium" : (allowed[0] as string),
    jobInstance:
      allowed.includes("ml.m5.large") || allowed.length === 0 ? "ml.m5.large" : (allowed.at(-1) as string),
  };
}

export function estimateCost(
  platform: Platform,
  stacks: readonly Pick<DeployedStack, "template">[],
  given: Partial<Assumptions> = {},
  people: Readonly<Record<string, number>> = peopleOf(platform),
  table?: PriceTable,
): CostReport {
  const assumptions = { ...defaultAssumptions(platform), users: total(people), ...given };
  const sheet = new Sheet(table);
  for (const stack of stacks) {
    for (const [id, resource] of Object.entries(stack.template.Resources))
      priceResource(sheet, id, resource, platform, assumptions);
  }
  priceUse(sheet, platform, assumptions, people);
  const { usdPerMonth } = sheet;
  const usdPerDay = usdPerMonth / DAYS_A_MONTH;
  const networkAndLogs = sum(
    sheet.items.filter((one) => one.group === "network" || one.group === "logs"),
    (one) => one.usdPerDay,
  );
  sheet.checkRegion(platform.region);
  return {
    region: platform.region,
    pricesOf: sheet.table.region,
    assumptions,
    items: sheet.items,
    unknown: sheet.unknown,
    usdPerDay,
    usdPerMonth,
    byTeam: sheet.byTeam(),
    workshop: { ...workshopEstimate, ours: networkAndLogs, difference: compare(networkAndLogs, sheet.items) },
    ...(platform.budget && {
      budget: { monthly: platform.budget.monthly, over: usdPerMonth > platform.budget.monthly },
    }),
  };
}

function priceResource(
  sheet: Sheet,
  id: string,
  { Type, Properties = {} }: TemplateResource,
  platform: Platform,
  { gb }: Assumptions,
): void {
  const size = (value: unknown) => (Array.isArray(value) ? value.length : 1);
  switch (Type) {
    case "AWS::EC2::VPCEndpoint": {
      const kind = Properties.VpcEndpointType ?? "Gateway";
      if (kind === "Gateway") return;
      sheet.add(
        `endpoint ${nameOf(Properties.ServiceName, id)}`,
        "network",
        "endpoint-hour",
        size(Properties.SubnetIds) * HOURS_A_MONTH,
      );
      return;
    }
    case "AWS::EC2::NatGateway":
      sheet.add(`NAT gateway ${id}`, "network", "nat-hour", HOURS_A_MONTH);
      return;
    case "AWS::EC2::EIP":
      sheet.add(`public address ${id}`, "network", "public-ipv4-hour", HOURS_A_MONTH);
      return;
    case "AWS::NetworkFirewall::Firewall":
      sheet.add(
        `firewall ${id}`,
        "network",
        "firewall-hour",
        size(Properties.SubnetMappings) * HOURS_A_MONTH,
      );
      sheet.add("traffic through the firewall", "network", "firewall-gb", gb);
      return;
    case "AWS::KMS::Key":
      sheet.add(`key ${id}`, "keys", "kms-key-month", 1);
      return;
    case "AWS::S3::Bucket":
    case "AWS::Logs::LogGroup":
    case "AWS::EC2::FlowLog":
      return; // by use, below
    case "AWS::EFS::FileSystem":
      sheet.add(`file system ${id}`, "storage", "efs-gb", platform.users.length);
      return;
    default:
      if (!free.test(Type)) sheet.unknown.push({ what: `${id} (${Type})`, why: "no price in the table" });
  }
}

function priceUse(
  sheet: Sheet,
  platform: Platform,
  { hours, users, gb, logsGb, storageGb, jobHours, appInstance, jobInstance }: Assumptions,
  people: Readonly<Record<string, number>>,
): void {
  const { network, data } = platform;
  sheet.add(
    "traffic through interface endpoints",
    "network",
    "endpoint-gb",
    network.endpoints.length ? gb : 0,
  );
  if (network.internet === "nat" || network.internet === "firewall")
    sheet.add("traffic through NAT", "network", "nat-gb", gb);
  sheet.add("logs ingested", "logs", "logs-ingest-gb", logsGb);
  sheet.add("logs kept", "logs", "logs-store-gb", logsGb);
  sheet.add("requests to keys", "keys", "kms-requests", 10);
  for (const one of data) sheet.add(`data set ${one.name}`, "storage", "s3-gb", storageGb, one.owner);
  const scale = total(people) ? users / total(people) : 0;
  for (const [team, members] of Object.entries(people)) {
    const working = members * scale;
    sheet.add(`home directories of ${team}`, "storage", "efs-gb", working * storageGb, team);
    sheet.compute(`Studio apps of ${team}`, appInstance, working * hours * DAYS_A_MONTH, team);
    sheet.compute(`jobs of ${team}`, jobInstance, working * jobHours * DAYS_A_MONTH, team);
  }
}

/** Users by team, as the file says. */
function peopleOf(platform: Platform): Record<string, number> {
  return Object.fromEntries(platform.teams.map((team) => [team.name, team.users.length]));
}

/** Users by team, as deployed: profiles by their team's tag. */
export function peopleDeployed(stacks: readonly Pick<DeployedStack, "template">[]): Record<string, number> {
  const people: Record<string, number> = {};
  for (const { template } of stacks) {
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type !== "AWS::SageMaker::UserProfile") continue;
      const tags = (Properties?.Tags ?? []) as readonly { Key?: string; Value?: string }[];
      const team = tags.find((one) => one.Key === "team")?.Value ?? "shared";
      people[team] = (people[team] ?? 0) + 1;
    }
  }
  return people;
}

const total = (people: Readonly<Record<string, number>>) =>
  Object.values(people).reduce((sum, one) => sum + one, 0);

function compare(ours: number, items: readonly CostItem[]): string {
  const endpoints = sum(
    items.filter((one) => one.what.startsWith("endpoint ")),
    (one) => one.usdPerDay,
  );
  const nat = sum(
    items.filter((one) => one.what.startsWith("NAT") || one.what.includes("through NAT")),
    (one) => one.usdPerDay,
  );
  const { low, high } = workshopEstimate;
  const where = ours < low ? "below" : ours > high ? "above" : "within";
  const parts = [
    `endpoints make USD ${endpoints.toFixed(2)} of it`,
    nat > 0
      ? `NAT USD ${nat.toFixed(2)}`
      : "there is no NAT gateway here, the workshop's variant has up to three",
  ];
  return `${where} the workshop's range: ${parts.join("; ")}`;
}

function nameOf(service: unknown, id: string): string {
  if (typeof service === "string") return service.split(".").slice(3).join(".") || service;
  const parts = JSON.stringify(service)?.match(/\.([a-z0-9.-]+)"/g);
  return parts?.at(-1)?.slice(1, -1) ?? id;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, one) => total + of(one), 0);
}
