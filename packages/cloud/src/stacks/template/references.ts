/**
 * What a template value refers to. Every walk over references goes through `visit`: checks that names exist,
 * the dependency graph, and the causes that change sets name.
 */
import { attributePath } from "../functions/lookups.ts";
import { variablesOf } from "../functions/substitution.ts";
import { templateError } from "./errors.ts";
import { intrinsicOf, isMap, type Value } from "./value.ts";

export interface ReferenceVisitor {
  /** A `Ref` or `${Name}`: a parameter, pseudo parameter or resource. */
  reference?(name: string): void;
  /** A `Fn::GetAtt` or `${Name.Attribute}`. */
  attribute?(resource: string, attribute: string): void;
  /** A condition's use in `Fn::If` or by `Condition`. */
  condition?(name: string, within: "Fn::If" | "Condition"): void;
  /** A map's name, where it is written out. */
  mapping?(name: string): void;
  /** When given, only the branch that a `Fn::If` takes is visited. */
  branch?(condition: string): boolean;
  /** Any intrinsic function, by name. */
  intrinsic?(name: string, argument: Value): void;
}

/** Visits every reference in `value`. @throws AwsError when a function's form is wrong */
export function visit(value: Value, visitor: ReferenceVisitor): void {
  if (Array.isArray(value)) {
    for (const one of value) visit(one, visitor);
    return;
  }
  if (!isMap(value)) return;
  const intrinsic = intrinsicOf(value);
  if (!intrinsic) {
    for (const one of Object.values(value)) visit(one, visitor);
    return;
  }
  visitIntrinsic(intrinsic.name, intrinsic.argument, visitor);
}

function visitIntrinsic(name: string, argument: Value, visitor: ReferenceVisitor): void {
  visitor.intrinsic?.(name, argument);
  switch (name) {
    case "Ref":
      if (typeof argument === "string") visitor.reference?.(argument);
      else if (isMap(argument)) visit(argument, visitor);
      else throw templateError("every Ref object must have a single String value.");
      return;
    case "Condition":
      if (typeof argument === "string") visitor.condition?.(argument, "Condition");
      else visit(argument, visitor);
      return;
    case "Fn::GetAtt": {
      const { resource, attribute } = attributePath(argument, (one) => {
        visit(one, visitor);
        return "${}";
      });
      if (!resource.includes("${}"))
        visitor.attribute?.(resource, attribute.includes("${}") ? "" : attribute);
      return;
    }
    case "Fn::Sub":
      visitSub(argument, visitor);
      return;
    case "Fn::If":
      visitIf(argument, visitor);
      return;
    case "Fn::FindInMap":
      if (Array.isArray(argument) && typeof argument[0] === "string") visitor.mapping?.(argument[0]);
      visit(argument, visitor);
      return;
    default:
      visit(argument, visitor);
  }
}

function visitSub(argument: Value, visitor: ReferenceVisitor): void {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, undefined];
  if (isMap(variables)) for (const one of Object.values(variables)) visit(one, visitor);
  if (typeof text !== "string") return;
  for (const name of variablesOf(text)) {
    if (isMap(variables) && Object.hasOwn(variables, name)) continue;
    const dot = name.indexOf(".");
    if (dot < 0) visitor.reference?.(name);
    else visitor.attribute?.(name.slice(0, dot), name.slice(dot + 1));
  }
}

function visitIf(argument: Value, visitor: ReferenceVisitor): void {
  if (!Array.isArray(argument) || argument.length !== 3) {
    throw templateError("Fn::If requires a list argument with three elements");
  }
  const [condition, yes, no] = argument as [Value, Value, Value];
  const name = isMap(condition) ? condition.Condition : condition;
  if (typeof name !== "string") {
    throw templateError("Fn::If requires a list argument with the first element being a condition");
  }
  visitor.condition?.(name, "Fn::If");
  if (!visitor.branch) {
    visit(yes, visitor);
    visit(no, visitor);
  } else visit(visitor.branch(name) ? yes : no, visitor);
}
