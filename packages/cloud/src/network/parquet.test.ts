/** What is written is read by DuckDB, which stands for everybody who queries flow logs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, expect, it } from "vitest";
import { startCloud } from "../cloud.ts";
import { flushFlows, recordFlows } from "./flow-records.ts";
import { type Column, type Row, writeParquet } from "./parquet.ts";
import { resolvePath } from "./resolve.ts";

const folder = mkdtempSync(join(tmpdir(), "sagekeep-parquet-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function ask(file: Buffer, question: string): Promise<unknown[]> {
  const path = join(folder, `${Math.random()}.parquet`);
  writeFileSync(path, file);
  const connection = await (await DuckDBInstance.create()).connect();
  const answer = await connection.runAndReadAll(question.replace("FILE", `'${path}'`));
  connection.closeSync();
  return answer.getRowsJson();
}

it("numbers, texts, and what is not there", async () => {
  const columns: Column[] = [
    { name: "small", type: "int32" },
    { name: "large", type: "int64" },
    { name: "text", type: "string" },
    ...Array.from({ length: 20 }, (_, at): Column => ({ name: `more_${at}`, type: "string" })),
  ];
  const more = Array.from({ length: 20 }, (_, at) => (at === 19 ? "ü" : undefined));
  const rows = Array.from(
    { length: 1001 },
    (_, at): Row => [at, 1_800_000_000_000 + at, at % 2 ? `t${at}` : undefined, ...more],
  );
  const sums =
    "SELECT count(*), sum(small), max(large), count(text), max(text), count(more_0), min(more_19) FROM FILE";
  expect(await ask(writeParquet(columns, rows), sums)).toEqual([
    ["1001", "500500", "1800000001000", "500", "t999", "0", "ü"],
  ]);
  expect(await ask(writeParquet(columns, []), "SELECT count(*) FROM FILE")).toEqual([["0"]]);
});

it("flow logs in Parquet have columns by the names of their fields", async () => {
  const cloud = await startCloud();
  const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
  const VpcId = (await ec2("CreateVpc", { CidrBlock: "10.0.0.0/16" })).Vpc.VpcId;
  const SubnetId = (await ec2("CreateSubnet", { VpcId, CidrBlock: "10.0.0.0/24" })).Subnet.SubnetId;
  const eni = (await ec2("CreateNetworkInterface", { SubnetId })).NetworkInterface.NetworkInterfaceId;
  const Bucket = "parquet-flows";
  await cloud.call("s3", "CreateBucket", { Bucket });
  await ec2("CreateFlowLogs", {
    ResourceIds: [VpcId],
    ResourceType: "VPC",
    TrafficType: "ALL",
    LogDestinationType: "s3",
    LogDestination: `arn:aws:s3:::${Bucket}`,
    LogFormat: "${version} ${interface-id} ${dstport} ${start} ${action} ${instance-id} ${traffic-path}",
    DestinationOptions: { FileFormat: "parquet", HiveCompatiblePartitions: true, PerHourPartition: true },
  });
  await expect
    .poll(() =>
      cloud.call("s3", "GetBucketPolicy", { Bucket }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  const context = cloud.runtime.within(cloud.account, cloud.region);
  recordFlows(cloud.runtime, resolvePath(context, eni, { service: "sts" }).flows);
  await flushFlows(cloud.runtime);
  const { Contents } = await cloud.call("s3", "ListObjectsV2", { Bucket });
  expect(Contents[0].Key).toMatch(
    /^AWSLogs\/aws-account-id=111122223333\/aws-service=vpcflowlogs\/aws-region=us-east-1\/year=\d{4}\/month=\d\d\/day=\d\d\/hour=\d\d\/111122223333_vpcflowlogs_us-east-1_fl-\w+_\d{8}T\d{4}Z_\w+\.log\.parquet$/,
  );
  const { Body } = await cloud.call("s3", "GetObject", { Bucket, Key: Contents[0].Key });
  const chunks: Uint8Array[] = [];
  for await (const chunk of Body) chunks.push(chunk);
  const question =
    "SELECT version, interface_id, dstport, start > 0, action, instance_id, typeof(start) FROM FILE";
  expect(await ask(Buffer.concat(chunks), question)).toEqual([[5, eni, 443, true, "ACCEPT", null, "BIGINT"]]);
  await cloud.close();
});
