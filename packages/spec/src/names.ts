/**
 * The names AWS accepts, as patterns with the words to say so.
 *
 * Sources: SageMaker API reference (DomainName, UserProfileName, SpaceName), IAM (role names, 64 characters),
 * Amazon S3 (bucket naming rules), AWS account ids, Regions.
 */

export interface NameRule {
  readonly pattern: RegExp;
  /** What is expected, in words. */
  readonly expected: string;
}

/** Names that become part of role and bucket names: lower case, so that S3 takes them. */
export const SLUG: NameRule = {
  pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  expected: "lower-case letters, digits and single hyphens, starting with a letter",
};

/** SageMaker's own rule for domain, user profile and space names. */
export const SAGEMAKER_NAME: NameRule = {
  pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
  expected: "1 to 63 letters, digits and hyphens, starting and ending with a letter or digit",
};

export const ACCOUNT: NameRule = { pattern: /^\d{12}$/, expected: "12 digits in quotes" };

export const REGION: NameRule = {
  pattern:
    /^(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/,
  expected: "an AWS Region such as `us-east-1`",
};

export const INSTANCE_TYPE: NameRule = {
  pattern: /^(ml\.[a-z0-9-]+\.([a-z0-9]+|metal(-\d+xl)?)|system)$/,
  expected: "a SageMaker instance type such as `ml.m5.large`",
};

/** The partition a Region belongs to. */
export function partitionOf(region: string): "aws" | "aws-cn" | "aws-us-gov" {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The DNS suffix of service principals and host names in a Region. */
export function dnsSuffixOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}
