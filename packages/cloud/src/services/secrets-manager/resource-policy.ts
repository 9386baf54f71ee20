/** What makes a policy one that a secret may have, in the sentences of Secrets Manager's guide. */
import { isPublicPolicy } from "@sagekeep/engine";
import type { CallContext } from "../../context.ts";
import { policyProblem } from "../../gateway/compiled.ts";
import { AwsError } from "../../wire/errors.ts";
import { malformedPolicy } from "./errors.ts";
import { type Found, secretArn } from "./state.ts";

interface Statement {
  Principal?: unknown;
  NotPrincipal?: unknown;
}

const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** The document. @throws MalformedPolicyDocumentException */
function read(text: string, context: CallContext): { Statement: Statement | Statement[] } {
  const problem = policyProblem(text, "resource");
  if (problem !== undefined) throw malformedPolicy("This resource policy contains a syntax error.");
  const document = JSON.parse(text) as { Statement: Statement | Statement[]; Version?: string };
  const exists = (arn: string) =>
    !new RegExp(`^arn:[^:]+:iam::${context.account}:(?:user|role)/`).test(arn) ||
    context.facts(arn) !== undefined;
  for (const { Principal, NotPrincipal } of list(document.Statement)) {
    const principal = Principal ?? NotPrincipal;
    if (principal === undefined || (typeof principal === "string" && principal !== "*"))
      throw malformedPolicy("This resource policy contains a syntax error.");
    if (typeof principal === "string") continue;
    for (const one of list((principal as { AWS?: string | string[] }).AWS)) {
      if (one === "*" || /^\d{12}$/.test(one)) continue;
      if (!/^(?:arn:aws[\w-]*:(?:iam|sts)::\d{12}:.+|A(?:IDA|ROA)[A-Z0-9]+)$/.test(one) || !exists(one)) {
        throw malformedPolicy("This resource policy contains an unsupported principal.");
      }
    }
  }
  return document;
}

/** Whether the caller could put another policy, had the secret this one. */
const locksOut = (document: string, { secret, at }: Found, context: CallContext): boolean =>
  !context.isAllowed({
    action: "secretsmanager:PutResourcePolicy",
    resource: secretArn(at, secret),
    facts: {
      account: at.account,
      tags: { ...secret.tags },
      policy: { name: "resource policy", document },
    },
  });

const LOCKOUT = "Your requested changes will not allow you to manage this secret in the future.";

/** @throws AwsError unless the secret may have the policy */
export function checkPolicy(text: string, found: Found, blockPublic: boolean, context: CallContext): void {
  const document = read(text, context);
  if (blockPublic && isPublicPolicy(document as never)) {
    throw new AwsError(
      "PublicPolicyException",
      "You can't attach a resource-based policy that allows broad access to the secret.",
    );
  }
  if (locksOut(text, found, context)) throw malformedPolicy(LOCKOUT);
}

/** What ValidateResourcePolicy has to say of a policy that can be read. */
export function validationErrors(
  text: string,
  found: Found | undefined,
  context: CallContext,
): { CheckName: string; ErrorMessage: string }[] {
  const document = read(text, context);
  const errors: { CheckName: string; ErrorMessage: string }[] = [];
  if (isPublicPolicy(document as never)) {
    const ErrorMessage = "This resource policy grants broad access to your secret.";
    errors.push({ CheckName: "PUBLIC_POLICY", ErrorMessage });
  }
  if (found && locksOut(text, found, context)) {
    errors.push({ CheckName: "LOCKOUT", ErrorMessage: LOCKOUT });
  }
  return errors;
}
