/** What zod finds, in the words of a person who edits YAML: place, what was got, what was expected, a remedy. */

import type { z } from "zod";
import type { Findings } from "./findings.ts";
import { platformSchema } from "./schema.ts";
import type { Path } from "./source.ts";
import { didYouMean } from "./suggest.ts";

type Issue = z.core.$ZodIssue;

/** Turns one zod issue into findings. */
export function reportIssue(findings: Findings, root: unknown, issue: Issue): void {
  const path = issue.path.filter((step): step is string | number => typeof step !== "symbol");
  const got = valueAt(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys) reportUnknownKey(findings, path, key);
      break;
    case "invalid_union": {
      // A mapping was written where a mapping is one of the choices: say what is wrong inside it.
      const inside = issue.errors.find(
        (issues) => !issues.some((one) => one.path.length === 0 && one.code !== "unrecognized_keys"),
      );
      if (inside !== undefined && inside.length > 0)
        for (const one of inside)
          reportIssue(findings, root, { ...one, path: [...issue.path, ...one.path] } as Issue);
      else reportType(findings, path, got, issue);
      break;
    }
    case "invalid_type":
    case "invalid_value":
      reportType(findings, path, got, issue);
      break;
    case "invalid_key":
      findings.add({
        code: "SPEC0106",
        path,
        at: "key",
        message: `${show(path.at(-1))} is not a name that fits here`,
        label: `expected ${issue.issues.map(text).join(", ")}`,
        ...optionalHelp(nameRemedy(String(path.at(-1)))),
      });
      break;
    case "invalid_format":
      reportFormat(findings, path, got, issue);
      break;
    default:
      findings.add({
        code: "SPEC0107",
        path,
        message: `${show(got)} does not fit \`${path.join(".")}\``,
        label: `expected ${text(issue)}`,
      });
  }
}

function reportType(findings: Findings, path: Path, got: unknown, issue: Issue): void {
  if (got === undefined && path.length > 0) reportMissing(findings, path, expectation(issue));
  else reportWrong(findings, path, got, issue);
}

function reportFormat(findings: Findings, path: Path, got: unknown, issue: Issue): void {
  const remedy = path.at(-1) === "name" && typeof got === "string" ? nameRemedy(got) : undefined;
  findings.add({
    code: "SPEC0106",
    path,
    message: `${show(got)} does not fit \`${path.join(".")}\``,
    label: `expected ${text(issue)}`,
    ...(remedy === undefined ? {} : { help: remedy }),
  });
}

function reportUnknownKey(findings: Findings, parent: Path, key: string): void {
  const known = keysAt(parent);
  findings.add({
    code: "SPEC0101",
    path: [...parent, key],
    at: "key",
    message: `unknown key \`${key}\`${parent.length ? ` in \`${parent.join(".")}\`` : ""}`,
    label: "not a key here",
    help: didYouMean(key, known, "keys"),
  });
}

function reportMissing(findings: Findings, path: Path, expected: string): void {
  const parent = path.slice(0, -1);
  const name = String(path.at(-1));
  const example = EXAMPLES[name];
  findings.add({
    code: "SPEC0102",
    path,
    at: "key",
    message: `\`${name}\` is missing${parent.length ? ` from \`${parent.join(".")}\`` : ""}`,
    label: `expected \`${name}\`: ${expected}`,
    help: example === undefined ? `add \`${name}\`` : `add \`${name}: ${example}\``,
  });
}

const EXAMPLES: Readonly<Record<string, string>> = {
  name: "bank-marketing",
  region: "us-east-1",
  account: '"111122223333"',
  domains: "{ main: { auth: IAM } }",
  owner: "<the team that owns the data>",
  domain: "<a domain of this file>",
};

function reportWrong(findings: Findings, path: Path, got: unknown, issue: Issue): void {
  const options = issue.code === "invalid_value" ? issue.values.map(String) : [];
  const written = findings.source.written(path);
  const key = String(path.at(-1));
  let help: string | undefined;
  if (options.length > 0 && typeof got === "string") help = didYouMean(got, options, "values");
  else if (typeof got === "number" && written !== undefined && wantsText(issue))
    help = `put it in quotes: \`${key}: "${written}"\``;
  else if (typeof got === "string" && /^(yes|no|on|off|true|false)$/i.test(got))
    help = `write \`${/^(yes|on|true)$/i.test(got) ? "true" : "false"}\` without quotes`;
  findings.add({
    code: options.length > 0 ? "SPEC0105" : "SPEC0103",
    path,
    message:
      options.length > 0
        ? `${show(got)} is not a choice for \`${key}\``
        : `\`${path.join(".") || "the file"}\` is ${kindOf(got)}`,
    label: `expected ${expectation(issue)}`,
    ...(help === undefined ? {} : { help }),
  });
}

function wantsText(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.expected === "string";
}

function expectation(issue: Issue): string {
  if (issue.code === "invalid_value") return issue.values.map((one) => `\`${String(one)}\``).join(" or ");
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input"))
    return TYPES[issue.expected] ?? issue.expected;
  return text(issue);
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys",
  record: "a mapping of names",
};

function text(issue: Issue | z.core.$ZodRawIssue): string {
  const message = issue.message ?? "another value";
  const bounds = /^Too (?:small|big): expected (.+)$/.exec(message);
  if (bounds)
    return bounds[1]!
      .replace(/^(number|string|array) to (be|have) /, "")
      .replace(">=", "at least ")
      .replace("<=", "at most ");
  return message.replace(/^Invalid input: expected /, "").replace(/^Invalid input$/, "another kind of value");
}

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return `the text ${show(value)}`;
  if (typeof value === "number") return `the number ${show(value)}`;
  return `${show(value)}`;
}

function show(value: unknown): string {
  const shown = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return `\`${shown.length > 60 ? `${shown.slice(0, 57)}…` : shown}\``;
}

function optionalHelp(help: string | undefined): { help?: string } {
  return help === undefined ? {} : { help };
}

/** A name near the one given that AWS would take, or undefined when there is none. */
function nameRemedy(name: string): string | undefined {
  const better = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 24);
  return better !== "" && better !== name ? `for example \`${better}\`` : undefined;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** The keys the schema knows at a path. Follows objects, records, arrays and the object arms of unions. */
export function keysAt(path: Path): string[] {
  let schemas: unknown[] = [platformSchema];
  for (const step of path) schemas = schemas.flatMap(open).flatMap((schema) => inside(schema, step));
  return [...new Set(schemas.flatMap(open).flatMap((schema) => Object.keys(definition(schema).shape ?? {})))];
}

interface Definition {
  readonly type: string;
  readonly shape?: Record<string, unknown>;
  readonly innerType?: unknown;
  readonly in?: unknown;
  readonly options?: unknown[];
  readonly element?: unknown;
  readonly valueType?: unknown;
}

function definition(schema: unknown): Definition {
  return (schema as { _zod: { def: Definition } })._zod.def;
}

function open(schema: unknown): unknown[] {
  const def = definition(schema);
  if (def.innerType !== undefined) return open(def.innerType);
  if (def.in !== undefined) return open(def.in);
  return def.options !== undefined ? def.options.flatMap(open) : [schema];
}

function inside(schema: unknown, step: string | number): unknown[] {
  const def = definition(schema);
  if (def.shape !== undefined) return Object.hasOwn(def.shape, step) ? [def.shape[step]] : [];
  if (def.valueType !== undefined) return [def.valueType];
  return def.element !== undefined ? [def.element] : [];
}
