/**
 * Canonical user ids as principals of bucket policies: each is the account that it stands for.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html
 */
import type { ReadContext } from "../../context.ts";
import { accountOfCanonicalId } from "./state.ts";

type Principal = Record<string, string | string[]>;
type Statement = Record<string, unknown>;

const many = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** The policy with accounts in the place of canonical ids; ids of nobody known stay. */
export function withAccounts(document: string, context: ReadContext): string {
  if (!document.includes('"CanonicalUser"')) return document;
  const policy = JSON.parse(document) as { Statement: Statement | Statement[] };
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return JSON.stringify({ ...policy, Statement: statements.map((one) => translated(one, context)) });
}

function translated(statement: Statement, context: ReadContext): Statement {
  const changed = ["Principal", "NotPrincipal"].flatMap((name) => {
    const principal = statement[name];
    if (typeof principal !== "object" || principal === null) return [];
    const { CanonicalUser, AWS, ...rest } = principal as Principal;
    if (CanonicalUser === undefined) return [];
    const accounts: string[] = [];
    const unknown: string[] = [];
    for (const id of many(CanonicalUser)) {
      const account = accountOfCanonicalId(id, context);
      if (account === undefined) unknown.push(id);
      else accounts.push(`arn:aws:iam::${account}:root`);
    }
    const aws = [...many(AWS), ...accounts];
    return [
      [
        name,
        {
          ...rest,
          ...(aws.length > 0 && { AWS: aws }),
          ...(unknown.length > 0 && { CanonicalUser: unknown }),
        },
      ] as const,
    ];
  });
  return { ...statement, ...Object.fromEntries(changed) };
}
