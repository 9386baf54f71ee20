/** Kinds: what instances are launched with, key pairs and launch templates. */
import type { Kind } from "../kind.ts";
import { isMalformed } from "../malformed.ts";
import type * as R from "../records.ts";

export const keyPairs: Kind<R.KeyPairRecord> = {
  type: "key-pair",
  prefix: "key",
  notFoundCode: "InvalidKeyPair.NotFound",
  notFound: (...ids) =>
    ids.length > 1
      ? `The key pairs '${ids.join(", ")}' do not exist`
      : `The key pair '${ids[0]}' does not exist`,
  filters: {
    "key-pair-id": (one) => one.id,
    fingerprint: (one) => one.fingerprint,
    "key-name": (one) => one.name,
  },
  conditions: (one) => ({ "ec2:KeyPairName": one.name, "ec2:KeyPairType": one.type }),
};

export const launchTemplates: Kind<R.LaunchTemplateRecord> = {
  type: "launch-template",
  prefix: "lt",
  notFoundCode: "InvalidLaunchTemplateId.NotFound",
  notFound: (id) => `The specified launch template, with template ID ${id}, does not exist.`,
  malformed: isMalformed("InvalidLaunchTemplateId.Malformed", "lt", "launch template"),
  filters: {
    "create-time": (one) => new Date(one.versions[0]?.created ?? 0).toISOString(),
    "launch-template-name": (one) => one.name,
  },
};
