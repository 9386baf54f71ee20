/** The VPC's endpoints: found by service, their policies swapped and put back. */
import { compilePlatform, silent } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import { fillIn } from "../../placeholders.ts";

/** @param name as in the platform file: `ssm`, `sagemaker.api` */
export async function endpointOf(bench: Bench, name: string): Promise<{ id: string; policy: string }> {
  const { VpcEndpoints = [] } = await bench.admin.call("ec2", "DescribeVpcEndpoints", {
    Filters: [
      { Name: "vpc-id", Values: [await bench.exported("network:Vpc")] },
      { Name: "service-name", Values: [`com.amazonaws.${bench.region}.${name}`] },
    ],
  });
  const { VpcEndpointId: id, PolicyDocument: policy } = VpcEndpoints[0] ?? {};
  if (!id || !policy) throw new Error(`the VPC has no endpoint for ${name}`);
  return { id, policy };
}

const kept = (name: string) => `01-domain endpoint policy ${name}`;

/** Keeps the policy that the platform gave an endpoint, for `restorePolicy`. */
export async function keepPolicy(bench: Bench, name: string): Promise<void> {
  if (!bench.kept.has(kept(name))) bench.kept.set(kept(name), (await endpointOf(bench, name)).policy);
}

export async function setPolicy(bench: Bench, name: string, document: string): Promise<void> {
  const PolicyDocument = await fillIn(bench, document);
  const { id: VpcEndpointId } = await endpointOf(bench, name);
  await bench.admin.call("ec2", "ModifyVpcEndpoint", { VpcEndpointId, PolicyDocument });
}

/** Puts the platform's policy back: the one that was kept, or else the one its file compiles to. */
export async function restorePolicy(bench: Bench, name: string): Promise<void> {
  await setPolicy(bench, name, bench.kept.get(kept(name)) ?? (await compiledPolicy(bench, name)));
  bench.kept.delete(kept(name));
}

/** For who undoes a step that another process had prepared. */
async function compiledPolicy(bench: Bench, name: string): Promise<string> {
  const { stacks } = await compilePlatform(bench.file, silent);
  for (const { template } of stacks) {
    const { Resources = {} } = (typeof template === "string" ? JSON.parse(template) : template) as Template;
    for (const { Type, Properties } of Object.values(Resources))
      if (Type === "AWS::EC2::VPCEndpoint" && String(Properties?.ServiceName).endsWith(`.${name}`))
        return JSON.stringify(Properties?.PolicyDocument);
  }
  throw new Error(`the platform's templates have no endpoint for ${name}`);
}

interface Template {
  Resources?: Record<
    string,
    { Type: string; Properties?: { ServiceName?: unknown; PolicyDocument?: unknown } }
  >;
}
