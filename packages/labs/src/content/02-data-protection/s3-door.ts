/**
 * The S3 endpoint of the platform's VPC, which a step lends to the learner's policy. The account itself remembers the
 * platform's policy meanwhile, in a parameter, so that any later run can put it back.
 */
import type { Bench } from "../../bench.ts";
import type { Task } from "../../model.ts";
import { fillIn } from "../../placeholders.ts";

const memory = ({ platform }: Bench) => `/sagekeep/${platform}-lab2/s3-endpoint-policy`;

async function policyNow(bench: Bench, VpcEndpointId: string): Promise<string> {
  const { VpcEndpoints } = await bench.admin.call("ec2", "DescribeVpcEndpoints", {
    VpcEndpointIds: [VpcEndpointId],
  });
  return VpcEndpoints?.[0]?.PolicyDocument ?? "";
}

async function remembered(bench: Bench): Promise<string | undefined> {
  try {
    const { Parameter } = await bench.admin.call("ssm", "GetParameter", { Name: memory(bench) });
    return Parameter?.Value;
  } catch (error) {
    if ((error as Error).name === "ParameterNotFound") return undefined;
    throw error;
  }
}

/** Keeps the platform's policy in mind, unless an earlier run has done so. */
export async function rememberDoor(bench: Bench): Promise<void> {
  if ((await remembered(bench)) !== undefined) return;
  const endpoint = await bench.exported("network:endpoint:s3");
  await bench.admin.call("ssm", "PutParameter", {
    Name: memory(bench),
    Type: "String",
    Description: "sagekeep lab 2: policy of the S3 endpoint before the lab",
    Value: JSON.stringify(JSON.parse(await policyNow(bench, endpoint))),
  });
}

/** Puts the platform's policy back. */
export async function restoreDoor(bench: Bench): Promise<void> {
  const PolicyDocument = await remembered(bench);
  if (PolicyDocument === undefined) return;
  await setPolicy(bench, PolicyDocument);
  await bench.admin.call("ssm", "DeleteParameter", { Name: memory(bench) });
}

async function setPolicy(bench: Bench, PolicyDocument: string): Promise<void> {
  await bench.admin.call("ec2", "ModifyVpcEndpoint", {
    VpcEndpointId: await bench.exported("network:endpoint:s3"),
    PolicyDocument,
  });
}

/** How a learner's endpoint policy comes into force and goes again. */
export const onDoor: Pick<Task, "kind" | "apply" | "remove"> = {
  kind: "endpoint",
  async apply(bench, document) {
    await rememberDoor(bench);
    await setPolicy(bench, await fillIn(bench, document));
  },
  async remove(bench) {
    const policy = await remembered(bench);
    if (policy !== undefined) await setPolicy(bench, policy);
  },
};
