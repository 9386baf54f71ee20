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

/** @throws ResourceFailure when the policy denies the action, or allows nothing of the kind */
export function checkStackPolicy(
  policy: string | undefined,
  action: UpdateAction,
  resource: { logicalId: string; type: string },
): void {
  if (policy === undefined) return;
  const { Statement: all = [] } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
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
