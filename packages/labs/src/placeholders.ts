/**
 * Names for what differs between accounts, in policies that learners write: `{{account}}`, `{{keys:jobs}}`,
 * `{{network:Vpc}}`. A policy that spells the values out works as well. The braces cannot be confused with IAM's
 * own variables, which are `${…}`.
 */
import type { Bench } from "./bench.ts";

type Facts = Pick<Bench, "account" | "region" | "platform" | "exported">;

const PLACEHOLDER = /\{\{\s*([^{}]+?)\s*\}\}/g;

/**
 * A document with its placeholders filled in: `account`, `region`, `platform`, or the end of the name of a value
 * that the platform's stacks export (`keys:data`, `network:endpoint:s3`, `domain:bank:Id`).
 * @throws when no such value is exported
 */
export async function fillIn(bench: Facts, document: string): Promise<string> {
  const names = new Set([...document.matchAll(PLACEHOLDER)].map(([, name]) => name as string));
  const values = new Map<string, string>();
  for (const name of names) values.set(name, await namedValue(bench, name));
  return document.replaceAll(PLACEHOLDER, (_, name: string) => values.get(name) ?? "");
}

function namedValue(bench: Facts, name: string): string | Promise<string> {
  if (name === "account" || name === "region" || name === "platform") return bench[name];
  return bench.exported(name);
}
