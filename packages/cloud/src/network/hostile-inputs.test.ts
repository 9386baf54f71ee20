/** No input of the right shape may make a handler fail with anything but an error of AWS's. Seeds are printed. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { isAwsError } from "../wire/errors.ts";
import { Samples } from "../wire/sample-values.ts";
import { loadModel } from "../wire/services.ts";

const SERVICES = [
  "ec2",
  "efs",
  "cloudwatch-logs",
  "ssm",
  "cloudwatch",
  "network-firewall",
  "ecr",
  "vpc-lattice",
] as const;
const ROUNDS = Number(process.env.ROUNDS ?? 12);

let cloud: Cloud;
let ids: string[];
beforeAll(async () => {
  cloud = await startCloud();
  // ids that are there, so that handlers get past their look-ups
  const made = await furnish(cloud);
  ids = made;
});
afterAll(() => cloud.close());

async function furnish({ call }: Cloud): Promise<string[]> {
  const ec2 = (operation: string, input: object = {}) => call("ec2", operation, input);
  const vpc = (await ec2("CreateVpc", { CidrBlock: "10.0.0.0/16" })).Vpc.VpcId;
  await ec2("ModifyVpcAttribute", { VpcId: vpc, EnableDnsHostnames: { Value: true } });
  const subnet = (await ec2("CreateSubnet", { VpcId: vpc, CidrBlock: "10.0.0.0/24" })).Subnet.SubnetId;
  const group = (await ec2("CreateSecurityGroup", { VpcId: vpc, GroupName: "g", Description: "g" })).GroupId;
  const table = (await ec2("CreateRouteTable", { VpcId: vpc })).RouteTable.RouteTableId;
  const acl = (await ec2("CreateNetworkAcl", { VpcId: vpc })).NetworkAcl.NetworkAclId;
  const eni = (await ec2("CreateNetworkInterface", { SubnetId: subnet })).NetworkInterface.NetworkInterfaceId;
  const list = await ec2("CreateManagedPrefixList", {
    PrefixListName: "p",
    AddressFamily: "IPv4",
    MaxEntries: 5,
  });
  const endpoint = await ec2("CreateVpcEndpoint", {
    VpcId: vpc,
    VpcEndpointType: "Interface",
    ServiceName: "com.amazonaws.us-east-1.kms",
    SubnetIds: [subnet],
  });
  await call("cloudwatch-logs", "CreateLogGroup", { logGroupName: "group" });
  await call("cloudwatch-logs", "CreateLogStream", { logGroupName: "group", logStreamName: "stream" });
  await call("ssm", "PutParameter", { Name: "/name", Value: "v", Type: "String" });
  await call("ecr", "CreateRepository", { repositoryName: "repository" });
  const fs = (await call("efs", "CreateFileSystem", { CreationToken: "token" })).FileSystemId;
  return [
    ...[
      vpc,
      subnet,
      group,
      table,
      acl,
      eni,
      list.PrefixList.PrefixListId,
      endpoint.VpcEndpoint.VpcEndpointId,
      fs,
    ],
    ...[
      "group",
      "stream",
      "/name",
      "repository",
      "10.0.0.0/24",
      "-1",
      "tcp",
      "::/0",
      "{",
      "",
      "\u0000",
      "é".repeat(300),
    ],
  ];
}

/** A small generator of its own, so that a seed repeats a run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Drops members, and puts ids that are there, odd texts and odd numbers in the place of some values. */
function twist(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) {
    const list = value.map((one) => twist(one, next));
    return next() < 0.1 ? [] : list;
  }
  if (value instanceof Date || value instanceof Uint8Array) return value;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(() => next() > 0.4)
        .map(([key, one]) => [key, twist(one, next)]),
    );
  }
  const roll = next();
  if (typeof value === "string" && roll < 0.7) return ids[Math.floor(next() * ids.length)];
  if (typeof value === "number" && roll < 0.4) return [0, -1, 1, 65_536, 2 ** 31][Math.floor(next() * 5)];
  return value;
}

it.each(SERVICES)("%s answers every shape of input with an AWS error or a result", async (key) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`hostile inputs of ${key}: SEED=${seed}`);
  const next = random(seed);
  const model = await loadModel(key);
  await cloud.runtime.registry.ready(key);
  const service = cloud.runtime.registry.find(key)!;
  const samples = new Samples(4);
  const crashes: string[] = [];
  let done = 0;
  for (const name of Object.keys(service.operations)) {
    const shape = model.operation(name)!.input;
    for (let round = 0; round < ROUNDS; round++) {
      const whole = shape ? samples.structure(shape) : {};
      const input = twist(whole, next) as object;
      // what validation lets through: required members are there
      for (const use of shape?.members ?? []) {
        if (use.required && !(use.name in input))
          Object.assign(input, { [use.name]: (whole as Record<string, unknown>)[use.name] });
      }
      try {
        await cloud.call(key, name, input);
        done++;
      } catch (error) {
        if (!isAwsError(error))
          crashes.push(
            `${name}: ${(error as Error).stack?.split("\n").slice(0, 3).join(" ")} ${JSON.stringify(input).slice(0, 300)}`,
          );
      }
    }
  }
  expect(done).toBeGreaterThan(0);
  expect(crashes).toEqual([]);
});
