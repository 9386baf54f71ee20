/**
 * The statements for working with SageMaker kinds, made from AWS's list of actions: make with the own team's
 * tag, and use what carries it.
 */

import { action, creatorsOf, isTaggable, pathOf, usesOf } from "../catalogue.ts";
import type { Scope } from "../scope.ts";
import { ownRequest, ownResource } from "./conditions.ts";
import { both, type Statement } from "./statement.ts";

/** Statements for one group of kinds. `name` starts every Sid. */
export function workWith(scope: Scope, name: string, kinds: readonly string[]): Statement[] {
  const own = ownResource(scope);
  const creators = creatorsOf(kinds);
  const uses = usesOf(kinds);
  const arns = [...new Set(kinds.map(pathOf))].map((path) => scope.sagemaker(path));
  const statements: Statement[] = [];
  if (creators.length > 0)
    statements.push({
      Sid: `${name}Create`,
      Effect: "Allow",
      Action: creators.map(sagemaker),
      Resource: [
        ...new Set([
          ...arns,
          ...creators.flatMap((one) => action(one).types.map((type) => scope.sagemaker(pathOf(type)))),
        ]),
      ],
      Condition: ownRequest(scope.platform),
    });
  if (uses.length > 0)
    statements.push({
      Sid: `${name}Use`,
      Effect: "Allow",
      // A version joins the group whose tags it takes: CreateModelPackage then carries no tags of its own.
      Action: [...uses, ...(kinds.includes("model-package") ? ["CreateModelPackage"] : [])].map(sagemaker),
      Resource: arns,
      Condition: own,
    });
  return statements.map(withoutEmptyCondition);
}

/** Tagging for all kinds together: what is being made, and what carries the own team's tag. */
export function tagging(scope: Scope, kinds: readonly string[]): Statement[] {
  const taggable = [...new Set(kinds.filter(isTaggable))];
  if (taggable.length === 0) return [];
  const creators = creatorsOf(taggable);
  const statements: Statement[] = [
    {
      Sid: "TagNew",
      Effect: "Allow",
      Action: ["sagemaker:AddTags"],
      Resource: [scope.sagemaker("*")],
      Condition: both(ownRequest(scope.platform), {
        StringEquals: { "sagemaker:TaggingAction": [...creators] },
      }),
    },
    {
      Sid: "TagOwn",
      Effect: "Allow",
      Action: ["sagemaker:AddTags", "sagemaker:DeleteTags", "sagemaker:ListTags"],
      Resource: [...new Set(taggable.map(pathOf))].map((path) => scope.sagemaker(path)),
      Condition: ownResource(scope),
    },
  ];
  return statements.map(withoutEmptyCondition);
}

function sagemaker(name: string): string {
  return `sagemaker:${name}`;
}

function withoutEmptyCondition(statement: Statement): Statement {
  if (statement.Condition === undefined || Object.keys(statement.Condition).length > 0) return statement;
  const { Condition: _, ...rest } = statement;
  return rest;
}
