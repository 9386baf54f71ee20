/** A local cloud with what SageMaker's tests need: a role that trusts it, and short states. Only for tests. */
import { type Cloud, type CloudOptions, startCloud } from "../../cloud.ts";
import { workDone } from "./jobs/work.ts";
import { type SageMakerOptions, setSageMakerOptions } from "./options.ts";

export const ACCOUNT = "111122223333";
export const REGION = "us-east-1";
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/execution`;

export const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "sagemaker.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
    },
  ],
});

export interface Fixture {
  cloud: Cloud;
  vpc: { VpcId: string; SubnetIds: string[]; SecurityGroupIds: string[] };
  /** Calls SageMaker as root. */
  // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  sagemaker(operation: string, input?: object): Promise<any>;
  /** Lets everything that is due happen: states move, jobs run. */
  settle(milliseconds?: number): Promise<void>;
  close(): Promise<void>;
}

export async function startFixture(
  options: CloudOptions = {},
  chosen: Partial<SageMakerOptions> = {},
): Promise<Fixture> {
  const errors: unknown[] = [];
  const cloud = await startCloud({ listen: false, onError: (error) => errors.push(error), ...options });
  setSageMakerOptions(cloud.runtime.store, { transition: 5000, jobDuration: 10_000, ...chosen });
  const known = await cloud.call("iam", "GetRole", { RoleName: "execution" }).catch(() => undefined);
  if (!known) {
    await cloud.call("iam", "CreateRole", { RoleName: "execution", AssumeRolePolicyDocument: TRUST });
    await cloud.call("iam", "PutRolePolicy", {
      RoleName: "execution",
      PolicyName: "all",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      }),
    });
  }
  const vpc = known ? { VpcId: "", SubnetIds: [], SecurityGroupIds: [] } : await newVpc(cloud);
  return {
    cloud,
    vpc,
    sagemaker: (operation, input = {}) => cloud.call("sagemaker", operation, input),
    async settle(milliseconds = 60_000) {
      // work that a task starts waits for the clock again: go on in steps
      for (let step = 0; step < 12; step++) {
        await cloud.runtime.clock.advance(milliseconds / 12);
        await new Promise((resolve) => setImmediate(resolve));
        await Promise.race([
          workDone(cloud.runtime.store),
          new Promise((resolve) => setTimeout(resolve, 40)),
        ]);
      }
      if (errors.length > 0) throw errors[0];
    },
    close: () => cloud.close(),
  };
}

async function newVpc(cloud: Cloud): Promise<Fixture["vpc"]> {
  const { Vpc } = await cloud.call("ec2", "CreateVpc", { CidrBlock: "192.168.0.0/16" });
  const { VpcId } = Vpc as { VpcId: string };
  const SubnetIds: string[] = [];
  for (const [AvailabilityZone, CidrBlock] of [
    [`${REGION}a`, "192.168.0.0/20"],
    [`${REGION}b`, "192.168.16.0/20"],
  ]) {
    const { Subnet } = await cloud.call("ec2", "CreateSubnet", { VpcId, CidrBlock, AvailabilityZone });
    SubnetIds.push(Subnet.SubnetId);
  }
  const group = { GroupName: "studio", Description: "Studio apps and jobs", VpcId };
  const { GroupId } = await cloud.call("ec2", "CreateSecurityGroup", group);
  return { VpcId, SubnetIds, SecurityGroupIds: [GroupId] };
}
