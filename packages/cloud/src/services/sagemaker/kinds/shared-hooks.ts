/** What several kinds do alike. */
import { demandTrust, rolesIn } from "../authorization/roles.ts";
import type { Hooks } from "../engine/kind.ts";

/** SageMaker must be able to assume every role that is handed over. */
export const trusted: Hooks = {
  create(_, input, context) {
    for (const { arn } of rolesIn(input)) demandTrust(arn, context);
  },
};

/** A label for host names that stays the same for the same resource. */
export function hostLabel(arn: string): string {
  let hash = 5381;
  for (const char of arn) hash = ((hash << 5) + hash + char.charCodeAt(0)) >>> 0;
  return hash.toString(36);
}
