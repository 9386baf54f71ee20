/** Every property of every supported type is read when the resource is made, or refused by name: none is dropped. */
import { expect, it } from "vitest";
import { type PropertyType, resourceType, structure } from "../resource-types.ts";
import type { Value, ValueMap } from "../template/value.ts";
import type { ResourceRequest } from "./handler.ts";
import { handlerOf, supportedTypes } from "./index.ts";
import { refuseUnsupported } from "./unsupported-properties.ts";

/** Read at another time than creation, or about nothing that a creation does. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  // there are no addresses outside of VPCs any more
  "AWS::EC2::EIP": ["Domain"],
  // for the taking away of addresses
  "AWS::EC2::NatGateway": ["MaxDrainDurationSeconds"],
  // the fake's key material counts as imported
  "AWS::EC2::KeyPair": ["KeyType", "KeyFormat"],
  // a group's id goes before its name
  "AWS::EC2::SecurityGroupIngress": ["GroupName"],
  // for changes
  "AWS::EC2::TransitGatewayVpcAttachment": ["AddSubnetIds", "RemoveSubnetIds"],
  "AWS::ServiceCatalog::CloudFormationProduct": ["ReplaceProvisioningArtifacts"],
  // for the deletion
  "AWS::ECR::Repository": ["EmptyOnDelete"],
  "AWS::KMS::Key": ["PendingWindowInDays"],
  "AWS::KMS::ReplicaKey": ["PendingWindowInDays"],
  // beside the ARN, which counts
  "AWS::NetworkFirewall::LoggingConfiguration": ["FirewallName"],
  // beside the local name, which counts
  "AWS::ServiceCatalog::LaunchRoleConstraint": ["RoleArn"],
  // a number whose change makes a new key
  "AWS::IAM::AccessKey": ["Serial"],
};

function sample(type: PropertyType, depth = 0): Value {
  switch (type.kind) {
    case "string":
      return "x";
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    case "json":
      return { a: 1 };
    case "tag":
      return { Key: "k", Value: "v" };
    case "list":
      return depth > 3 ? [] : [sample(type.element, depth + 1)];
    case "map":
      return { k: sample(type.element, depth + 1) };
    case "union":
      return sample(type.types[0] as PropertyType, depth + 1);
    case "structure":
      if (depth > 3) return {};
      return Object.fromEntries(
        Object.entries(structure(type.definition)).map(([name, spec]) => [
          name,
          name.endsWith("Date") ? "2030-01-01T00:00:00Z" : sample(spec.type, depth + 1),
        ]),
      );
  }
}

/** Answers anything: every member is there, calls give the like, lists are empty. */
function anything(): unknown {
  const known: Record<string | symbol, unknown> = {
    length: 0,
    toString: () => "x",
    [Symbol.toPrimitive]: () => "x",
    [Symbol.iterator]: function* () {},
    map: () => [],
    filter: () => [],
    some: () => false,
    flatMap: () => [],
    split: () => ["x", "y", "z"],
    startsWith: () => false,
  };
  return new Proxy(() => {}, {
    // a promise it is not
    get: (_, name) => (name === "then" ? undefined : name in known ? known[name] : anything()),
    apply: () => anything(),
  });
}

async function unread(type: string): Promise<string[]> {
  const properties: ValueMap = {};
  for (const [name, spec] of Object.entries(resourceType(type)?.properties ?? {})) {
    properties[name] = sample(spec.type);
  }
  const read = new Set<string | symbol>();
  const watched = new Proxy(properties, {
    get: (target, name) => {
      read.add(name);
      return target[name as string];
    },
  });
  const request = new Proxy(
    {
      type,
      logicalId: "L",
      account: "111122223333",
      region: "us-east-1",
      partition: "aws",
      stackId: "arn:aws:cloudformation:us-east-1:111122223333:stack/s/1",
      stackName: "s",
      stackTags: {},
      // what is to be made is not there yet
      read: async (_: string, operation: string) => {
        if (operation === "GetBucketPolicy") throw new Error("none");
        return anything();
      },
    },
    { get: (target, name) => (name in target ? target[name as "type"] : async () => anything()) },
  ) as unknown as ResourceRequest;
  const made = handlerOf(type)?.create(watched, Object.assign(request, { generatedName: () => "name" }));
  await Promise.race([made, new Promise((done) => setTimeout(done, 300))]).catch(() => {});
  return Object.keys(properties).filter((name) => !read.has(name));
}

it.each(supportedTypes().filter((type) => resourceType(type)))("%s", async (type) => {
  const dropped = (await unread(type)).filter((name) => {
    if (ELSEWHERE[type]?.includes(name)) return false;
    try {
      refuseUnsupported(type, { [name]: "x" });
      return true;
    } catch {
      return false;
    }
  });
  expect(dropped).toEqual([]);
});
