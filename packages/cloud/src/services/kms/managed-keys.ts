/** AWS managed keys (`alias/aws/s3` …): made in an account and region when a service first needs one. */
import type { CallContext, ReadContext } from "../../context.ts";
import { managedPolicy } from "./key-policy.ts";
import { generateSymmetric, newKeyId, sealed } from "./material.ts";
import { aliases, type Key, keys } from "./state.ts";

const DESCRIPTIONS: Record<string, string> = {
  ebs: "Default key that protects my EBS volumes when no other key is defined",
  elasticfilesystem: "Default key that protects my EFS filesystems when no other key is defined",
  logs: "Default key that protects my CloudWatch Logs when no other key is defined",
  s3: "Default key that protects my S3 objects when no other key is defined",
  sagemaker: "Default key that protects my SageMaker resources when no other key is defined",
  secretsmanager: "Default key that protects my Secrets Manager data when no other key is defined",
  ssm: "Default key that protects my SSM parameters when no other key is defined",
};
/** Services whose principal's name in `kms:ViaService` is not that of the alias. */
const VIA: Record<string, string> = { ebs: "ec2" };

export const isManagedAlias = (name: string): boolean => name.startsWith("alias/aws/");

/** Makes the managed key behind an alias such as `alias/aws/s3`, if a service asks and there is none. */
export function ensureManagedKey(identifier: string, context: CallContext): void {
  const name = identifier.startsWith("arn:") ? identifier.split(":").slice(5).join(":") : identifier;
  if (!isManagedAlias(name)) return;
  const service = name.slice("alias/aws/".length);
  const account = identifier.startsWith("arn:") ? (identifier.split(":")[4] as string) : context.account;
  const at = context.in(account);
  if (!(service in DESCRIPTIONS) || aliases(at).has(name)) return;
  makeManagedKey(name, service, at);
}

function makeManagedKey(name: string, service: string, at: ReadContext): void {
  const id = newKeyId(false);
  const key: Key = {
    id,
    account: at.account,
    region: at.region,
    created: at.now,
    description: DESCRIPTIONS[service] as string,
    spec: "SYMMETRIC_DEFAULT",
    usage: "ENCRYPT_DECRYPT",
    state: "Enabled",
    origin: "AWS_KMS",
    manager: "AWS",
    policy: managedPolicy(VIA[service] ?? service, at.account, at.region),
    tags: {},
    materials: [sealed(at, id, generateSymmetric().secret, at.now, "generated")],
    rotation: { period: 365, next: at.now + 365 * 86_400_000 },
  };
  at.store.unitOfWork(() => {
    keys(at).put(id, key);
    aliases(at).put(name, { name, keyId: id, created: at.now, updated: at.now });
  });
}
