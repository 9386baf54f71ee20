/** Checks that hold for a template whatever its parameters: names exist, functions are well-formed. */
import { functionNamed } from "../functions/evaluate.ts";
import { typeExistence } from "../resource-types.ts";
import { formatError, templateError } from "./errors.ts";
import { type ReferenceVisitor, visit } from "./references.ts";
import type { Template } from "./template.ts";
import type { Value } from "./value.ts";

export const PSEUDO_PARAMETERS: ReadonlySet<string> = new Set([
  "AWS::AccountId",
  "AWS::NotificationARNs",
  "AWS::NoValue",
  "AWS::Partition",
  "AWS::Region",
  "AWS::StackId",
  "AWS::StackName",
  "AWS::URLSuffix",
]);

/** @throws AwsError `ValidationError` with AWS's sentence for the first problem */
export function validateTemplate(template: Template, extended: boolean): void {
  const unknown = Object.values(template.resources)
    .map((one) => one.type)
    .filter((type) => typeExistence(type) === "unknown");
  if (unknown.length > 0) {
    throw formatError(`Unrecognized resource types: [${[...new Set(unknown)].join(", ")}]`);
  }
  validateConditions(template, extended);
  validateBlock(template, "Resources", extended);
  validateBlock(template, "Outputs", extended);
}

const OF_OTHER_STACKS = new Set(["Fn::ImportValue", "Fn::GetStackOutput"]);

function validateConditions(template: Template, extended: boolean): void {
  const settled = new Set<string>();
  const missing = new Set<string>();
  for (const [name, value] of Object.entries(template.conditions)) {
    visit(value, {
      ...forms(template, extended),
      intrinsic: (name) => {
        if (OF_OTHER_STACKS.has(name)) throw templateError(`Cannot use ${name} in Conditions.`);
        if (name !== "Condition" && name !== "Fn::Transform") functionNamed(name, extended);
      },
      reference: (one) => {
        if (!isParameter(template, one)) missing.add(one);
      },
      attribute: (resource) => missing.add(resource),
      condition: (one) => {
        if (!Object.hasOwn(template.conditions, one)) {
          throw formatError(`Unresolved condition dependency ${one} in the Conditions block of the template`);
        }
      },
    });
    conditionCycle(template, name, [], settled);
  }
  if (missing.size > 0) {
    throw formatError(
      `Unresolved dependencies [${[...missing].join(", ")}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
}

/** @param settled conditions that are known to lead to no cycle, so that each is walked once */
function conditionCycle(
  template: Template,
  name: string,
  path: readonly string[],
  settled: Set<string>,
): void {
  if (settled.has(name)) return;
  if (path.includes(name)) {
    throw templateError(`Found circular condition dependency between ${path.at(-1)} and ${name}`);
  }
  visit(template.conditions[name] as Value, {
    condition: (one) => conditionCycle(template, one, [...path, name], settled),
  });
  settled.add(name);
}

function validateBlock(template: Template, block: "Resources" | "Outputs", extended: boolean): void {
  const missing = new Set<string>();
  const visitor: ReferenceVisitor = {
    ...forms(template, extended),
    reference: (name) => {
      if (!isParameter(template, name) && !Object.hasOwn(template.resources, name)) missing.add(name);
    },
    attribute: (resource) => {
      if (!Object.hasOwn(template.resources, resource))
        throw templateError(`instance of Fn::GetAtt references undefined resource ${resource}`);
    },
    condition: (name, within) => {
      if (within === "Fn::If" && !Object.hasOwn(template.conditions, name)) {
        throw templateError(`unresolved condition dependency ${name} in Fn::If`);
      }
    },
  };
  const conditions = new Set<string>();
  if (block === "Resources") {
    for (const resource of Object.values(template.resources)) {
      visit(resource.properties, visitor);
      if (resource.metadata !== undefined) visit(resource.metadata, visitor);
      for (const name of resource.dependsOn) {
        if (!Object.hasOwn(template.resources, name)) missing.add(name);
      }
      if (resource.condition !== undefined) conditions.add(resource.condition);
    }
  } else {
    for (const output of Object.values(template.outputs)) {
      visit(output.value, visitor);
      if (output.exportName !== undefined) visit(output.exportName, visitor);
      if (output.condition !== undefined) conditions.add(output.condition);
    }
  }
  const unresolved = [...conditions].filter((name) => !Object.hasOwn(template.conditions, name));
  if (unresolved.length > 0) {
    throw formatError(
      `Unresolved condition dependencies [${unresolved.join(", ")}] in the ${block} block of the template`,
    );
  }
  if (missing.size > 0) {
    throw formatError(
      `Unresolved resource dependencies [${[...missing].join(", ")}] in the ${block} block of the template`,
    );
  }
}

function forms(template: Template, extended: boolean): ReferenceVisitor {
  return {
    intrinsic: (name) => {
      if (name !== "Condition" && name !== "Fn::Transform") functionNamed(name, extended);
    },
    mapping: (name) => {
      if (!extended && !Object.hasOwn(template.mappings, name)) {
        throw templateError(`Mapping named '${name}' is not present in the 'Mappings' section of template.`);
      }
    },
  };
}

function isParameter(template: Template, name: string): boolean {
  return PSEUDO_PARAMETERS.has(name) || Object.hasOwn(template.parameters, name);
}
