/** The VPC's endpoints: found by service, their policies swapped and put back. */
import type { Bench } from "../../bench.ts";

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

export async function setPolicy(bench: Bench, name: string, PolicyDocument: string): Promise<void> {
  const { id: VpcEndpointId } = await endpointOf(bench, name);
  await bench.admin.call("ec2", "ModifyVpcEndpoint", { VpcEndpointId, PolicyDocument });
}

/** Puts the platform's policy back; nothing happens when it was never taken away. */
export async function restorePolicy(bench: Bench, name: string): Promise<void> {
  const policy = bench.kept.get(kept(name));
  if (policy !== undefined) await setPolicy(bench, name, policy);
}
