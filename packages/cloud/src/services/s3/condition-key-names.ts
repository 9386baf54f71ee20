/**
 * Condition keys of S3 that a bucket's policy may name: those of the service authorization reference.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
 */
import { service } from "@sagekeep/policy";

/** Names in lower case; those that go on with the key of a tag, up to the slash. */
let known: ReadonlySet<string> | undefined;

/** Whether a policy may use this key; those of other services are not S3's to judge. */
export function isConditionKey(key: string): boolean {
  const lower = key.toLowerCase();
  if (!lower.startsWith("s3:")) return true;
  known ??= new Set([...(service("s3")?.keys.keys() ?? [])].map((name) => name.replace(/\/.*/, "/")));
  const slash = lower.indexOf("/");
  return known.has(slash === -1 ? lower : lower.slice(0, slash + 1)) && !lower.endsWith("/");
}
