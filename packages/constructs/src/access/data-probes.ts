/** Buckets, folders and data sets. */

import { isShutOut, type Platform, readersOf } from "@sagekeep/spec";
import type { UserReadout } from "../output.ts";
import { readout } from "../readout.ts";
import { because, type Can, type Probe } from "./probe.ts";

export function dataProbes(platform: Platform, user: UserReadout, can: Can): Probe[] {
  const { defaultBucket, data } = readout(platform);
  const team = user.team;
  const shut = isShutOut(platform.network, platform.controls.perimeter.data);
  const inside = (allowed: boolean, why: string) => ({
    allowed: allowed && !shut,
    why: shut ? "buckets answer inside the network only, and no endpoint leads there" : why,
  });
  const probes: Probe[] = [
    {
      action: "s3:ListAllMyBuckets",
      describe: "list all buckets of the account",
      request: { service: "s3", operation: "ListBuckets", input: {} },
      allowed: false,
      why: "buckets are used by name, not listed",
    },
    {
      action: "s3:CreateBucket",
      describe: "create a bucket",
      request: {
        service: "s3",
        operation: "CreateBucket",
        input: { Bucket: `${platform.name}-sagekeep-check-${platform.account}` },
      },
      undo: {
        service: "s3",
        operation: "DeleteBucket",
        input: { Bucket: `${platform.name}-sagekeep-check-${platform.account}` },
      },
      allowed: false,
      why: "data stays in the platform's buckets",
    },
    {
      action: "s3:PutObject",
      describe: "write to the team's folder of the default bucket",
      request: {
        service: "s3",
        operation: "PutObject",
        input: { Bucket: defaultBucket, Key: `${team}/sagekeep-check`, Body: "check" },
      },
      undo: {
        service: "s3",
        operation: "DeleteObject",
        input: { Bucket: defaultBucket, Key: `${team}/sagekeep-check` },
      },
      ...inside(can("data"), because(can, "data")),
    },
    {
      action: "s3:PutObject",
      describe: "write to another folder of the default bucket",
      request: {
        service: "s3",
        operation: "PutObject",
        input: { Bucket: defaultBucket, Key: "sagekeep-check-nobody/x", Body: "check" },
      },
      undo: {
        service: "s3",
        operation: "DeleteObject",
        input: { Bucket: defaultBucket, Key: "sagekeep-check-nobody/x" },
      },
      allowed: false,
      why: "a team writes to its own folder only",
    },
  ];
  const own = platform.data.filter((one) => readersOf(one).includes(team));
  const others = platform.data.filter((one) => !readersOf(one).includes(team));
  for (const one of [...own.slice(0, 1), ...others.slice(0, 1)]) {
    const bucket = data.find((read) => read.name === one.name)!.bucket;
    const shared = readersOf(one).includes(team);
    probes.push({
      action: "s3:ListBucket",
      describe: `list data set ${one.name}`,
      request: { service: "s3", operation: "ListObjectsV2", input: { Bucket: bucket, MaxKeys: 1 } },
      ...inside(
        shared && can("data"),
        shared ? `${team} may read it and ${because(can, "data")}` : `${one.name} is not shared with ${team}`,
      ),
    });
  }
  return probes;
}
