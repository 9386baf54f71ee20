/**
 * `AWS::Include`: the content of S3 objects put in the place of `Fn::Transform`, or at the top of the template
 * ("AWS::Include transform" in the template reference). Other transforms but AWS::LanguageExtensions are macros: none
 * run here, and the failure names the one that is missing, as AWS does.
 */
import { evaluate } from "../functions/evaluate.ts";
import type { Scope } from "../functions/scope.ts";
import { validationError } from "./errors.ts";
import { parseSnippet } from "./parse.ts";
import { LANGUAGE_EXTENSIONS } from "./template.ts";
import { isMap, type Value, type ValueMap } from "./value.ts";

export const INCLUDE = "AWS::Include";
/** Transforms that AWS hosts and this local cloud does not have. */
const HOSTED =
  /^AWS::(?:CodeDeployBlueGreen|CodeStar|SecretsManager-20\d\d-\d\d-\d\d|Serverless-2016-10-31|ServiceCatalog)$/;

/** What a template's transforms work with. */
export interface TransformWorld {
  readonly account: string;
  /** Parameters and mappings: all that a transform's own parameters may read. */
  readonly scope: Scope;
  /** The text of an object in S3. @throws AwsError */
  fetch(uri: string): Promise<string>;
}

/** Names of all transforms that a template uses, those at its top last. @throws AwsError for one without a name */
export function declaredTransforms(body: ValueMap): string[] {
  const names = new Set<string>();
  const collect = (value: Value): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, one] of Object.entries(value)) {
      collect(one);
      if (key === "Fn::Transform") names.add(nameOf(one));
    }
  };
  collect(withoutFixedSections(body));
  for (const one of topTransforms(body)) names.add(nameOf(one));
  return [...names];
}

/** The template with every include done; the language extensions stay declared. @throws AwsError in a transform's words */
export async function applyTransforms(body: ValueMap, world: TransformWorld): Promise<ValueMap> {
  const { Transform: _, Parameters, ...rest } = body;
  const inside = (await expand(rest, world)) as ValueMap;
  let result: ValueMap = { ...inside, ...(Parameters === undefined ? {} : { Parameters }) };
  const left: Value[] = [];
  for (const one of topTransforms(body)) {
    if (nameOf(one) === LANGUAGE_EXTENSIONS) left.push(one);
    else result = merged(result, await included(one, world));
  }
  if (left.length > 0) result.Transform = left;
  return result;
}

function topTransforms(body: ValueMap): Value[] {
  if (body.Transform === undefined) return [];
  return Array.isArray(body.Transform) ? body.Transform : [body.Transform];
}

function withoutFixedSections(body: ValueMap): ValueMap {
  const { Parameters: _, Transform: __, AWSTemplateFormatVersion: ___, ...rest } = body;
  return rest;
}

function nameOf(transform: Value): string {
  const name = isMap(transform) ? transform.Name : transform;
  if (typeof name !== "string") throw validationError("Key Name of transform definition must be a string.");
  return name;
}

/** The innermost transforms come first, as AWS processes them. */
async function expand(value: Value, world: TransformWorld): Promise<Value> {
  if (Array.isArray(value)) {
    const items: Value[] = [];
    for (const one of value) items.push(await expand(one, world));
    return items;
  }
  if (!isMap(value)) return value;
  const result: ValueMap = {};
  for (const [key, one] of Object.entries(value)) {
    if (key !== "Fn::Transform") result[key] = await expand(one, world);
  }
  const transform = value["Fn::Transform"];
  return transform === undefined ? result : { ...result, ...(await included(transform, world)) };
}

async function included(transform: Value, world: TransformWorld): Promise<ValueMap> {
  const name = nameOf(transform);
  if (name !== INCLUDE) throw missing(name, world.account);
  const parameters = isMap(transform) && isMap(transform.Parameters) ? transform.Parameters : {};
  const location = parameters.Location === undefined ? "" : evaluate(parameters.Location, world.scope);
  if (typeof location !== "string" || !/^s3:\/\/[^/]+\/.+$/.test(location)) {
    throw failed("The location parameter is not a valid S3 uri.");
  }
  let text: string;
  try {
    text = await world.fetch(location);
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error));
  }
  const content = parseSnippet(text);
  if (!content) throw failed("The specified S3 object's content should be valid Yaml/JSON");
  return content;
}

/** Sections that both have are joined. */
function merged(template: ValueMap, content: ValueMap): ValueMap {
  const result = { ...template };
  for (const [key, one] of Object.entries(content)) {
    const own = result[key];
    result[key] = isMap(own) && isMap(one) ? { ...own, ...one } : one;
  }
  return result;
}

function failed(why: string) {
  return validationError(`Transform ${INCLUDE} failed with: ${why}`);
}

function missing(name: string, account: string) {
  if (!name.includes("::")) return validationError(`No transform named ${account}::${name} found.`);
  const hosted = HOSTED.test(name) ? " It is not supported by the Sagekeep local cloud." : "";
  return validationError(`No transform named ${name} found.${hosted}`);
}
