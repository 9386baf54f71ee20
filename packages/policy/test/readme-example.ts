import { action, expandActions, matchWildcard, parsePolicy } from "@sagekeep/policy";

const source = `{
  "Version": "2012-10-17",
  "Statement": { "Effect": "Allow", "Action": "s3:GetObjct", "Resource": "arn:aws:s3:::bank/*" }
}`;
export const { errors, warnings } = parsePolicy(source, { kind: "identity" });
// warnings[0]: $.Statement.Action, "unknown action `s3:GetObjct`", help "did you mean `s3:GetObject`?"

export const listing = action("sagemaker:ListUserProfiles")?.wildcardOnly; // true: only `Resource: *` covers it
export const reads = expandActions("s3:GetBucketPol*"); // ["s3:GetBucketPolicy", "s3:GetBucketPolicyStatus"]
export const matches = matchWildcard("bank/*/raw", "bank/2026/11/raw"); // true: `*` crosses `/`
