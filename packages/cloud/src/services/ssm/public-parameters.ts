/**
 * Parameters that AWS publishes: here the global infrastructure of regions and zones.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
 */
import type { ReadContext } from "../../context.ts";
import { describeRegions, zonesOf } from "../ec2/zones.ts";
import type { ParameterRecord } from "./parameters.ts";

const ROOT = "/aws/service/global-infrastructure";

/** When AWS says they were last changed: none of ours, so the same for ever. */
const PUBLISHED = Date.parse("2024-01-01T00:00:00Z");

/** Every public parameter, by name; empty unless `path` may reach one. */
export function publicParameters(path: string, context: ReadContext): ParameterRecord[] {
  if (!path.startsWith("/aws/service")) return [];
  const regions = describeRegions({ AllRegions: true }, context).map((one) => one.RegionName);
  const values: [string, string][] = [];
  for (const region of regions) {
    values.push([`${ROOT}/regions/${region}`, region]);
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
