/** Policies on resources: buckets, keys; and the tags that decide. */
import type { Clients } from "../aws/clients.ts";
import type { Gap, ResourceRecord } from "./snapshot.ts";

const absent = new Set(["NoSuchBucketPolicy", "NoSuchTagSet", "NoSuchTagSetError"]);

/** Runs `work`; what AWS says is simply not there is `undefined`, anything else becomes a gap. */
export async function attemptRead<T>(
  gaps: Gap[],
  what: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const { name, message } = error as Error;
    if (!absent.has(name)) gaps.push({ what, why: `${name}: ${message}` });
    return undefined;
  }
}

export async function readBuckets(clients: Clients, account: string, gaps: Gap[]): Promise<ResourceRecord[]> {
  const listed = await attemptRead(gaps, "the list of buckets", () => clients.call("s3", "ListBuckets", {}));
  return Promise.all(
    (listed?.Buckets ?? []).map(async ({ Name: Bucket = "" }) => {
      const policy = await attemptRead(gaps, `the policy of bucket ${Bucket}`, () =>
        clients.call("s3", "GetBucketPolicy", { Bucket }),
      );
      const tags = await attemptRead(gaps, `the tags of bucket ${Bucket}`, () =>
        clients.call("s3", "GetBucketTagging", { Bucket }),
      );
      return {
        arn: `arn:aws:s3:::${Bucket}`,
        account,
        ...(policy?.Policy && { policy: { name: `bucket policy of ${Bucket}`, document: policy.Policy } }),
        ...(tags?.TagSet && {
          tags: Object.fromEntries(tags.TagSet.map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
        }),
      };
    }),
  );
}

export async function readKeys(clients: Clients, account: string, gaps: Gap[]): Promise<ResourceRecord[]> {
  const ids = await attemptRead(gaps, "the list of keys", async () => {
    const all: { id: string; arn: string }[] = [];
    for await (const page of clients.pages("kms", "ListKeys", {}, { in: "Marker", out: "NextMarker" })) {
      all.push(...(page.Keys ?? []).map(({ KeyId = "", KeyArn = "" }) => ({ id: KeyId, arn: KeyArn })));
    }
    return all;
  });
  return Promise.all(
    (ids ?? []).map(async ({ id, arn }) => {
      const policy = await attemptRead(gaps, `the policy of key ${id}`, () =>
        clients.call("kms", "GetKeyPolicy", { KeyId: id, PolicyName: "default" }),
      );
      const grants = await attemptRead(gaps, `the grants of key ${id}`, () =>
        clients.call("kms", "ListGrants", { KeyId: id }),
      );
      return {
        arn,
        account,
        ...(policy?.Policy && { policy: { name: `key policy of ${id}`, document: policy.Policy } }),
        grants: (grants?.Grants ?? []).map((one) => ({
          ...(one.GrantId && { id: one.GrantId }),
          granteePrincipal: one.GranteePrincipal ?? "",
          operations: [...(one.Operations ?? [])],
          constraints: {
            ...(one.Constraints?.EncryptionContextEquals && {
              encryptionContextEquals: one.Constraints.EncryptionContextEquals,
            }),
            ...(one.Constraints?.EncryptionContextSubset && {
              encryptionContextSubset: one.Constraints.EncryptionContextSubset,
            }),
          },
        })),
      };
    }),
  );
}
