/** One key for Studio's storage, one for job volumes, one for data. */

import { parameterName } from "@sagekeep/spec";
import { CfnAlias, CfnKey } from "aws-cdk-lib/aws-kms";
import { CfnParameter } from "aws-cdk-lib/aws-ssm";
import { CfnDeletionPolicy } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { KEY_PURPOSES, type KeyPurpose, keyPolicy } from "../policies/keys.ts";
import { logical, PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

const ABOUT: Readonly<Record<KeyPurpose, string>> = {
  studio: "home directories and space volumes",
  jobs: "volumes of jobs",
  data: "data buckets",
};

export class KeysStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "keys", { ...props, summary: "keys for Studio's storage, job volumes and data" });
    for (const purpose of KEY_PURPOSES) this.#key(purpose);
  }

  #key(purpose: KeyPurpose): void {
    const { name, tags } = this.platform;
    const id = `${logical(purpose)}Key`;
    const key = new CfnKey(this, id, {
      description: `${name}: ${ABOUT[purpose]}`,
      enableKeyRotation: true,
      pendingWindowInDays: 30,
      keyPolicy: keyPolicy(this.arns, purpose),
      tags: this.labels({ purpose }),
    });
    this.explain(key, { wildcards: { "*": "in a key policy `*` is the key itself" } });
    // INVARIANT (no data lost by a rename): what a key encrypts may outlive its stack; volumes of jobs do not.
    const policy = purpose === "jobs" ? CfnDeletionPolicy.DELETE : CfnDeletionPolicy.RETAIN;
    key.cfnOptions.deletionPolicy = policy;
    key.cfnOptions.updateReplacePolicy = policy;
    new CfnAlias(this, `${id}Alias`, { aliasName: `alias/${name}-${purpose}`, targetKeyId: key.attrKeyId });
    new CfnParameter(this, `${id}Parameter`, {
      name: parameterName(name, `${purpose}-key-arn`),
      type: "String",
      value: key.attrArn,
      description: `key of ${ABOUT[purpose]}`,
      tags: { ...tags, platform: name },
    });
    this.hand(`keys:${purpose}`, key.attrArn, `key of ${ABOUT[purpose]}`);
  }
}
