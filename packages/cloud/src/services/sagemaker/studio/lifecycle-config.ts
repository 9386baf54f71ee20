/** Lifecycle configurations: a script in base64, in use while a domain, profile or space names it. */
import type { ReadContext } from "../../../context.ts";
import { collect, strings } from "../authorization/collect.ts";
import type { Hooks } from "../engine/kind.ts";
import { kindNamed } from "../engine/locate.ts";
import { shelf } from "../engine/shelf.ts";
import { inUse, validation } from "../errors.ts";

export const lifecycleConfigHooks: Hooks = {
  create(_, input) {
    const content = String(input.StudioLifecycleConfigContent ?? "");
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(content)) {
      throw validation("StudioLifecycleConfigContent must be base64-encoded.");
    }
  },
  delete(resource, _, context) {
    const user = userOf(resource.arn, context);
    if (user) throw inUse(`StudioLifecycleConfig ${resource.arn} is in use by ${user}.`);
  },
};

/** ARN of a resource of Studio whose settings name this ARN. */
export function userOf(arn: string, context: ReadContext): string | undefined {
  for (const name of ["Domain", "UserProfile", "Space"]) {
    const one = shelf(kindNamed(name), context);
    for (const entry of one.entries("created")) {
      const resource = one.byKey(entry.key, context.now);
      if (resource && strings(collect(resource.input, () => true)).includes(arn)) return resource.arn;
    }
  }
  return undefined;
}
