/** Parameters of AWS-specific types: whether what they name exists, and its attributes for `Rules`. */
import type { CallContext } from "../../context.ts";
import { storedParameterType } from "../../stacks/template/parameter-definition.ts";
import type { Template } from "../../stacks/template/template.ts";
import type { Value } from "../../stacks/template/value.ts";

interface Lookup {
  readonly operation: string;
  readonly filter: string;
  readonly list: string;
  readonly id: string;
}
const LOOKUPS: Readonly<Record<string, Lookup>> = {
  "AWS::EC2::VPC::Id": { operation: "DescribeVpcs", filter: "VpcIds", list: "Vpcs", id: "VpcId" },
  "AWS::EC2::Subnet::Id": {
    operation: "DescribeSubnets",
    filter: "SubnetIds",
    list: "Subnets",
    id: "SubnetId",
  },
  "AWS::EC2::SecurityGroup::Id": {
    operation: "DescribeSecurityGroups",
    filter: "GroupIds",
    list: "SecurityGroups",
    id: "GroupId",
  },
  "AWS::EC2::AvailabilityZone::Name": {
    operation: "DescribeAvailabilityZones",
    filter: "ZoneNames",
    list: "AvailabilityZones",
    id: "ZoneName",
  },
};

/** The elements of a parameter and the type of each. */
function elements(type: string, value: Value): { type: string; values: string[] } {
  const effective = storedParameterType(type) ?? type;
  const inner = /^List<(.+)>$/.exec(effective)?.[1] ?? effective;
  return {
    type: inner,
    values: (Array.isArray(value) ? value : [value]).map(String).filter((one) => one !== ""),
  };
}

function find(type: string, value: string, context: CallContext): Record<string, Value> | undefined {
  const lookup = LOOKUPS[type];
  if (!lookup) return undefined;
  try {
    const output = context.callSync("ec2", lookup.operation, { [lookup.filter]: [value] });
    return (output[lookup.list] as Record<string, Value>[]).find((one) => one[lookup.id] === value);
  } catch {
    return undefined;
  }
}

/** CloudFormation's sentence for the first parameter that names something that does not exist. */
export function missingReference(
  template: Template,
  values: Readonly<Record<string, Value>>,
  context: CallContext,
): string | undefined {
  for (const one of Object.values(template.parameters)) {
    const { type, values: all } = elements(one.type, values[one.name] ?? "");
    if (!LOOKUPS[type]) continue;
    for (const value of all) {
      if (find(type, value, context)) continue;
      return `Parameter validation failed: parameter value ${value} for parameter name ${one.name} does not exist`;
    }
  }
  return undefined;
}

/** What `Fn::ValueOf` reads: attributes and tags (`Tags.Name`) of the resource that a parameter names. */
export function parameterAttributes(
  template: Template,
  values: Readonly<Record<string, Value>>,
  context: CallContext,
) {
  return (parameter: string, attribute: string): Value[] => {
    const definition = template.parameters[parameter];
    if (!definition) return [];
    const { type, values: all } = elements(definition.type, values[parameter] ?? "");
    return all.flatMap((value) => {
      const found = find(type, value, context);
      if (!found) return [];
      if (!attribute.startsWith("Tags.")) return found[attribute] === undefined ? [] : [found[attribute]];
      const key = attribute.slice(5);
      const tags = (found.Tags ?? []) as unknown as { Key: string; Value: string }[];
      return tags.filter((one) => one.Key === key).map((one) => one.Value);
    });
  };
}
