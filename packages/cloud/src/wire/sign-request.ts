/** Test and bench support: signs a request head with Signature Version 4. */
import { createHmac } from "node:crypto";
import type { RequestHead } from "./request.ts";
import { splitTarget } from "./request.ts";
import { sha256 } from "./sigv4.ts";

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: string;
}

/** Adds x-amz-date and authorization to a head. The query must be in canonical form. */
export function signRequest(
  head: RequestHead,
  body: string | Uint8Array,
  signer: Signer,
  now = Date.now(),
): RequestHead {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const { accessKeyId, secretAccessKey, region, service } = signer;
  const headers: Record<string, string> = { ...(head.headers as Record<string, string>), "x-amz-date": date };
  if (signer.sessionToken) headers["x-amz-security-token"] = signer.sessionToken;
  if (service === "s3") headers["x-amz-content-sha256"] ??= sha256(body);
  const names = Object.keys(headers)
    .filter((name) => name === "host" || name === "content-type" || name.startsWith("x-amz-"))
    .sort();
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const { path, query } = splitTarget(head.url);
  const lines = names
    .map((name) => `${name}:${(headers[name] as string).trim().replace(/ +/g, " ")}\n`)
    .join("");
  const canonical = `${head.method}\n${path}\n${query}\n${lines}\n${names.join(";")}\n${headers["x-amz-content-sha256"] ?? sha256(body)}`;
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key)
    .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`)
    .digest("hex");
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...head, headers };
}
