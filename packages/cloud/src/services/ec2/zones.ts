/** Regions of the `aws` partition and their availability zones. Which letter is which zone differs from account to account on AWS. */

import type { ReadContext } from "../../context.ts";
import { badParameter } from "./errors.ts";
import { type Filter, predicate } from "./filters.ts";

/** Region → its code in zone ids, letters of its zones, whether an account must opt in. */
const REGIONS: Record<string, readonly [code: string, letters: string, optIn?: true]> = {
  "af-south-1": ["afs1", "abc", true],
  "ap-east-1": ["ape1", "abc", true],
  "ap-east-2": ["ape2", "abc", true],
  "ap-northeast-1": ["apne1", "acd"],
  "ap-northeast-2": ["apne2", "abcd"],
  "ap-northeast-3": ["apne3", "abc"],
  "ap-south-1": ["aps1", "abc"],
  "ap-south-2": ["aps2", "abc", true],
  "ap-southeast-1": ["apse1", "abc"],
  "ap-southeast-2": ["apse2", "abc"],
  "ap-southeast-3": ["apse3", "abc", true],
  "ap-southeast-4": ["apse4", "abc", true],
  "ap-southeast-5": ["apse5", "abc", true],
  "ap-southeast-6": ["apse6", "abc", true],
  "ap-southeast-7": ["apse7", "abc", true],
  "ca-central-1": ["cac1", "abd"],
  "ca-west-1": ["caw1", "abc", true],
  "eu-central-1": ["euc1", "abc"],
  "eu-central-2": ["euc2", "abc", true],
  "eu-north-1": ["eun1", "abc"],
  "eu-south-1": ["eus1", "abc", true],
  "eu-south-2": ["eus2", "abc", true],
  "eu-west-1": ["euw1", "abc"],
  "eu-west-2": ["euw2", "abc"],
  "eu-west-3": ["euw3", "abc"],
  "il-central-1": ["ilc1", "abc", true],
  "me-central-1": ["mec1", "abc", true],
  "me-south-1": ["mes1", "abc", true],
  "mx-central-1": ["mxc1", "abc", true],
  "sa-east-1": ["sae1", "abc"],
  "us-east-1": ["use1", "abcdef"],
  "us-east-2": ["use2", "abc"],
  "us-west-1": ["usw1", "ac"],
  "us-west-2": ["usw2", "abcd"],
};

export interface Zone {
  name: string;
  id: string;
}

/** Zones of a region, by name; an unknown region is given three. */
export function zonesOf(region: string): Zone[] {
  const [code, letters] = REGIONS[region] ?? [region.replaceAll("-", ""), "abc"];
  return [...letters].map((letter) => ({
    name: `${region}${letter}`,
    id: `${code}-az${letter.charCodeAt(0) - 96}`,
  }));
}

export function describeRegions(
  input: {
    Filters?: Filter[] | undefined;
    RegionNames?: string[] | undefined;
    AllRegions?: boolean | undefined;
  },
  context: ReadContext,
) {
  const known = Object.entries(REGIONS).map(([name, [, , optIn]]) => ({
    RegionName: name,
    Endpoint: `ec2.${name}.amazonaws.com`,
    OptInStatus: optIn ? "not-opted-in" : "opt-in-not-required",
  }));
  for (const name of input.RegionNames ?? []) {
    if (!known.some((one) => one.RegionName === name)) {
      throw badParameter("regionNames", name, "No such region.");
    }
  }
  const holds = predicate<(typeof known)[number]>(
    input.Filters,
    {
      endpoint: (one) => one.Endpoint,
      "region-name": (one) => one.RegionName,
      "opt-in-status": (one) => one.OptInStatus,
    },
    undefined,
    context,
  );
  return known.filter(
    (one) =>
      (input.RegionNames?.length
        ? input.RegionNames.includes(one.RegionName)
        : input.AllRegions ||
          one.OptInStatus === "opt-in-not-required" ||
          one.RegionName === context.region) && holds(one),
  );
}

interface ZonesInput {
  Filters?: Filter[] | undefined;
  ZoneNames?: string[] | undefined;
  ZoneIds?: string[] | undefined;
}

export function describeZones(input: ZonesInput, context: ReadContext) {
  const region = context.region;
  const known = zonesOf(region).map(({ name, id }) => ({
    OptInStatus: "opt-in-not-required" as const,
    Messages: [],
    RegionName: region,
    ZoneName: name,
    ZoneId: id,
    GroupName: `${region}-zg-1`,
    GroupLongName: region,
    NetworkBorderGroup: region,
    ZoneType: "availability-zone",
    State: "available" as const,
  }));
  for (const name of input.ZoneNames ?? []) {
    if (!known.some((one) => one.ZoneName === name)) {
      throw badParameter("availabilityZone", name, "No such availability zone.");
    }
  }
  for (const id of input.ZoneIds ?? []) {
    if (!known.some((one) => one.ZoneId === id))
      throw badParameter("zoneId", id, "No such availability zone.");
  }
  const holds = predicate<(typeof known)[number]>(
    input.Filters,
    {
      "group-name": (one) => one.GroupName,
      "group-long-name": (one) => one.GroupLongName,
      message: () => undefined,
      "opt-in-status": (one) => one.OptInStatus,
      "parent-zone-id": () => undefined,
      "parent-zone-name": () => undefined,
      "region-name": (one) => one.RegionName,
      state: (one) => one.State,
      "zone-id": (one) => one.ZoneId,
      "zone-name": (one) => one.ZoneName,
      "zone-type": (one) => one.ZoneType,
    },
    undefined,
    context,
  );
  return known.filter(
    (one) =>
      (!input.ZoneNames?.length || input.ZoneNames.includes(one.ZoneName)) &&
      (!input.ZoneIds?.length || input.ZoneIds.includes(one.ZoneId)) &&
      holds(one),
  );
}
