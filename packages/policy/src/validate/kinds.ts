/**
 * What each kind of policy must, may and must not have, and how large it may be.
 *
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html,
 * https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
import type { PolicyKind } from "../document.ts";

/** A size quota: how characters are counted and how many there may be. */
export interface SizeQuota {
  readonly most: number;
  /** IAM does not count whitespace; the other services count what they store. */
  readonly countsWhitespace: boolean;
  readonly what: string;
}

/** The grammar of a kind of policy. */
export interface KindRules {
  readonly what: string;
  readonly principal: "required" | "forbidden" | "everybody" | "optional";
  readonly notPrincipal: boolean;
  readonly resource: "required" | "forbidden";
  readonly size: SizeQuota | undefined;
}

function iam(most: number, what: string): SizeQuota {
  return { most, countsWhitespace: false, what };
}

function stored(most: number, what: string): SizeQuota {
  return { most, countsWhitespace: true, what };
}

const identity = { principal: "forbidden", notPrincipal: false, resource: "required" } as const;
const resource = { principal: "required", notPrincipal: true, resource: "required" } as const;

export const kindRules: Readonly<Record<PolicyKind, KindRules>> = {
  identity: { ...identity, what: "an identity policy", size: iam(6144, "a managed policy") },
  inline: { ...identity, what: "an inline policy", size: iam(10_240, "all inline policies of a role") },
  boundary: { ...identity, what: "a permissions boundary", size: iam(6144, "a managed policy") },
  session: { ...identity, what: "a session policy", size: stored(2048, "a session policy") },
  scp: { ...identity, what: "a service control policy", size: stored(5120, "a service control policy") },
  rcp: {
    what: "a resource control policy",
    principal: "everybody",
    notPrincipal: false,
    resource: "required",
    size: stored(5120, "a resource control policy"),
  },
  resource: { ...resource, what: "a resource policy", size: undefined },
  bucket: { ...resource, what: "a bucket policy", size: stored(20_480, "a bucket policy") },
  accessPoint: {
    ...resource,
    what: "an access point policy",
    size: stored(20_480, "an access point policy"),
  },
  key: { ...resource, what: "a key policy", size: stored(32_768, "a key policy") },
  trust: {
    what: "a trust policy",
    principal: "required",
    notPrincipal: false,
    resource: "forbidden",
    size: iam(2048, "a trust policy (by default)"),
  },
  endpoint: {
    what: "an endpoint policy",
    principal: "optional",
    notPrincipal: true,
    resource: "required",
    size: stored(20_480, "an endpoint policy"),
  },
};
