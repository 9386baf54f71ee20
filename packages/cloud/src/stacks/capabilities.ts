/** Which acknowledgements a template needs ("Acknowledging IAM resources in CloudFormation templates"). */
import { AwsError } from "../wire/errors.ts";
import type { Template } from "./template/template.ts";

/** IAM types that need an acknowledgement, with the property that names them. */
const IAM_TYPES: Readonly<Record<string, string | undefined>> = {
  "AWS::IAM::AccessKey": undefined,
  "AWS::IAM::Group": "GroupName",
  "AWS::IAM::GroupPolicy": undefined,
  "AWS::IAM::InstanceProfile": "InstanceProfileName",
  "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
  "AWS::IAM::Policy": undefined,
  "AWS::IAM::Role": "RoleName",
  "AWS::IAM::RolePolicy": undefined,
  "AWS::IAM::User": "UserName",
  "AWS::IAM::UserPolicy": undefined,
  "AWS::IAM::UserToGroupAddition": undefined,
};

export interface NeededCapabilities {
  readonly capabilities: string[];
  readonly reason?: string;
  readonly resourceTypes: string[];
}

/** What the template needs, and why, in the words of ValidateTemplate. */
export function neededCapabilities(
  template: Template,
  declaredTransforms = template.transforms,
): NeededCapabilities {
  const capabilities: string[] = [];
  const types = new Set<string>();
  let named = false;
  for (const { type, properties } of Object.values(template.resources)) {
    if (!Object.hasOwn(IAM_TYPES, type)) continue;
    types.add(type);
    const nameProperty = IAM_TYPES[type];
    if (nameProperty !== undefined && properties[nameProperty] !== undefined) named = true;
  }
  if (types.size > 0) capabilities.push(named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM");
  if (declaredTransforms.length > 0) capabilities.push("CAPABILITY_AUTO_EXPAND");
  const resourceTypes = [...types].sort();
  return {
    capabilities,
    resourceTypes,
    ...(types.size > 0
      ? { reason: `The following resource(s) require capabilities: [${resourceTypes.join(", ")}]` }
      : {}),
  };
}

/** @throws AwsError `InsufficientCapabilitiesException` for what was not acknowledged */
export function checkCapabilities(template: Template, given: readonly string[], changeSet: boolean): void {
  const missing = neededCapabilities(template).capabilities.filter((one) => {
    if (given.includes(one)) return false;
    if (one === "CAPABILITY_IAM") return !given.includes("CAPABILITY_NAMED_IAM");
    // a change set shows the expanded template for review
    return one !== "CAPABILITY_AUTO_EXPAND" || !changeSet;
  });
  if (missing.length > 0) {
    throw new AwsError(
      "InsufficientCapabilitiesException",
      `Requires capabilities : [${missing.join(", ")}]`,
      {
        status: 400,
      },
    );
  }
}
