/** Regions and availability zones. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
import { badParameter } from "../errors.ts";
import type { Operations } from "../operation.ts";
import { describeRegions, describeZones } from "../zones.ts";

export const zoneOperations: Operations = {
  DescribeRegions: (input, context) => ({ Regions: describeRegions(input, context) }),
  DescribeAvailabilityZones: (input, context) => ({ AvailabilityZones: describeZones(input, context) }),
  DescribeAccountAttributes(input, context) {
    const values: Record<string, string[]> = {
      "supported-platforms": ["VPC"],
      "max-instances": ["20"],
      "vpc-max-security-groups-per-interface": ["5"],
      "max-elastic-ips": ["5"],
      "vpc-max-elastic-ips": ["5"],
    };
    const wanted = input.AttributeNames?.length ? input.AttributeNames : Object.keys(values);
    const home = context
      .table<{ isDefault: boolean; id: string }>("ec2.vpc")
      .list()
      .find((one) => one.isDefault);
    values["default-vpc"] = [home?.id ?? "none"];
    const unknown = wanted.find((name) => !Object.hasOwn(values, name));
    if (unknown !== undefined) throw badParameter("attributeName", unknown, "Unknown attribute.");
    return {
      AccountAttributes: [...wanted, ...(input.AttributeNames?.length ? [] : ["default-vpc"])].flatMap(
        (name) =>
          values[name]
            ? [
                {
                  AttributeName: name,
                  AttributeValues: values[name].map((AttributeValue) => ({ AttributeValue })),
                },
              ]
            : [],
      ),
    };
  },
};
