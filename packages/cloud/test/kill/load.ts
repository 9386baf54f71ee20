/** Workers that write to a server until it goes away, each to names of its own; and how to read those names. */
import { createHash } from "node:crypto";
import type { Client } from "./client.ts";
import { absent, type Ledger } from "./ledger.ts";

const bucket = "kill-bucket";
const iam = "2010-05-08";
const cfn = "2010-05-15";
const anyone = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "sagemaker.amazonaws.com" } },
  ],
};
const jobRole = "arn:aws:iam::111122223333:role/job";
const digest = (body: string | Buffer) => createHash("sha256").update(body).digest("hex").slice(0, 16);
const big = Buffer.alloc(5 * 1024 * 1024, "part ");

/** Before the first kill. @returns the key that ciphertexts are made with */
export async function prepare(client: Client): Promise<string> {
  await client.s3("PUT", `/${bucket}`);
  const role = { Action: "CreateRole", RoleName: "job", AssumeRolePolicyDocument: JSON.stringify(anyone) };
  await client.query("iam", iam, role);
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  });
  await client.query("iam", iam, {
    Action: "PutRolePolicy",
    RoleName: "job",
    PolicyName: "all",
    PolicyDocument: policy,
  });
  return (await client.json("kms", "TrentService.CreateKey", {})).KeyMetadata.KeyId;
}

interface Round {
  client: Client;
  ledger: Ledger;
  round: number;
  keyId: string;
  random: () => number;
}

type Worker = (round: Round, worker: number) => Promise<void>;

const objects: Worker = async ({ client, ledger, round, random, keyId }, worker) => {
  for (let i = 0; ; i++) {
    // new names, and names that are written over, removed and written again
    const key = i % 3 === 0 ? `r${round}/${worker}/${i}` : `over/${worker}/${i % 5}`;
    const name = `object ${key}`;
    if (i % 7 === 5) await ledger.write(name, absent, () => client.s3("DELETE", `/${bucket}/${key}`));
    else {
      const body = `${round}.${i} ${"x".repeat(Math.floor(random() ** 4 * 300_000))}`;
      const headers: Record<string, string> =
        i % 2 === 0
          ? {
              "x-amz-server-side-encryption": "aws:kms",
              "x-amz-server-side-encryption-aws-kms-key-id": keyId,
            }
          : {};
      await ledger.write(name, digest(body), () => client.s3("PUT", `/${bucket}/${key}`, body, headers));
    }
  }
};

const multipart: Worker = async ({ client, ledger, round }, worker) => {
  for (let i = 0; ; i++) {
    const key = `parts/${round}/${worker}/${i}`;
    const started = await client.s3("POST", `/${bucket}/${key}?uploads=`);
    const id = /<UploadId>([^<]+)/.exec(started.body.toString())?.[1] ?? "";
    const bodies = [big, Buffer.from(`end of ${key}`)];
    const tags: string[] = [];
    for (const [at, body] of bodies.entries()) {
      const name = `part ${key}?partNumber=${at + 1}&uploadId=${id}`;
      await ledger.write(name, digest(body), async () => {
        const answer = await client.s3("PUT", `/${bucket}/${name.slice(5)}`, body);
        tags.push(String(answer.headers.etag));
      });
    }
    const xml = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
    const complete = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${xml.join("")}</CompleteMultipartUpload>`;
    await ledger.write(`object ${key}`, digest(Buffer.concat(bodies)), () =>
      client.s3("POST", `/${bucket}/${key}?uploadId=${id}`, complete),
    );
  }
};

const roles: Worker = async ({ client, ledger, round }, worker) => {
  for (let i = 0; ; i++) {
    const RoleName = `r${round}-${worker}-${i}`;
    const AssumeRolePolicyDocument = JSON.stringify(anyone);
    await ledger.write(`role ${RoleName}`, "there", () =>
      client.query("iam", iam, { Action: "CreateRole", RoleName, AssumeRolePolicyDocument }),
    );
    if (i % 2 === 0) continue;
    await ledger.write(`role ${RoleName}`, absent, () =>
      client.query("iam", iam, { Action: "DeleteRole", RoleName }),
    );
  }
};

const parameters: Worker = async ({ client, ledger }, worker) => {
  for (let i = 0; ; i++) {
    const Name = `/kill/${worker}/${i % 4}`;
    const name = `parameter ${Name}`;
    const before = ledger.value(name) ?? "";
    const version = before === absent ? 1 : Number(before.split(" ")[0]) + 1;
    const input = { Name, Type: "String", Value: `value ${version}`, Overwrite: true };
    await ledger.write(name, `${version} value ${version}`, () =>
      client.json("ssm", "AmazonSSM.PutParameter", input),
    );
  }
};

const jobs: Worker = async ({ client, ledger, round }, worker) => {
  for (let i = 0; i < 20; i++) {
    const ProcessingJobName = `j${round}-${worker}-${i}`;
    await ledger.write(`job ${ProcessingJobName}`, "there", () =>
      client.json("sagemaker", "SageMaker.CreateProcessingJob", {
        ProcessingJobName,
        RoleArn: jobRole,
        AppSpecification: { ImageUri: "111122223333.dkr.ecr.us-east-1.amazonaws.com/x:1" },
        ProcessingResources: {
          ClusterConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 5 },
        },
      }),
    );
  }
};

/** A stack whose resources say which stack and which version of it they are of. */
const template = (name: string, version: number): string => {
  const Resources: Record<string, unknown> = {
    Role: {
      Type: "AWS::IAM::Role",
      Properties: { RoleName: `stack-${name}`, AssumeRolePolicyDocument: anyone, Description: `v${version}` },
    },
    Group: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: `/stack/${name}` } },
    Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.1.0.0/16" } },
    Subnet: { Type: "AWS::EC2::Subnet", Properties: { VpcId: { Ref: "Vpc" }, CidrBlock: "10.1.1.0/24" } },
    Model: {
      Type: "AWS::SageMaker::Model",
      Properties: {
        ModelName: `stack-${name}`,
        ExecutionRoleArn: { "Fn::GetAtt": ["Role", "Arn"] },
        PrimaryContainer: { Image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/x:1" },
      },
    },
  };
  for (let i = 0; i < 6; i++)
    Resources[`P${i}`] = {
      Type: "AWS::SSM::Parameter",
      DependsOn: i > 0 ? `P${i - 1}` : "Model",
      Properties: { Name: `/stack/${name}/${i}`, Type: "String", Value: `v${version}` },
    };
  return JSON.stringify({ Resources });
};

const stacks: Worker = async ({ client, ledger, round, random }, worker) => {
  for (let i = 0; ; i++) {
    const StackName = `s${round}-${worker}-${i}`;
    const call = (Action: string, version?: number) =>
      client.query("cloudformation", cfn, {
        Action,
        StackName,
        ...(version && {
          TemplateBody: template(StackName, version),
          "Capabilities.member.1": "CAPABILITY_NAMED_IAM",
        }),
      });
    await ledger.write(`stack ${StackName}`, "whole v1", () => call("CreateStack", 1));
    await settled(client, StackName);
    if (random() < 0.5) await ledger.write(`stack ${StackName}`, "whole v2", () => call("UpdateStack", 2));
    else await ledger.write(`stack ${StackName}`, absent, () => call("DeleteStack"));
    await settled(client, StackName);
  }
};

const workers: readonly Worker[] = [
  objects,
  objects,
  objects,
  multipart,
  roles,
  parameters,
  jobs,
  stacks,
  stacks,
];

/** Starts every worker. @returns each one's end: what it was that ended it */
export function work(round: Round): Promise<unknown[]> {
  return Promise.all(workers.map((worker, at) => worker(round, at).catch((error: unknown) => error)));
}

/** Waits until the stack is not in progress any more. @returns its status, `undefined` when there is none */
async function settled(client: Client, StackName: string): Promise<string | undefined> {
  for (let waited = 0; waited < 400; waited++) {
    const found = await client.query(
      "cloudformation",
      cfn,
      { Action: "DescribeStacks", StackName },
      /does not exist/,
    );
    const status = found && /<StackStatus>([^<]+)/.exec(found)?.[1];
    if (!status?.endsWith("_IN_PROGRESS")) return status;
    await new Promise((done) => setTimeout(done, 15));
  }
  return "never settled";
}

/** What is there under a name of the ledger. */
export async function read(client: Client, name: string): Promise<string> {
  const [kind, id = ""] = name.split(/ (.*)/s);
  switch (kind) {
    case "object": {
      const { status, body } = await client.s3("GET", `/${bucket}/${id}`);
      return status === 404 ? absent : digest(body);
    }
    case "part":
      return part(client, id);
    case "role":
      return (await client.query("iam", iam, { Action: "GetRole", RoleName: id }, /NoSuchEntity/))
        ? "there"
        : absent;
    case "parameter": {
      const found = await client.json("ssm", "AmazonSSM.GetParameter", { Name: id }, /ParameterNotFound/);
      return found ? `${found.Parameter.Version} ${found.Parameter.Value}` : absent;
    }
    case "job":
      return job(client, id);
    default:
      return stack(client, id);
  }
}

/** A part of an upload; once the upload was completed there are none. */
async function part(client: Client, id: string): Promise<string> {
  const [key = "", query = ""] = id.split("?");
  const wanted = new URLSearchParams(query);
  const number = wanted.get("partNumber") ?? "";
  const listed = await client.s3("GET", `/${bucket}/${key}?uploadId=${wanted.get("uploadId")}`);
  const whole = number === "1" ? big : Buffer.from(`end of ${key}`);
  if (listed.status === 404) {
    const object = await client.s3("GET", `/${bucket}/${key}`);
    return object.body.includes(whole) ? digest(whole) : absent;
  }
  const found = [
    ...listed.body.toString().matchAll(/<PartNumber>(\d+)<.*?<ETag>(?:&quot;|")(\w+).*?<Size>(\d+)</gs),
  ].find(([, at]) => at === number);
  if (!found) return absent;
  const md5 = createHash("md5").update(whole).digest("hex");
  return found[2] === md5 && Number(found[3]) === whole.length ? digest(whole) : "torn";
}

/** A job goes on after a restart and ends. */
async function job(client: Client, ProcessingJobName: string): Promise<string> {
  for (let waited = 0; waited < 400; waited++) {
    const target = "SageMaker.DescribeProcessingJob";
    const found = await client.json("sagemaker", target, { ProcessingJobName }, /Could not find/);
    if (!found) return absent;
    if (/^(?:Completed|Failed|Stopped)$/.test(found.ProcessingJobStatus)) return "there";
    await new Promise((done) => setTimeout(done, 15));
  }
  return "never ended";
}

/** `whole vN` when all resources are there and say version N, `absent` when none is; anything else is torn. */
async function stack(client: Client, name: string): Promise<string> {
  const status = await settled(client, name);
  const found: string[] = [];
  const role = await client.query(
    "iam",
    iam,
    { Action: "GetRole", RoleName: `stack-${name}` },
    /NoSuchEntity/,
  );
  found.push(role ? (/<Description>([^<]+)/.exec(role)?.[1] ?? "?") : absent);
  const Names = Array.from({ length: 6 }, (_, i) => `/stack/${name}/${i}`);
  const { Parameters, InvalidParameters } = await client.json("ssm", "AmazonSSM.GetParameters", { Names });
  found.push(
    ...Parameters.map((one: { Value: string }) => one.Value),
    ...InvalidParameters.map(() => absent),
  );
  const versions = [...new Set(found)];
  const model = await client.json(
    "sagemaker",
    "SageMaker.DescribeModel",
    { ModelName: `stack-${name}` },
    /Could not find/,
  );
  const { logGroups } = await client.json("logs", "Logs_20140328.DescribeLogGroups", {
    logGroupNamePrefix: `/stack/${name}`,
  });
  const rest = [model !== undefined, logGroups.length === 1];
  if (versions.length !== 1 || rest.some((one) => one !== (versions[0] !== absent))) {
    return `torn: ${status}, ${found.join()}, ${rest.join()}`;
  }
  if (versions[0] === absent)
    return status === undefined || status === "ROLLBACK_COMPLETE" ? absent : `none, but ${status}`;
  const complete = /^(?:CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status ?? "");
  return complete ? `whole ${versions[0]}` : `whole ${versions[0]}, but ${status}`;
}
