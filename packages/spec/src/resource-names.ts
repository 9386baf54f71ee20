/**
 * The names of what a platform creates. One place, because policies, templates, checks and clean-up must agree.
 *
 * Account and Region are part of bucket names (they are global); role names carry platform and team.
 */

import type { Workload } from "./capabilities.ts";

/** Execution role of a team's persona: `bank-marketing-team-a-data-scientist`. */
export function roleName(platform: string, team: string, persona: string): string {
  return `${platform}-${team}-${persona}`;
}

/** Role that a team's jobs of one kind run under: `bank-marketing-team-a-training-job`. */
export function jobRoleName(platform: string, team: string, workload: Workload): string {
  return `${platform}-${team}-${workload}-job`;
}

/** Default execution role of a domain: read-only. */
export function domainRoleName(platform: string, domain: string): string {
  return `${platform}-${domain}-default`;
}

/** Bucket of a data set. */
export function bucketName(platform: string, data: string, account: string, region: string): string {
  return `${platform}-${data}-${account}-${region}`;
}

/** The data-set-like name of the bucket that receives access logs. */
export const LOG_BUCKET = "access-logs";

/** A team's access point on a data set: `bank-marketing-marketing-team-a`. */
export function accessPointName(platform: string, data: string, team: string): string {
  return `${platform}-${data}-${team}`;
}

/** The bucket the SageMaker SDK uses when none is named. */
export function defaultBucketName(account: string, region: string): string {
  return `sagemaker-${region}-${account}`;
}

/** Path of the platform's own SSM parameters. */
export function parameterName(platform: string, name: string): string {
  return `/sagekeep/${platform}/${name}`;
}
