/** The processing step: the data comes in by the loader's door, a job in the VPC prepares it, and it stays encrypted. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Bench } from "../../../bench.ts";
import { partsOf, prepareScript } from "../../../data/prepare.ts";
import { syntheticBank } from "../../../data/synthetic-bank.ts";
import { labImage } from "../../../lab-images.ts";
import { type Call, call, type Step } from "../../../model.ts";
import { attemptTo, demand } from "../attempt-to.ts";
import { follow, jobName, processingJob } from "../jobs.ts";
import { scientist } from "../people.ts";

const RAW = "raw/bank-additional-full.csv";
const SEED = "42";
const PARTS = ["train", "validation", "test"] as const;

const dataBucket = (bench: Bench) => `${bench.platform}-marketing-${bench.account}-${bench.region}`;
const codeBucket = (bench: Bench) => `sagemaker-${bench.region}-${bench.account}`;
const CODE = "team-a/lab-1/code";
const output = (name: string) => `prepared/${name}`;

/** The learner's own file; without one the synthetic stand-in, so that the step needs no internet. */
function dataOf(bench: Bench): Buffer {
  const from = bench.file.platform.data.find((one) => one.name === "marketing")?.from;
  const file = from === undefined ? undefined : resolve(bench.file.folder, from);
  return file !== undefined && existsSync(file) ? readFileSync(file) : syntheticBank(1);
}

const rowsOf = (bytes: Buffer) =>
  bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "").length - 1;

/** `CreateProcessingJob`: two inputs (data, script), one output, everything else as the platform asks for it. */
export async function prepareJob(bench: Bench, name: string): Promise<Call> {
  const { file, program } = prepareScript(bench.isLocal ? "node" : "python");
  const base = await processingJob(bench, {
    name,
    entrypoint: [
      program,
      `/opt/ml/processing/code/${file}`,
      "/opt/ml/processing/input",
      "/opt/ml/processing/output",
      SEED,
    ],
    output: `s3://${dataBucket(bench)}/${output(name)}`,
  });
  const input = (InputName: string, S3Uri: string) => ({
    InputName,
    S3Input: {
      S3Uri,
      LocalPath: `/opt/ml/processing/${InputName}`,
      S3DataType: "S3Prefix" as const,
      S3InputMode: "File" as const,
    },
  });
  return {
    ...base,
    input: {
      ...base.input,
      ProcessingInputs: [
        input("input", `s3://${dataBucket(bench)}/raw/`),
        input("code", `s3://${codeBucket(bench)}/${CODE}/`),
      ],
    },
  };
}

export const prepareData: Step = {
  id: "1.26",
  title: "Prepare the data in a processing job",
  text: `
**The idea.** Data has one way in and one place to be worked on. It comes in through the role \`NAME-data-loader\`, which may
write the data set's bucket from outside and read nothing. A **processing job** then reads it inside the VPC, under the
team's job role, on a volume with the platform's key, and writes the result back to the same bucket. Nobody downloads it.

**What the job does.** The bank marketing data has 41,188 rows and 20 inputs. The script adds two indicator columns (never
contacted before: \`pdays\` is 999; not working: student, retired, unemployed), drops \`duration\` (it is known only after the
call, when the answer is known too: a model that saw it would look brilliant and be useless) and the five economic figures
(to use them you would have to forecast them first), turns every category into a column of zeros and ones, puts the target
first and writes no header, as SageMaker's built-in XGBoost wants it. Then it shuffles with a seed and splits 70/20/10.

**What to see.** Three files whose rows add up, encrypted with the key of the data although the script never mentions one:
the bucket's default encryption decides. \`sagekeep data fetch\` brings the real file into \`data/\`; without it the step uses
the synthetic stand-in, with as many rows.

**Where older material differs.** The workshop does this in a Studio Classic notebook, with \`SKLearnProcessor\` of the
SageMaker Python SDK. The request is the same: image, command, inputs, outputs, network.`,
  hint: "Nothing to write. If the job completed without output, its image did not run: stop the local cloud and let `sagekeep lab start` start it with the labs' image. `aws logs tail /aws/sagemaker/ProcessingJobs` shows what the script said.",
  async prepare(bench) {
    const studio = await bench.clients(scientist);
    const { file, text } = prepareScript(bench.isLocal ? "node" : "python");
    await studio.call("s3", "PutObject", { Bucket: codeBucket(bench), Key: `${CODE}/${file}`, Body: text });
  },
  async experiments(bench) {
    const name = jobName("prepare");
    const data = dataOf(bench);
    const Bucket = dataBucket(bench);
    const loader = { role: `${bench.platform}-data-loader` };
    const parts = partsOf(rowsOf(data));
    return [
      {
        what: "the loader's role writes the raw data from outside",
        as: loader,
        attempt: attemptTo(`aws s3 cp data/bank-additional-full.csv s3://${Bucket}/${RAW}`, async (on) => {
          await (await on.clients(loader)).call("s3", "PutObject", { Bucket, Key: RAW, Body: data });
          return `${rowsOf(data)} rows`;
        }),
        expect: "allowed",
        why: "the one door through the perimeter for new data",
      },
      {
        what: "and cannot read it back",
        as: loader,
        attempt: call("s3", "GetObject", { Bucket, Key: RAW }),
        expect: "denied",
        why: "a role that both writes and reads from outside would be the way out of the perimeter",
      },
      {
        what: `the data scientist starts the job ${name}`,
        as: scientist,
        attempt: await prepareJob(bench, name),
        expect: "allowed",
        why: "network, volume key, tag and role are the platform's",
      },
      {
        what: "the job completes",
        as: "admin",
        attempt: attemptTo(
          `aws sagemaker describe-processing-job --processing-job-name ${name}`,
          async (on) => {
            const { status, reason } = await follow(on, name);
            demand(status === "Completed", `the job ${status.toLowerCase()}: ${reason}`);
            return "completed";
          },
        ),
        expect: "allowed",
        why: `it read the data and its script through the VPC's endpoints, in ${labImage(bench.region).split("/").pop()}`,
      },
      ...PARTS.map((part) => ({
        what: `${part}.csv has ${parts[part]} rows and is encrypted with the data's key`,
        as: scientist,
        attempt: attemptTo(
          `aws s3api get-object --bucket ${Bucket} --key ${output(name)}/${part}/${part}.csv ${part}.csv`,
          async (on) => {
            const studio = await on.clients(scientist);
            const got = await studio.call("s3", "GetObject", {
              Bucket,
              Key: `${output(name)}/${part}/${part}.csv`,
            });
            const lines = ((await got.Body?.transformToString()) ?? "")
              .split("\n")
              .filter((line) => line !== "");
            demand(lines.length === parts[part], `it has ${lines.length} rows`);
            demand(
              got.ServerSideEncryption === "aws:kms",
              `it is encrypted by ${got.ServerSideEncryption ?? "nothing"}`,
            );
            demand(got.SSEKMSKeyId === (await on.exported("keys:data")), `its key is ${got.SSEKMSKeyId}`);
            return `${lines.length} rows, ${lines[0]?.split(",").length} columns`;
          },
        ),
        expect: "allowed" as const,
        why: "the script names no key: the bucket's default encryption puts it on everything",
      })),
    ];
  },
  async undo(bench) {
    const studio = await bench.clients(scientist);
    for (const [Bucket, Prefix] of [
      [codeBucket(bench), `${CODE}/`],
      [dataBucket(bench), "prepared/"],
      [dataBucket(bench), "raw/"],
    ] as const) {
      const { Contents = [] } = await studio.call("s3", "ListObjectsV2", { Bucket, Prefix });
      for (const { Key } of Contents) await studio.call("s3", "DeleteObject", { Bucket, Key });
    }
  },
};
