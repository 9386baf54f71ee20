/** Whether a principal that a key policy or grant names exists: those of this account can be looked up. */
import type { ReadContext } from "../../context.ts";

export function principalExists(context: ReadContext): (arn: string) => boolean {
  return (arn) => {
    const match = /^arn:[^:]+:iam::(\d{12}):(?:user|role)\//.exec(arn);
    return match?.[1] !== context.account || context.facts(arn) !== undefined;
  };
}
