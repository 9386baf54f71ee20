/** What is refused with the request: names, states of the stack, resources that it does not have. */
import type { ResourceRecord, StackRecord, StackTables } from "../../stacks/engine/records.ts";
import { alreadyExists, validationError } from "./errors.ts";

/** Names as the service checks them; the pattern of its published model differs for those that may be ARNs. */
export const NAME = "[a-zA-Z][-a-zA-Z0-9]*";

export const NAME_OR_ARN = "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*";

/** @throws AwsError `ValidationError` in the words of the generic validation */
export function checkPattern(member: string, value: string, pattern: string): void {
  const tooLong = value.length > 128 && !value.startsWith("arn:");
  if (new RegExp(`^(?:${pattern})$`).test(value) && !tooLong) return;
  const rule = tooLong
    ? "Member must have length less than or equal to 128"
    : `Member must satisfy regular expression pattern: ${pattern}`;
  throw validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

/** @throws AwsError `AlreadyExistsException` unless the name is free, or its stack is still under review */
export function refuseExisting(tables: StackTables, { StackName }: { StackName: string }): void {
  const found = tables.find(StackName);
  if (found && found.status !== "REVIEW_IN_PROGRESS")
    throw alreadyExists(`Stack [${StackName}] already exists`);
}

const UPDATABLE = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "UPDATE_FAILED",
  "CREATE_FAILED",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
]);

/** @throws AwsError `ValidationError` when the stack's status does not allow an update */
export function checkUpdatable(stack: Readonly<StackRecord>): void {
  if (!UPDATABLE.has(stack.status)) {
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  }
}

export function checkRetained(
  tables: StackTables,
  stack: Readonly<StackRecord>,
  retain: readonly string[],
): void {
  if (retain.length === 0) return;
  checkFailed(stack, "RetainResources");
  demandResources(tables, stack, retain);
}

function demandResources(
  tables: StackTables,
  stack: Readonly<StackRecord>,
  names: readonly string[],
): Readonly<ResourceRecord>[] {
  const known = new Map(tables.resourcesOf(stack.id).map((one) => [one.logicalId, one]));
  const strange = names.filter((one) => !known.has(one));
  if (strange.length > 0)
    throw validationError(`Resources [${strange.join(", ")}] do not exist in stack [${stack.name}]`);
  return names.flatMap((one) => known.get(one) ?? []);
}

/** @throws AwsError `ValidationError` for a resource whose update did not fail: only such can be skipped */
export function checkSkipped(
  tables: StackTables,
  stack: Readonly<StackRecord>,
  names: readonly string[],
): void {
  const sound = demandResources(tables, stack, names).filter((one) => one.status !== "UPDATE_FAILED");
  if (sound.length === 0) return;
  throw validationError(
    `The following resource(s) to skip are not in the UPDATE_FAILED state: [${sound.map((one) => one.logicalId).join(", ")}]`,
  );
}

/** @throws AwsError `ValidationError` unless a deletion of the stack has failed */
export function checkFailed(stack: Readonly<StackRecord>, option: string): void {
  if (stack.status === "DELETE_FAILED") return;
  throw validationError(
    `Invalid operation on stack [${stack.id}]. ${option} can only be specified when the stack is in the DELETE_FAILED state`,
  );
}

/** Whether a request repeats the stack's last one, by its token: it is answered again and not done again. */
export function isRetry(
  stack: Readonly<StackRecord>,
  input: { ClientRequestToken?: string | undefined },
): boolean {
  return input.ClientRequestToken !== undefined && stack.token === input.ClientRequestToken;
}
