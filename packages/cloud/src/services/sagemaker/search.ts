/** Search over resources: filters on any property, nested ones too, with and, or and sub-expressions. */
import type { ReadContext } from "../../context.ts";
import { membersOf } from "./engine/describe.ts";
import { kindNamed } from "./engine/locate.ts";
import type { Fields } from "./engine/model.ts";
import type { Operations } from "./engine/operations.ts";
import { pageOf } from "./engine/page.ts";
import type { Resource } from "./engine/resource.ts";
import { compare, shelf } from "./engine/shelf.ts";
import { tagList } from "./engine/tags.ts";
import { validation } from "./errors.ts";

/** What can be searched, by the API's name, and the kind it is. */
const SEARCHED: Record<string, string> = {
  TrainingJob: "TrainingJob",
  Experiment: "Experiment",
  ExperimentTrial: "Trial",
  ExperimentTrialComponent: "TrialComponent",
  Endpoint: "Endpoint",
  Model: "Model",
  ModelPackage: "ModelPackage",
  ModelPackageGroup: "ModelPackageGroup",
  Pipeline: "Pipeline",
  PipelineExecution: "PipelineExecution",
  FeatureGroup: "FeatureGroup",
  FeatureMetadata: "FeatureGroup",
  Image: "Image",
  ImageVersion: "ImageVersion",
  Project: "Project",
  HyperParameterTuningJob: "HyperParameterTuningJob",
  ModelCard: "ModelCard",
};

/** Member of a result that holds a found resource. */
const RESULT: Record<string, string> = {
  ExperimentTrial: "Trial",
  ExperimentTrialComponent: "TrialComponent",
};

interface Filter {
  Name: string;
  Operator?: string;
  Value?: string;
}

interface Expression {
  Filters?: Filter[];
  NestedFilters?: { NestedPropertyName: string; Filters: Filter[] }[];
  SubExpressions?: Expression[];
  Operator?: "And" | "Or";
}

/** Every document of a searched kind. */
function documents(resource: string, context: ReadContext): Fields[] {
  const name = SEARCHED[resource];
  if (name === undefined) throw validation(`Search is not supported for the resource ${resource}.`);
  const kind = kindNamed(name);
  const one = shelf(kind, context);
  return one
    .entries("created")
    .map(({ key }) => one.byKey(key, context.now))
    .filter((found): found is Readonly<Resource> => found !== undefined)
    .flatMap((found) => {
      const whole = { ...membersOf(kind, found, context), Tags: tagList(found.tags) } as Fields;
      return resource === "FeatureMetadata" ? features(whole) : [whole];
    });
}

function features(group: Fields): Fields[] {
  return ((group.FeatureDefinitions as Fields[] | undefined) ?? []).map((feature) => ({
    FeatureGroupArn: group.FeatureGroupArn,
    FeatureGroupName: group.FeatureGroupName,
    CreationTime: group.CreationTime,
    LastModifiedTime: group.LastModifiedTime,
    ...feature,
  }));
}

/** A property by its dotted name. `Tags.team` and map entries are found too. */
function property(document: unknown, name: string | undefined): unknown {
  if (name === undefined) return undefined;
  const [head = "", ...rest] = name.split(".");
  if (Array.isArray(document)) {
    const tag = document.find((one) => (one as { Key?: string }).Key === name) as
      | { Value?: string }
      | undefined;
    if (tag) return tag.Value;
    return document.map((one) => property(one, name)).filter((one) => one !== undefined);
  }
  if (typeof document !== "object" || document === null || document instanceof Date) return undefined;
  const fields = document as Fields;
  if (fields[name] !== undefined) return fields[name];
  if (fields[head] === undefined) return undefined;
  return rest.length === 0 ? fields[head] : property(fields[head], rest.join("."));
}

function admits({ Name, Operator = "Equals", Value = "" }: Filter, document: Fields): boolean {
  const found = property(document, Name);
  const values = (Array.isArray(found) ? found.flat() : [found]).filter((one) => one !== undefined);
  const ordered = (one: unknown) => {
    const left = one instanceof Date ? one.getTime() : Number(one);
    const right = one instanceof Date ? Date.parse(Value) || Number(Value) * 1000 : Number(Value);
    return compare(left, right);
  };
  const text = (one: unknown) =>
    one instanceof Date ? one.toISOString() : typeof one === "object" ? JSON.stringify(one) : String(one);
  switch (Operator) {
    case "Exists":
      return values.length > 0;
    case "NotExists":
      return values.length === 0;
    case "Equals":
      return values.some((one) => (one instanceof Date ? ordered(one) === 0 : text(one) === Value));
    case "NotEquals":
      return !values.some((one) => text(one) === Value);
    case "Contains":
      return values.some((one) => text(one).toLowerCase().includes(Value.toLowerCase()));
    case "In":
      return values.some((one) => Value.split(",").includes(text(one)));
    case "GreaterThan":
      return values.some((one) => ordered(one) > 0);
    case "GreaterThanOrEqualTo":
      return values.some((one) => ordered(one) >= 0);
    case "LessThan":
      return values.some((one) => ordered(one) < 0);
    case "LessThanOrEqualTo":
      return values.some((one) => ordered(one) <= 0);
    default:
      throw validation(`Unknown operator: ${Operator}`);
  }
}

function matches(expression: Expression | undefined, document: Fields): boolean {
  if (!expression) return true;
  const tests = [
    ...(expression.Filters ?? []).map((filter) => () => admits(filter, document)),
    ...(expression.NestedFilters ?? []).map(({ NestedPropertyName, Filters }) => () => {
      const list = property(document, NestedPropertyName);
      const items = Array.isArray(list) ? list : list === undefined ? [] : [list];
      return items.some((item) =>
        Filters.every((filter) =>
          admits({ ...filter, Name: filter.Name.replace(`${NestedPropertyName}.`, "") }, item as Fields),
        ),
      );
    }),
    ...(expression.SubExpressions ?? []).map((sub) => () => matches(sub, document)),
  ];
  if (tests.length === 0) return true;
  return expression.Operator === "Or" ? tests.some((test) => test()) : tests.every((test) => test());
}

export const searchOperations: Operations = {
  Search(input, context) {
    const resource = String(input.Resource);
    const visible = (input.VisibilityConditions as { Key: string; Value: string }[] | undefined) ?? [];
    const found = documents(resource, context).filter(
      (document) =>
        matches(input.SearchExpression as Expression | undefined, document) &&
        visible.every(({ Key, Value }) => admits({ Name: Key, Value }, document)),
    );
    const by = String(input.SortBy ?? "LastModifiedTime");
    const sign = input.SortOrder === "Ascending" ? 1 : -1;
    const value = (document: Fields) => {
      const at = property(document, by);
      return at instanceof Date ? at.getTime() : typeof at === "number" ? at : String(at ?? "");
    };
    found.sort((a, b) => sign * compare(value(a), value(b)));
    const { items, next } = pageOf(found, input.NextToken, input.MaxResults, 10);
    return {
      Results: items.map((document) => ({ [RESULT[resource] ?? resource]: document })),
      TotalHits: { Value: found.length, Relation: "EqualTo" },
      ...(next && { NextToken: next }),
    };
  },
  GetSearchSuggestions(input, context) {
    const hint = String(
      ((input.SuggestionQuery as Fields | undefined)?.PropertyNameQuery as Fields | undefined)
        ?.PropertyNameHint ?? "",
    );
    const names = new Set(
      documents(String(input.Resource), context).flatMap((document) => Object.keys(document)),
    );
    return {
      PropertyNameSuggestions: [...names]
        .filter((name) => name.toLowerCase().startsWith(hint.toLowerCase()))
        .sort()
        .map((PropertyName) => ({ PropertyName })),
    };
  },
};
