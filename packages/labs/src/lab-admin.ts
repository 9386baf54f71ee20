/**
 * The labs' administrator on the local cloud: an IAM user. Experiments assume roles and AWS lets no root user do that,
 * so the labs are never played as root, here or anywhere.
 */
import type { Clients, Credentials } from "@sagekeep/toolkit";

export const labAdminName = "sagekeep-lab-admin";
const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
const missing = (error: unknown) => (error as Error).name === "NoSuchEntityException";

/**
 * Makes the user when there is none and gives it a new access key. Safe to run again: older keys of the user are
 * removed, so that a lost key never fills the quota of two.
 */
export async function makeLabAdmin(root: Clients): Promise<Credentials> {
  const UserName = labAdminName;
  try {
    await root.call("iam", "GetUser", { UserName });
  } catch (error) {
    if (!missing(error)) throw error;
    await root.call("iam", "CreateUser", {
      UserName,
      Tags: [{ Key: "sagekeep:lab", Value: "administrator" }],
    });
  }
  await root.call("iam", "AttachUserPolicy", { UserName, PolicyArn });
  const { AccessKeyMetadata } = await root.call("iam", "ListAccessKeys", { UserName });
  for (const { AccessKeyId } of AccessKeyMetadata ?? [])
    await root.call("iam", "DeleteAccessKey", { UserName, AccessKeyId });
  const { AccessKey } = await root.call("iam", "CreateAccessKey", { UserName });
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

/** Removes the user with its keys. Nothing happens when there is none. */
export async function removeLabAdmin(root: Clients): Promise<void> {
  const UserName = labAdminName;
  try {
    const { AccessKeyMetadata } = await root.call("iam", "ListAccessKeys", { UserName });
    for (const { AccessKeyId } of AccessKeyMetadata ?? [])
      await root.call("iam", "DeleteAccessKey", { UserName, AccessKeyId });
    await root.call("iam", "DetachUserPolicy", { UserName, PolicyArn }).catch(() => {});
    await root.call("iam", "DeleteUser", { UserName });
  } catch (error) {
    if (!missing(error)) throw error;
  }
}
