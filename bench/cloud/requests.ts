/** The requests that are measured, signed for a server's port. */
import type { RequestHead } from "../../packages/cloud/src/wire/request.ts";
import { signRequest } from "../../packages/cloud/src/wire/sign-request.ts";

/** How much is stored for the last of them. */
export const resources = 100_000;

export interface Request {
  name: string;
  service: string;
  head: Omit<RequestHead, "headers"> & { headers: Record<string, string> };
  body: string;
}
const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
const target = (name: string) => ({ "x-amz-target": name, "content-type": "application/x-amz-json-1.1" });
export const requests: Request[] = [
  {
    name: "sagemaker ListDomains",
    service: "sagemaker",
    head: { method: "POST", url: "/", headers: target("SageMaker.ListDomains") },
    body: "{}",
  },
  {
    name: "sts GetCallerIdentity",
    service: "sts",
    head: { method: "POST", url: "/", headers: form },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  },
  {
    name: "ec2 DescribeVpcs",
    service: "ec2",
    head: { method: "POST", url: "/", headers: form },
    body: "Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=is-default&Filter.1.Value.1=true",
  },
  { name: "s3 ListBuckets", service: "s3", head: { method: "GET", url: "/", headers: {} }, body: "" },
  {
    name: "s3 PutObject, 1 KiB",
    service: "s3",
    head: { method: "PUT", url: "/bench-bucket/some/key", headers: {} },
    body: "x".repeat(1024),
  },
];
/** Before the others, on each server. */
export const createBucket: Request = {
  name: "s3 CreateBucket",
  service: "s3",
  head: { method: "PUT", url: "/bench-bucket", headers: {} },
  body: "",
};
export const getParameter: Request = {
  name: `ssm GetParameter, ${resources} stored`,
  service: "ssm",
  head: { method: "POST", url: "/", headers: target("AmazonSSM.GetParameter") },
  body: '{"Name":"/bench/500/50500"}',
};

/** One whole signed HTTP request. */
export function bytesOf(
  { head, body, service }: Request,
  port: number,
  keys: { accessKeyId: string; secretAccessKey: string },
): Buffer {
  const signed = signRequest({ ...head, headers: { host: `127.0.0.1:${port}`, ...head.headers } }, body, {
    ...keys,
    region: "us-east-1",
    service,
  });
  const lines = Object.entries(signed.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  const length = head.method === "GET" ? "" : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${head.method} ${head.url} HTTP/1.1\r\n${lines.join("")}${length}\r\n${body}`);
}
