/** The lockout safety check: may the caller put a key policy under the new one? */
import type { CallContext } from "../../context.ts";

export function authorizePolicy(document: string, keyArn: string, context: CallContext): boolean {
  return context.isAllowed({
    action: "kms:PutKeyPolicy",
    resource: keyArn,
    facts: { account: context.account, policy: { name: "default", document } },
    context: { "kms:CallerAccount": context.caller.account },
  });
}
