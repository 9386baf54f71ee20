/** Default sentences of the generic engine, for kinds that have none of their own. */
import { inUse, notFound } from "../errors.ts";
import type { Kind } from "./kind.ts";

/** `TrainingJob` → `training job`; abbreviations stay. */
export function spoken(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/\b[A-Z][a-z]+/g, (word) => word.toLowerCase());
}

export function missingError(kind: Kind, arn: string, name: string, operation: string): Error {
  return kind.missing?.(arn, name, operation) ?? notFound(`${kind.name} with name ${name} does not exist.`);
}

export function existsError(kind: Kind, arn: string, name: string): Error {
  return (
    kind.exists?.(arn, name) ??
    inUse(`Resource Already Exists: ${kind.name} with name ${name} already exists. Choose a different name.`)
  );
}
