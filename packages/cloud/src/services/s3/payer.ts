/**
 * Requester Pays: who is not the owner of such a bucket says with each request that they pay for it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html
 */
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable, FinishedCall } from "../../service.ts";
import { accessDenied } from "./errors.ts";
import { buckets } from "./state.ts";

/** Operations that cost something: those that take `x-amz-request-payer`. */
const PAID = [
  "AbortMultipartUpload",
  "CompleteMultipartUpload",
  "CopyObject",
  "CreateMultipartUpload",
  "DeleteObject",
  "DeleteObjects",
  "GetObject",
  "GetObjectAcl",
  "GetObjectAttributes",
  "GetObjectLegalHold",
  "GetObjectRetention",
  "GetObjectTagging",
  "HeadObject",
  "ListMultipartUploads",
  "ListObjects",
  "ListObjectsV2",
  "ListObjectVersions",
  "ListParts",
  "PutObject",
  "PutObjectAcl",
  "PutObjectLegalHold",
  "PutObjectRetention",
  "PutObjectTagging",
  "RestoreObject",
  "UploadPart",
  "UploadPartCopy",
];

interface PaidInput {
  Bucket?: string;
  RequestPayer?: string;
}

/** Whether a request to this bucket is the requester's to pay. */
function isRequesters({ Bucket: name }: PaidInput, context: ReadContext): boolean {
  const bucket = buckets(context).get(name ?? "");
  const payment = bucket?.kept?.payment?.[""] as { Payer?: string } | undefined;
  if (payment?.Payer !== "Requester") return false;
  return isNobody(context) || bucket?.account !== context.caller.account;
}

/** Who pays is known: nobody in particular cannot. */
const isNobody = ({ caller }: ReadContext): boolean => caller.principal.kind === "anonymous";

/** The rules, with what Requester Pays asks besides. @throws AccessDenied */
export function paid(rules: AuthorizationTable): AuthorizationTable {
  const changed = PAID.flatMap((operation) => {
    const rule = rules[operation];
    if (!rule) return [];
    const asking: AuthorizationRule<PaidInput> = (input, context) => {
      const agrees = input.RequestPayer === "requester" && !isNobody(context);
      if (!agrees && isRequesters(input, context)) throw accessDenied();
      return rule(input as never, context);
    };
    return [[operation, asking] as const];
  });
  return { ...rules, ...Object.fromEntries(changed) };
}

/** `x-amz-request-charged`, on what the requester has paid. */
export function tellCharge({ context, input }: FinishedCall): void {
  const given = input as PaidInput;
  if (given.RequestPayer !== "requester" || !PAID.includes(context.operation)) return;
  if (isRequesters(given, context)) context.responseHeaders["x-amz-request-charged"] = "requester";
}
