import { execFile, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import type { Position } from "./position.ts";

/** A skip says why. */
const has = (tool: string, ...args: string[]) => spawnSync(tool, args).status === 0;
const curlIsThere = has("curl", "--version");
const awsIsThere = has("aws", "--version");
if (!curlIsThere) console.warn("position.test: curl is absent, its attempts are skipped");
if (!awsIsThere) console.warn("position.test: the AWS CLI is absent, its attempts are skipped");

let cloud: Cloud;
let vpc: string;
let subnet: string;
let table: string;
let eni: string;
let position: Position;

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);

beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  vpc = (await ec2("CreateVpc", { CidrBlock: "192.168.0.0/16" })).Vpc.VpcId;
  await ec2("ModifyVpcAttribute", { VpcId: vpc, EnableDnsHostnames: { Value: true } });
  subnet = (await ec2("CreateSubnet", { VpcId: vpc, CidrBlock: "192.168.0.0/20" })).Subnet.SubnetId;
  table = (await ec2("CreateRouteTable", { VpcId: vpc })).RouteTable.RouteTableId;
  await ec2("AssociateRouteTable", { RouteTableId: table, SubnetId: subnet });
  eni = (await ec2("CreateNetworkInterface", { SubnetId: subnet })).NetworkInterface.NetworkInterfaceId;
  position = await cloud.positions!.open({ networkInterfaceId: eni });
});
afterAll(async () => {
  await position?.close();
  await cloud?.close();
});

interface Outcome {
  code: number;
  out: string;
  err: string;
}
const run = (file: string, args: string[], env: Record<string, string> = {}): Promise<Outcome> =>
  new Promise((resolve) =>
    execFile(
      file,
      args,
      { env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent", ...env } },
      (error, out, err) =>
        resolve({ code: error ? Number((error as { code?: number }).code ?? 1) : 0, out, err }),
    ),
  );
const curl = (url: string, through = position) =>
  run("curl", ["-sS", "--max-time", "1", "--proxy", through.url, "--cacert", cloud.caBundle!, url]);
const aws = (...args: string[]) =>
  run(
    "aws",
    [
      "--output",
      "json",
      "--region",
      "us-east-1",
      "--cli-read-timeout",
      "2",
      "--cli-connect-timeout",
      "2",
      ...args,
    ],
    {
      AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
      AWS_CA_BUNDLE: cloud.caBundle!,
      HTTPS_PROXY: position.url,
      NO_PROXY: "127.0.0.1",
      AWS_MAX_ATTEMPTS: "1",
      AWS_EC2_METADATA_DISABLED: "true",
    },
  );
const TIMED_OUT = 28;

describe.runIf(curlIsThere)("curl from a position", () => {
  it("times out where there is no path", async () => {
    expect((await curl("https://ec2.us-east-1.amazonaws.com/")).code).toBe(TIMED_OUT);
    expect((await curl("http://checkip.amazonaws.com/")).code).toBe(TIMED_OUT);
    expect((await curl("https://pypi.org/simple/")).code).toBe(TIMED_OUT);
  });

  it("is told at once of a name that leads nowhere, and never of a port where nothing listens", async () => {
    const unknown = "https://vpce-0123456789abcdef0-abcdefgh.ssm.us-east-1.vpce.amazonaws.com/";
    expect(await curl(unknown)).toMatchObject({ code: 56, err: expect.stringContaining("502") });
    expect((await curl(unknown.replace("https", "http"))).out).toContain("does not resolve");
    expect((await curl("https://sts.us-east-1.amazonaws.com:8443/")).code).toBe(TIMED_OUT);
  });

  it("is closed after the connect timeout that was asked for", async () => {
    const hasty = await cloud.positions!.open({ networkInterfaceId: eni, connectTimeout: 100 });
    for (const url of ["https://ec2.us-east-1.amazonaws.com/", "http://checkip.amazonaws.com/"]) {
      const { code } = await curl(url, hasty);
      expect([52, 56]).toContain(code);
    }
    await hasty.close();
  });
});

describe.runIf(awsIsThere)("the AWS CLI from a position", () => {
  it("times out, arrives, and is denied by the endpoint policy", async () => {
    await cloud.call("ssm", "PutParameter", { Name: "/p", Value: "v", Type: "String" });
    const lost = await aws("ssm", "get-parameter", "--name", "/p");
    expect(lost.code).not.toBe(0);
    expect(lost.err).toMatch(/time(d )?out/i);
    const input = {
      VpcId: vpc,
      VpcEndpointType: "Interface",
      ServiceName: "com.amazonaws.us-east-1.ssm",
      SubnetIds: [subnet],
      PrivateDnsEnabled: true,
    };
    const { VpcEndpointId } = (await ec2("CreateVpcEndpoint", input)).VpcEndpoint;
    const arrived = await aws("ssm", "get-parameter", "--name", "/p");
    expect(arrived.err).toBe("");
    expect(JSON.parse(arrived.out).Parameter.Value).toBe("v");
    // the position as an endpoint: the service's own host is meant
    const direct = await aws("ssm", "get-parameter", "--name", "/p", "--endpoint-url", position.url);
    expect(JSON.parse(direct.out).Parameter.Value).toBe("v");
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "ssm:DescribeParameters", Resource: "*" }],
    });
    await ec2("ModifyVpcEndpoint", { VpcEndpointId, PolicyDocument });
    const denied = await aws("ssm", "get-parameter", "--name", "/p");
    expect(denied.err).toMatch(/AccessDenied/);
    expect(denied.err).toMatch(/VPC endpoint policy/);
  }, 90_000);
});

describe.runIf(curlIsThere)("curl through a NAT gateway", () => {
  it("arrives with the gateway's address; other hosts only where that is allowed", async () => {
    const igw = (await ec2("CreateInternetGateway")).InternetGateway.InternetGatewayId;
    await ec2("AttachInternetGateway", { InternetGatewayId: igw, VpcId: vpc });
    const outside = (await ec2("CreateSubnet", { VpcId: vpc, CidrBlock: "192.168.64.0/20" })).Subnet.SubnetId;
    const { AllocationId, PublicIp } = await ec2("AllocateAddress", { Domain: "vpc" });
    const nat = (await ec2("CreateNatGateway", { SubnetId: outside, AllocationId })).NatGateway.NatGatewayId;
    const DestinationCidrBlock = "0.0.0.0/0";
    await ec2("CreateRoute", { RouteTableId: table, DestinationCidrBlock, NatGatewayId: nat });
    const open = (await ec2("CreateRouteTable", { VpcId: vpc })).RouteTable.RouteTableId;
    await ec2("AssociateRouteTable", { RouteTableId: open, SubnetId: outside });
    await ec2("CreateRoute", { RouteTableId: open, DestinationCidrBlock, GatewayId: igw });
    expect(await curl("http://checkip.amazonaws.com/")).toMatchObject({ code: 0, out: `${PublicIp}\n` });
    expect(await curl("https://checkip.amazonaws.com/")).toMatchObject({ code: 0, out: `${PublicIp}\n` });
    const other = await curl("https://pypi.org/simple/");
    expect(other.code).toBe(56);
    expect(other.err).toMatch(/403/);
  });
});
