/** Stack policies: which updates of which resources a stack allows ("Prevent updates to stack resources"). */
import { ResourceFailure } from "./failure.ts";

export type UpdateAction = "Update:Modify" | "Update:Replace" | "Update:Delete";

interface Statement {
  Effect?: string;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

const ACTION = /^(?:\*|Update:(?:Modify|Replace|Delete|\*))$/;

/**
 * Whether a text is a stack policy as AWS was seen to take them: every statement is about anybody's updates.
 * One without statements is taken too; it says nothing.
 */
export function isStackPolicy(text: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  if (Object.keys(value).some((one) => !["Statement", "Version", "Id"].includes(one))) return false;
  const { Statement } = value as { Statement?: unknown };
  if (Statement === undefined) return true;
  const statements: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  return statements.every(isStatement);
}

function isStatement(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const one = value as Record<string, unknown>;
  const actions = texts(one.Action ?? one.NotAction);
  return (
    (one.Effect === "Allow" || one.Effect === "Deny") &&
    one.Principal === "*" &&
    actions.length > 0 &&
    actions.every((action) => ACTION.test(action)) &&
    texts(one.Resource ?? one.NotResource).length > 0
  );
}

/** A text or a list of texts; none when it is anything else. */
function texts(value: unknown): string[] {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.every((one) => typeof one === "string") ? all : [];
}

/** @throws ResourceFailure when the policy denies the action, or allows nothing of the kind */
export function checkStackPolicy(
  policy: string | undefined,
  action: UpdateAction,
  resource: { logicalId: string; type: string },
): void {
  if (policy === undefined) return;
  const { Statement: all } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  if (all === undefined) return;
  const statements = Array.isArray(all) ? all : [all];
  const applying = statements.map((one) => applies(one, action, resource));
  const denied = statements.findIndex((one, index) => applying[index] && one.Effect === "Deny");
  if (denied >= 0) {
    throw new ResourceFailure(
      `Action denied by stack policy: Statement [#${denied + 1}] does not allow [${action}] for resource [${resource.logicalId}]`,
    );
  }
  if (!statements.some((one, index) => applying[index] && one.Effect === "Allow")) {
    throw new ResourceFailure(
      `Action not allowed by stack policy: no statement allows [${action}] for resource [${resource.logicalId}]`,
    );
  }
}

function applies(
  statement: Statement,
  action: UpdateAction,
  resource: { logicalId: string; type: string },
): boolean {
  const name = `LogicalResourceId/${resource.logicalId}`;
  const actionFits =
    statement.Action === undefined
      ? !someLike(statement.NotAction, action)
      : someLike(statement.Action, action);
  const resourceFits =
    statement.Resource === undefined
      ? !someLike(statement.NotResource, name)
      : someLike(statement.Resource, name);
  if (!actionFits || !resourceFits) return false;
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      if (key !== "ResourceType") return false;
      if (operator === "StringEquals") return list(values).includes(resource.type);
      return operator === "StringLike" && someLike(values, resource.type);
    }),
  );
}

function list(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** Whether one of the patterns, in which `*` stands for anything, is the text. */
function someLike(patterns: string | string[] | undefined, text: string): boolean {
  return list(patterns).some((pattern) => {
    const parts = pattern.split("*");
    if (parts.length === 1) return pattern === text;
    let from = parts[0]?.length ?? 0;
    if (!text.startsWith(parts[0] ?? "")) return false;
    for (const part of parts.slice(1, -1)) {
      const at = text.indexOf(part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    const last = parts.at(-1) ?? "";
    return text.length - last.length >= from && text.endsWith(last);
  });
}
