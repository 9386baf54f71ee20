/**
 * What a resource configuration of each type must and must not say. `Unexpected attribute customDomainName for type
 * GROUP` is AWS's (issue 46023 of Terraform's provider quotes it).
 * https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
 */
import type { CreateResourceConfigurationCommandInput as Input } from "@aws-sdk/client-vpc-lattice";
import { parseIp } from "../../network/cidr.ts";
import { invalid, unsupported } from "./errors.ts";
import type { ResourceConfigurationRecord } from "./records.ts";

type Type = ResourceConfigurationRecord["type"];

const NEEDED: Record<Type, readonly (keyof Input)[]> = {
  SINGLE: ["resourceGatewayIdentifier", "resourceConfigurationDefinition"],
  GROUP: ["resourceGatewayIdentifier"],
  CHILD: ["resourceConfigurationGroupIdentifier", "resourceConfigurationDefinition"],
};
const REFUSED: Record<Type, readonly (keyof Input)[]> = {
  SINGLE: ["resourceConfigurationGroupIdentifier", "groupDomain"],
  GROUP: [
    "resourceConfigurationGroupIdentifier",
    "resourceConfigurationDefinition",
    "portRanges",
    "customDomainName",
  ],
  CHILD: ["groupDomain"],
};

/** @throws AwsError for what does not fit the type, or what nobody here could reach */
export function checkShape(input: Partial<Input>): Type {
  const type = input.type;
  if (type === "ARN" || input.resourceConfigurationDefinition?.arnResource) {
    throw unsupported("A resource configuration of type ARN");
  }
  if (input.domainVerificationIdentifier) throw unsupported("Domain verification");
  if (type !== "SINGLE" && type !== "GROUP" && type !== "CHILD")
    throw invalid(`Invalid type ${type}`, "type");
  for (const name of REFUSED[type]) {
    if (input[name] !== undefined) throw invalid(`Unexpected attribute ${name} for type ${type}`);
  }
  for (const name of NEEDED[type]) {
    if (input[name] === undefined) throw invalid(`Missing attribute ${name} for type ${type}`);
  }
  return type;
}

/** @throws AwsError unless exactly one of its members is given, and well formed */
export function checkDefinition(
  definition: Input["resourceConfigurationDefinition"],
): NonNullable<Input["resourceConfigurationDefinition"]> {
  const dns = definition?.dnsResource;
  const ip = definition?.ipResource;
  if (!dns === !ip) {
    throw invalid(
      "resourceConfigurationDefinition must have exactly one member",
      "resourceConfigurationDefinition",
    );
  }
  if (dns && !dns.domainName) throw invalid("Missing attribute domainName for dnsResource");
  if (ip && parseIp(ip.ipAddress ?? "") === undefined) {
    throw invalid(`Invalid IP address ${ip.ipAddress}`, "ipAddress");
  }
  return { ...(dns && { dnsResource: { ...dns } }), ...(ip && { ipResource: { ...ip } }) } as NonNullable<
    Input["resourceConfigurationDefinition"]
  >;
}

const bounds = (range: string): [number, number] => {
  const [low = "", high = low] = range.split("-");
  return [Number(low), Number(high)];
};

/** @throws AwsError for a range upside down or outside of 1–65535 */
export function checkPorts(ranges: readonly string[]): string[] {
  for (const range of ranges) {
    const [low, high] = bounds(range);
    if (!(low >= 1 && high <= 65_535 && low <= high)) {
      throw invalid(`Invalid port range ${range}`, "portRanges");
    }
  }
  return [...ranges];
}

export const hasPort = (ranges: readonly string[], port: number): boolean =>
  ranges.map(bounds).some(([low, high]) => low <= port && port <= high);
