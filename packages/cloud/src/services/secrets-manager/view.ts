/** A secret as DescribeSecret and ListSecrets show it: never its value. */
import type { SecretListEntry } from "@aws-sdk/client-secrets-manager";
import { type Found, secretArn } from "./state.ts";
import { stagesById } from "./versions.ts";

export const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const date = (time: number | undefined): Date | undefined =>
  time === undefined ? undefined : new Date(time);

/** What both say alike; members without a value are left out. */
export function view({ secret, at }: Found) {
  const stages = stagesById(secret);
  const common: Omit<SecretListEntry, "SecretVersionsToStages"> = {
    ARN: secretArn(at, secret),
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    LastChangedDate: date(secret.changed),
    LastAccessedDate: date(secret.accessed),
    DeletedDate: date(secret.deletion?.asked),
    Tags: secret.tags && tagList(secret.tags),
    CreatedDate: date(secret.created),
    PrimaryRegion: secret.primaryRegion,
  };
  return { common, stages };
}
