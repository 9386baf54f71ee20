/** What intrinsic functions read: parameters, mappings, conditions, other resources, other stacks. */
import type { Value } from "../template/value.ts";

/** A value that only exists once resources do; CloudFormation's own mark in change sets. */
export const KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}";

/** `AWS::NoValue`: removes the property or list element that it stands for. */
export const NO_VALUE: unique symbol = Symbol("AWS::NoValue");
export type Evaluated = Value | typeof NO_VALUE;

/** An output of another stack, as `Fn::GetStackOutput` names it. */
export interface OutputReference {
  readonly stackName: string;
  readonly outputName: string;
  readonly region: string;
  readonly roleArn?: string;
}

/** Key under which a stack keeps the value that it has read. */
export function outputKey({ stackName, outputName, region, roleArn }: OutputReference): string {
  return [region, stackName, outputName, ...(roleArn === undefined ? [] : [roleArn])].join(" ");
}

export interface Scope {
  /** Value of a parameter or pseudo parameter; `undefined` when there is none of that name. */
  parameter(name: string): Evaluated | undefined;
  /** Value of a condition. @throws when it does not exist */
  condition(name: string): boolean;
  /** A mapping's value; `undefined` when the map, or one of its keys, is not there. */
  mapping(map: string, top: string, second: string): Value | undefined;
  hasMapping(map: string): boolean;
  /** `Ref` of a resource. @throws when it cannot be had here */
  reference(resource: string): Value;
  /** `Fn::GetAtt` of a resource. @throws when it cannot be had here */
  attribute(resource: string, name: string): Value;
  /** An exported value of another stack. @throws when there is none */
  importedValue(name: string): Value;
  /** An output of another stack that was read for this one. @throws when it was not */
  stackOutput(reference: OutputReference): Value;
  /** Names of a region's availability zones. @throws when they cannot be had here */
  availabilityZones(region: string): Value[];
  /** Whether `AWS::LanguageExtensions` is declared. */
  readonly extended: boolean;
  /** Functions of `Rules`, where the scope has them. */
  ruleFunction?(name: string, argument: Value): Evaluated;
}

/** Whether a value, or a part of it, is known only after the resources exist. */
export function isUnknown(value: Value | undefined): boolean {
  if (typeof value === "string") return value.includes(KNOWN_AFTER_APPLY);
  if (typeof value !== "object" || value === null) return false;
  return (Array.isArray(value) ? value : Object.values(value)).some(isUnknown);
}
