/**
 * Parameters that AWS publishes: here the global infrastructure of regions and zones.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
 */
import type { ReadContext } from "../../context.ts";
import { describeRegions, zonesOf } from "../ec2/zones.ts";
import type { ParameterRecord } from "./parameters.ts";

const ROOT = "/aws/service/global-infrastructure";

/** Names of regions as AWS writes them, and the countries that they are in. */
const PLACES: Readonly<Record<string, readonly [longName: string, country: string]>> = {
  "af-south-1": ["Africa (Cape Town)", "ZA"],
  "ap-east-1": ["Asia Pacific (Hong Kong)", "HK"],
  "ap-east-2": ["Asia Pacific (Taipei)", "TW"],
  "ap-northeast-1": ["Asia Pacific (Tokyo)", "JP"],
  "ap-northeast-2": ["Asia Pacific (Seoul)", "KR"],
  "ap-northeast-3": ["Asia Pacific (Osaka)", "JP"],
  "ap-south-1": ["Asia Pacific (Mumbai)", "IN"],
  "ap-south-2": ["Asia Pacific (Hyderabad)", "IN"],
  "ap-southeast-1": ["Asia Pacific (Singapore)", "SG"],
  "ap-southeast-2": ["Asia Pacific (Sydney)", "AU"],
  "ap-southeast-3": ["Asia Pacific (Jakarta)", "ID"],
  "ap-southeast-4": ["Asia Pacific (Melbourne)", "AU"],
  "ap-southeast-5": ["Asia Pacific (Malaysia)", "MY"],
  "ap-southeast-6": ["Asia Pacific (New Zealand)", "NZ"],
  "ap-southeast-7": ["Asia Pacific (Thailand)", "TH"],
  "ca-central-1": ["Canada (Central)", "CA"],
  "ca-west-1": ["Canada West (Calgary)", "CA"],
  "eu-central-1": ["Europe (Frankfurt)", "DE"],
  "eu-central-2": ["Europe (Zurich)", "CH"],
  "eu-north-1": ["Europe (Stockholm)", "SE"],
  "eu-south-1": ["Europe (Milan)", "IT"],
  "eu-south-2": ["Europe (Spain)", "ES"],
  "eu-west-1": ["Europe (Ireland)", "IE"],
  "eu-west-2": ["Europe (London)", "GB"],
  "eu-west-3": ["Europe (Paris)", "FR"],
  "il-central-1": ["Israel (Tel Aviv)", "IL"],
  "me-central-1": ["Middle East (UAE)", "AE"],
  "me-south-1": ["Middle East (Bahrain)", "BH"],
  "mx-central-1": ["Mexico (Central)", "MX"],
  "sa-east-1": ["South America (Sao Paulo)", "BR"],
  "us-east-1": ["US East (N. Virginia)", "US"],
  "us-east-2": ["US East (Ohio)", "US"],
  "us-west-1": ["US West (N. California)", "US"],
  "us-west-2": ["US West (Oregon)", "US"],
};

/** When AWS says they were last changed: none of ours, so the same for ever. */
const PUBLISHED = Date.parse("2024-01-01T00:00:00Z");

/** Every public parameter, by name; empty unless `path` may reach one. */
export function publicParameters(path: string, context: ReadContext): ParameterRecord[] {
  if (!path.startsWith("/aws/service")) return [];
  const regions = describeRegions({ AllRegions: true }, context).map((one) => one.RegionName);
  const values: [string, string][] = [];
  for (const region of regions) {
    values.push([`${ROOT}/regions/${region}`, region]);
    values.push([`${ROOT}/regions/${region}/domain`, "amazonaws.com"]);
    values.push([`${ROOT}/regions/${region}/partition`, "aws"]);
    const place = PLACES[region];
    if (place) {
      values.push([`${ROOT}/regions/${region}/longName`, place[0]]);
      values.push([`${ROOT}/regions/${region}/geolocationCountry`, place[1]]);
    }
    for (const { name, id } of zonesOf(region)) {
      values.push([`${ROOT}/availability-zones/${id}`, id]);
      values.push([`${ROOT}/regions/${region}/availability-zones/${id}`, id]);
      values.push([`${ROOT}/regions/${region}/availability-zones/${id}/name`, name]);
    }
  }
  values.sort(([a], [b]) => (a < b ? -1 : 1));
  return values.map(([name, value]) => ({
    name,
    tags: {},
    versions: [
      {
        version: 1,
        type: "String",
        value,
        tier: "Standard",
        policies: [],
        dataType: "text",
        labels: [],
        modified: PUBLISHED,
        modifiedBy: "AWS",
      },
    ],
  }));
}
