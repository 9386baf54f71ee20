/**
 * Parameters that AWS publishes: here the global infrastructure of regions and zones.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
 */
import type { ReadContext } from "../../context.ts";
import { describeRegions, zonesOf } from "../ec2/zones.ts";
import type { ParameterRecord } from "./parameters.ts";

const ROOT = "/aws/service/global-infrastructure";

/** Names of regions as AWS writes them, and where they are: ISO 3166-2. */
const PLACES: Readonly<Record<string, readonly [longName: string, place: string]>> = {
  "af-south-1": ["Africa (Cape Town)", "ZA-WC"],
  "ap-east-1": ["Asia Pacific (Hong Kong)", "CN-HK"],
  "ap-east-2": ["Asia Pacific (Taipei)", "TW-TPE"],
  "ap-northeast-1": ["Asia Pacific (Tokyo)", "JP-13"],
  "ap-northeast-2": ["Asia Pacific (Seoul)", "KR-28"],
  "ap-northeast-3": ["Asia Pacific (Osaka)", "JP-27"],
  "ap-south-1": ["Asia Pacific (Mumbai)", "IN-MH"],
  "ap-south-2": ["Asia Pacific (Hyderabad)", "IN-TG"],
  "ap-southeast-1": ["Asia Pacific (Singapore)", "SG-01"],
  "ap-southeast-2": ["Asia Pacific (Sydney)", "AU-NSW"],
  "ap-southeast-3": ["Asia Pacific (Jakarta)", "ID-JK"],
  "ap-southeast-4": ["Asia Pacific (Melbourne)", "AU-VIC"],
  "ap-southeast-5": ["Asia Pacific (Malaysia)", "MY-14"],
  "ap-southeast-6": ["Asia Pacific (New Zealand)", "NZ-AUK"],
  "ap-southeast-7": ["Asia Pacific (Thailand)", "TH-10"],
  "ca-central-1": ["Canada (Central)", "CA-QC"],
  "ca-west-1": ["Canada West (Calgary)", "CA-AB"],
  "eu-central-1": ["Europe (Frankfurt)", "DE-HE"],
  "eu-central-2": ["Europe (Zurich)", "CH-ZH"],
  "eu-north-1": ["Europe (Stockholm)", "SE-AB"],
  "eu-south-1": ["Europe (Milan)", "IT-MI"],
  "eu-south-2": ["Europe (Spain)", "ES-AR"],
  "eu-west-1": ["Europe (Ireland)", "IE-D"],
  "eu-west-2": ["Europe (London)", "GB-LND"],
  "eu-west-3": ["Europe (Paris)", "FR-75C"],
  "il-central-1": ["Israel (Tel Aviv)", "IL-TA"],
  "me-central-1": ["Middle East (UAE)", "AE-DU"],
  "me-south-1": ["Middle East (Bahrain)", "BH-14"],
  "mx-central-1": ["Mexico (Central)", "MX-QUE"],
  "sa-east-1": ["South America (Sao Paulo)", "BR-SP"],
  "us-east-1": ["US East (N. Virginia)", "US-VA"],
  "us-east-2": ["US East (Ohio)", "US-OH"],
  "us-west-1": ["US West (N. California)", "US-CA"],
  "us-west-2": ["US West (Oregon)", "US-OR"],
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
      values.push([`${ROOT}/regions/${region}/geolocationCountry`, place[1].slice(0, 2)]);
      values.push([`${ROOT}/regions/${region}/geolocationRegion`, place[1]]);
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
