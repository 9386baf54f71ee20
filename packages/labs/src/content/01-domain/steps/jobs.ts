/** 1.18 and 1.19: a job in the VPC, a job outside of it, a job without any network. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { attemptTo, demand } from "../attempt-to.ts";
import { follow, jobName, processingJob } from "../jobs.ts";
import { dropLabRole, labRoleName, makeLabRole } from "../lab-role.ts";
import { arnOfRole, scientist } from "../people.ts";

const BASELINE = "baseline";
const FOLDER = "team-a/lab-1";

const bucketOf = (bench: Bench) => `sagemaker-${bench.region}-${bench.account}`;
const uri = (bench: Bench, path: string) => `s3://${bucketOf(bench)}/${FOLDER}/${path}`;

/** Puts a file into the team's folder, as the scientist does from Studio. */
async function putInput(bench: Bench, name = "customers.csv", Body = "age;job\n41;admin.\n"): Promise<void> {
  const studio = await bench.clients(scientist);
  await studio.call("s3", "PutObject", { Bucket: bucketOf(bench), Key: `${FOLDER}/input/${name}`, Body });
}

async function emptyFolder(bench: Bench): Promise<void> {
  const studio = await bench.clients(scientist);
  const Bucket = bucketOf(bench);
  const { Contents = [] } = await studio.call("s3", "ListObjectsV2", { Bucket, Prefix: `${FOLDER}/` });
  for (const { Key } of Contents) await studio.call("s3", "DeleteObject", { Bucket, Key });
}

const copy = ["sh", "-c", "cp /opt/ml/processing/input/* /opt/ml/processing/output/"];
const describe = (ProcessingJobName: string) =>
  call("sagemaker", "DescribeProcessingJob", { ProcessingJobName });

const ended = (name: string, what: string, why: string): Experiment => ({
  what,
  as: "admin",
  attempt: attemptTo(describe(name), async (on) => {
    const { status, reason } = await follow(on, name);
    demand(status === "Completed", `the job ${status.toLowerCase()}: ${reason}`);
    return `${name} completed`;
  }),
  expect: "allowed",
  why,
});

export const jobNetwork: Step = {
  id: "1.18",
  title: "A job with and without the network configuration",
  text: `
**The idea.** Studio's network settings are Studio's. A job runs elsewhere, on machines of SageMaker's own account, and
takes its network from *its own* request: \`NetworkConfig.VpcConfig\` with subnets and security groups. Leave it out, and the
job runs in SageMaker's network with a way to the whole internet, although the user who started it sits in a VPC without one.

**Who decides.** In the workshop's baseline both forms are allowed; lab 3 forbids the second. Sagekeep's platform forbids
it from the first day, so this step shows both honestly: the role \`workshop-lab-baseline\` has the baseline's permission
without the control, the data scientist has the platform's.

**A second line.** What does a job outside the VPC reach? Not the platform's data: the bucket's own policy refuses whoever does
not come from the VPC. The job starts, and fails when it reads its input. A control that prevents and a boundary at the
data itself: either may be forgotten once, not both on one day.`,
  hint: "Nothing to write. `sagekeep explain` on the denied call names `DenyNoSubnets` and `DenyNoGroups`: two statements, because keys in one condition block are ANDed (lab 3).",
  async prepare(bench) {
    await makeLabRole(bench, {
      name: BASELINE,
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["sagemaker:CreateProcessingJob", "sagemaker:AddTags"],
            Resource: "*",
          },
          {
            Effect: "Allow",
            Action: ["kms:CreateGrant", "kms:DescribeKey"],
            Resource: "*",
          },
          {
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: arnOfRole(bench, `${bench.platform}-team-a-processing-job`),
          },
        ],
      },
    });
    await putInput(bench);
  },
  async experiments(bench) {
    const wish = {
      input: uri(bench, "input/"),
      output: uri(bench, "output"),
      entrypoint: copy,
    };
    const [inside, forbidden, outside] = ["vpc", "no-vpc", "baseline"].map(jobName) as [
      string,
      string,
      string,
    ];
    return [
      {
        what: "the data scientist starts a processing job in the VPC",
        as: scientist,
        attempt: await processingJob(bench, { ...wish, name: inside }),
        expect: "allowed",
        why: "subnets and group are the platform's, the volume has its key",
      },
      ended(inside, "and it reads its input and writes its output", "through the VPC's endpoints"),
      {
        what: "the data scientist starts one without network configuration",
        as: scientist,
        attempt: await processingJob(bench, { ...wish, name: forbidden, network: "none" }),
        expect: "denied",
        by: "identity",
        why: "this platform has lab 3's control from the start",
      },
      {
        what: "the workshop's baseline role starts one without network configuration",
        as: { role: labRoleName(bench, BASELINE) },
        attempt: await processingJob(bench, { ...wish, name: outside, network: "none" }),
        expect: "allowed",
        why: "no policy of the baseline looks at the job's network",
      },
      {
        what: "and that job reads the team's data from outside the VPC",
        as: "admin",
        attempt: attemptTo(describe(outside), async (on) => {
          const { status, reason } = await follow(on, outside);
          if (status === "Completed") return "it read the data";
          throw Object.assign(new Error(reason), { name: "AccessDenied" });
        }),
        expect: "denied",
        why: "the bucket's policy refuses requests from outside the platform's VPC, also those of its own job roles",
      },
    ];
  },
  async undo(bench) {
    await emptyFolder(bench);
    await dropLabRole(bench, BASELINE);
  },
};

/**
 * A script that writes what a container finds around it into the job's exit message. On AWS the image has Python; on the
 * local cloud this machine has Node, and a job's way out is the proxy that is set for it.
 */
function probe(bench: Bench): { file: string; command: string; script: string } {
  const host = `sts.${bench.region}.amazonaws.com`;
  if (!bench.isLocal)
    return {
      file: "probe.py",
      command: "python3",
      script: `import os, socket
keys = any(name in os.environ for name in ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_ACCESS_KEY_ID"))
try:
    socket.create_connection(("${host}", 443), 5)
    network = True
except OSError:
    network = False
os.makedirs("/opt/ml/output", exist_ok=True)
with open("/opt/ml/output/message", "w") as left:
    left.write(f"credentials: {'yes' if keys else 'no'}, network: {'yes' if network else 'no'}")
`,
    };
  return {
    file: "probe.cjs",
    command: process.execPath,
    script: `const { request } = require("node:http");
const keys = process.env.AWS_ACCESS_KEY_ID ? "yes" : "no";
function end(network) {
  require("node:fs").writeFileSync(process.argv[2], "credentials: " + keys + ", network: " + network);
  process.exit(0);
}
const { hostname, port } = new URL(process.env.HTTPS_PROXY);
request({ hostname, port, method: "CONNECT", path: "${host}:443", timeout: 5000 })
  .on("connect", (answer) => end(answer.statusCode === 200 ? "yes" : "no"))
  .on("error", () => end("no"))
  .on("timeout", () => end("no"))
  .end();
`,
  };
}

const found = (name: string, what: string, expected: string, why: string): Experiment => ({
  what,
  as: "admin",
  attempt: attemptTo(describe(name), async (on) => {
    const { status, message, reason } = await follow(on, name);
    demand(status === "Completed", `the job ${status.toLowerCase()}: ${reason}`);
    demand(
      message !== "",
      "the image did not run: start the local cloud with the labs' image mapped (`sagekeep lab start` does)",
    );
    demand(message === expected, `the container found ${message}`);
    return message;
  }),
  expect: "allowed",
  why,
});

export const isolatedJob: Step = {
  id: "1.19",
  title: "A job without any network",
  text: `
**The idea.** \`EnableNetworkIsolation\` takes the network away from the *container*: no call out, no call in, and no
credentials of the job's role either. SageMaker itself still brings the input and fetches the output, from outside the
container, with the role. So code that nobody reviewed (a model from the internet, a package from a stranger) can compute
on the data and has nowhere to send it but the output you named.

**What it is not.** It is not the VPC configuration: both can be set, and they say different things. The VPC decides by
which road SageMaker's agent fetches the data, isolation decides that the container has no road at all.
Jobs that call AWS themselves (an SDK in the script, Spark reading S3) cannot run isolated.

**What to see.** The same script runs in two jobs and writes what it finds around it: credentials, and a connection to STS.

On the local cloud the job's image runs as a process of your machine, with the credentials and the way out that a container
would have, or without them. It is not locked in by the kernel as on AWS: what the check shows is what SageMaker hands
over.`,
  hint: "Nothing to write. If the message says that the image did not run, the local cloud was started without the labs' image: stop it and let `sagekeep lab start` start it.",
  async prepare(bench) {
    const { file, script } = probe(bench);
    await putInput(bench, file, script);
  },
  async experiments(bench) {
    const { file, command } = probe(bench);
    const entrypoint = [command, `/opt/ml/processing/input/${file}`, "/opt/ml/output/message"];
    const wish = { input: uri(bench, "input/"), entrypoint };
    const [open, shut] = ["open", "isolated"].map(jobName) as [string, string];
    return [
      {
        what: "start a job in the VPC",
        as: scientist,
        attempt: await processingJob(bench, { ...wish, name: open }),
        expect: "allowed",
        why: "to compare with",
      },
      found(
        open,
        "its container has credentials and reaches STS",
        "credentials: yes, network: yes",
        "by the VPC's sts endpoint, under the job's role",
      ),
      {
        what: "start the same job with network isolation",
        as: scientist,
        attempt: await processingJob(bench, { ...wish, name: shut, isolated: true }),
        expect: "allowed",
        why: "stricter than the platform asks for is always allowed",
      },
      found(
        shut,
        "its container has no credentials and reaches nothing",
        "credentials: no, network: no",
        "SageMaker brought the input all the same: the job completed",
      ),
    ];
  },
  undo: emptyFolder,
};
