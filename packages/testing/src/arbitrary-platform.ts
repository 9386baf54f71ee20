/**
 * Any valid platform.yaml, as fast-check arbitraries: the text of the file, so that the reader is tested too.
 *
 * Sizes are small, because every sample is compiled: what matters is that all choices meet.
 */

import fc from "fast-check";

const slug = fc.stringMatching(/^[a-z][a-z0-9]{1,6}(-[a-z0-9]{1,4})?$/);
const profile = fc.stringMatching(/^[a-z][a-z0-9]{2,9}(-[a-z0-9]{1,4})?$/);
const capabilities = [
  "read",
  "settings",
  "studio",
  "shared-spaces",
  "data",
  "jobs",
  "experiments",
  "models",
  "registry",
  "feature-store",
  "pipelines",
  "endpoints",
  "monitoring",
  "images",
  "service-catalog",
  "logs",
  "canvas",
  "domain-administration",
  "domain-registry",
] as const;
const shipped = ["data-scientist", "mlops", "ml-admin", "viewer", "multi-domain"] as const;
const requirement = fc.constantFrom("required", "optional");

const controls = fc.record(
  {
    instanceTypes: fc.oneof(fc.constant("any"), fc.constant(["ml.t3.medium", "ml.m5.large"])),
    jobs: fc.record(
      {
        vpc: requirement,
        volumeKey: requirement,
        outputKey: requirement,
        trafficEncryption: requirement,
        networkIsolation: requirement,
      },
      { requiredKeys: [] },
    ),
    isolation: fc.record(
      { teams: fc.boolean(), domains: fc.boolean(), logs: fc.boolean() },
      { requiredKeys: [] },
    ),
    perimeter: fc.record({ data: fc.boolean(), studio: fc.boolean() }, { requiredKeys: [] }),
    keys: fc.constantFrom("customer", "aws"),
  },
  { requiredKeys: [] },
);

const network = fc.record(
  {
    cidr: fc.constantFrom("10.0.0.0/16", "192.168.0.0/16", "172.20.0.0/18"),
    zones: fc.constantFrom(1, 2, 3),
    internet: fc.oneof(fc.constantFrom("none", "nat"), fc.constant({ firewall: { allow: [".pypi.org"] } })),
    endpoints: fc.oneof(
      fc.constantFrom("studio", "none"),
      fc.record({ extra: fc.subarray(["glue", "athena", "notebook", "lambda", "codeartifact.api"]) }),
    ),
    flowLogs: fc.constantFrom("rejected", "all", "none"),
  },
  { requiredKeys: ["cidr"] },
);

const REGIONS = ["us-east-1", "eu-west-1", "us-gov-west-1", "cn-north-1"];

/** The text of a valid platform file, for one of the Regions given. */
export function arbitraryPlatform(regions: readonly string[] = REGIONS): fc.Arbitrary<string> {
  return fc
    .record({
      name: slug,
      network,
      domains: fc.uniqueArray(slug, { minLength: 1, maxLength: 2 }),
      teams: fc.uniqueArray(slug, { minLength: 0, maxLength: 3 }),
      users: fc.uniqueArray(profile, { maxLength: 6, selector: (name) => name.toLowerCase() }),
      data: fc.uniqueArray(
        slug.filter((name) => name !== "default"),
        { maxLength: 2 },
      ),
      own: fc.subarray([...capabilities], { minLength: 1 }),
      controls,
      numbers: fc.infiniteStream(fc.nat(997)),
    })
    .map(({ name, network, domains, teams, users, data, own, controls, numbers }) => {
      const pick = <T>(from: readonly T[]): T => from[numbers.next().value % from.length]!;
      const platform = {
        name,
        region: pick(regions),
        account: "111122223333",
        network,
        domains: Object.fromEntries(domains.map((domain) => [domain, { auth: pick(["IAM", "SSO"]) }])),
        teams: Object.fromEntries(
          teams.map((team) => [team, { domain: pick(domains), users: {} as Record<string, unknown> }]),
        ),
        personas: { own: { capabilities: own } },
        data:
          teams.length === 0
            ? {}
            : Object.fromEntries(data.map((one) => [one, { owner: pick(teams), readers: [pick(teams)] }])),
        controls,
      };
      if (teams.length > 0)
        for (const user of users)
          platform.teams[pick(teams)]!.users[user] = {
            persona: pick([...shipped, "own"]),
            space: pick([true, false]),
          };
      // JSON is YAML.
      return JSON.stringify(platform, null, 1);
    });
}
