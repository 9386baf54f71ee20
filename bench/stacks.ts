/**
 * How long a stack of 200 resources takes to deploy, update and delete in the local cloud, through its API with
 * authorization on: `npm run bench -- stacks [--json]`. Goal: deployed in 2 s at most.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloud } from "../packages/cloud/src/cloud.ts";

const json = process.argv.includes("--json");
const runs = 5;

/** A network over three zones with roles, policies, parameters, groups, log groups and buckets: 200 resources. */
function template(environment: string): string {
  const resources: Record<string, object> = {
    Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16", EnableDnsHostnames: true } },
    Table: { Type: "AWS::EC2::RouteTable", Properties: { VpcId: { Ref: "Vpc" } } },
  };
  const tags = [{ Key: "environment", Value: environment }];
  for (let index = 0; index < 18; index++) {
    const cidr = { "Fn::Select": [index, { "Fn::Cidr": [{ "Fn::GetAtt": ["Vpc", "CidrBlock"] }, 18, 8] }] };
    const zone = { "Fn::Select": [index % 3, { "Fn::GetAZs": "" }] };
    resources[`Subnet${index}`] = {
      Type: "AWS::EC2::Subnet",
      Properties: { VpcId: { Ref: "Vpc" }, CidrBlock: cidr, AvailabilityZone: zone, Tags: tags },
    };
    resources[`Association${index}`] = {
      Type: "AWS::EC2::SubnetRouteTableAssociation",
      Properties: { SubnetId: { Ref: `Subnet${index}` }, RouteTableId: { Ref: "Table" } },
    };
    resources[`Group${index}`] = {
      Type: "AWS::EC2::SecurityGroup",
      Properties: {
        GroupDescription: "workload",
        VpcId: { Ref: "Vpc" },
        SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, CidrIp: "10.0.0.0/8" }],
        Tags: tags,
      },
    };
    resources[`Role${index}`] = {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        },
        Tags: tags,
      },
    };
    resources[`Policy${index}`] = {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        Roles: [{ Ref: `Role${index}` }],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "s3:GetObject",
              Resource: { "Fn::Sub": `arn:aws:s3:::\${Bucket${index}}/*` },
            },
          ],
        },
      },
    };
    resources[`Bucket${index}`] = {
      Type: "AWS::S3::Bucket",
      Properties: {
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true },
        Tags: tags,
      },
    };
    resources[`Logs${index}`] = {
      Type: "AWS::Logs::LogGroup",
      Properties: { RetentionInDays: 30, Tags: tags },
    };
    resources[`Parameter${index}`] = {
      Type: "AWS::SSM::Parameter",
      Properties: { Type: "String", Value: { "Fn::GetAtt": [`Role${index}`, "Arn"] } },
    };
    resources[`Endpoint${index}`] = {
      Type: "AWS::SSM::Parameter",
      Properties: {
        Type: "String",
        Value: { "Fn::Join": ["/", [{ Ref: `Subnet${index}` }, { Ref: `Group${index}` }, environment]] },
      },
    };
    resources[`Key${index}`] = {
      Type: "AWS::SSM::Parameter",
      Properties: { Type: "String", Value: { Ref: `Policy${index}` } },
    };
    resources[`Rule${index}`] = {
      Type: "AWS::EC2::SecurityGroupIngress",
      Properties: {
        GroupId: { Ref: `Group${index}` },
        IpProtocol: "tcp",
        FromPort: 8192,
        ToPort: 65535,
        SourceSecurityGroupId: { Ref: `Group${index}` },
      },
    };
  }
  return JSON.stringify({ Resources: resources });
}

async function once() {
  const state = mkdtempSync(join(tmpdir(), "sagekeep-stacks-"));
  const cloud = await startCloud({ state });
  const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
  const step = async (operation: string, input: object, wanted: string): Promise<number> => {
    const began = performance.now();
    const made = await cfn(operation, { StackName: stackId ?? "bench", ...input });
    stackId ??= made.StackId;
    for (;;) {
      const [stack] = (await cfn("DescribeStacks", { StackName: stackId })).Stacks;
      if (stack.StackStatus === wanted) return performance.now() - began;
      if (!stack.StackStatus.endsWith("IN_PROGRESS")) {
        const { StackEvents } = await cfn("DescribeStackEvents", { StackName: stackId });
        const failed = StackEvents.filter((one: { ResourceStatus: string }) =>
          one.ResourceStatus.endsWith("FAILED"),
        );
        throw new Error(
          `${operation} ended in ${stack.StackStatus}: ${JSON.stringify(failed.at(-1) ?? stack)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  let stackId: string | undefined;
  const Capabilities = ["CAPABILITY_IAM"];
  const body = { TemplateBody: template("dev"), Capabilities };
  const create = await step("CreateStack", body, "CREATE_COMPLETE");
  const update = await step(
    "UpdateStack",
    { TemplateBody: template("prod"), Capabilities },
    "UPDATE_COMPLETE",
  );
  const remove = await step("DeleteStack", {}, "DELETE_COMPLETE");
  await cloud.close();
  rmSync(state, { recursive: true, force: true });
  return { create, update, delete: remove };
}

const resources = Object.keys((JSON.parse(template("dev")) as { Resources: object }).Resources).length;
const all: Awaited<ReturnType<typeof once>>[] = [];
for (let run = 0; run < runs; run++) all.push(await once());
const median = (of: "create" | "update" | "delete"): number =>
  Number(([...all].map((one) => one[of]).sort((a, b) => a - b)[Math.floor(runs / 2)] as number).toFixed(1));
const result = {
  bench: "stacks",
  unit: "ms",
  resources,
  create: median("create"),
  update: median("update"),
  delete: median("delete"),
  goal: 2000,
};
if (json) console.log(JSON.stringify(result));
else {
  console.log(`a stack of ${resources} resources, median of ${runs} runs`);
  for (const name of ["create", "update", "delete"] as const)
    console.log(`  ${name.padEnd(7)} ${result[name]} ms`);
}
