/** Lab 2: who reads what, wherever it is copied to. */
import type { Lab } from "../../model.ts";
import { introduction } from "./introduction.ts";
import { quiz } from "./quiz.ts";
import { furtherReading } from "./reading.ts";
import { accessPoints } from "./steps/access-points.ts";
import { ownEnvironment, sharedByTeam, teamReads } from "./steps/artifacts.ts";
import { bucketPerimeter } from "./steps/bucket-perimeter.ts";
import { domainIsolation, foreignDomain, ownDomain } from "./steps/domains.ts";
import { keyPolicy } from "./steps/key-policy.ts";
import { publicModels } from "./steps/public-models.ts";
import { intendedBucket, otherBuckets, s3Endpoint } from "./steps/s3-endpoint.ts";
import { teamIsolation } from "./steps/team-isolation.ts";
import { createWithTag, listsShowAll, noRetagging, tagOwnJob, useOwnJobs } from "./steps/team-tags.ts";
import { transportAndEncryption } from "./steps/transport-and-encryption.ts";
import { volumeKey } from "./steps/volume-key.ts";

export const lab: Lab = {
  slug: "02-data-protection",
  number: 2,
  title: "Data protection and isolation",
  minutes: 75,
  introduction,
  steps: [
    volumeKey,
    transportAndEncryption,
    keyPolicy,
    s3Endpoint,
    intendedBucket,
    otherBuckets,
    bucketPerimeter,
    publicModels,
    accessPoints,
    tagOwnJob,
    createWithTag,
    useOwnJobs,
    noRetagging,
    listsShowAll,
    teamIsolation,
    foreignDomain,
    ownDomain,
    domainIsolation,
    ownEnvironment,
    sharedByTeam,
    teamReads,
  ],
  quiz,
  furtherReading,
};
