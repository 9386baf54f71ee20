/** What a decision needs to know of a SageMaker resource. */
import type { ReadContext } from "../../context.ts";
import type { ResourceFacts } from "../../service.ts";
import { locate } from "./engine/locate.ts";

export function resourceFacts(arn: string, context: ReadContext): ResourceFacts | undefined {
  const located = locate(arn, context);
  if (!located) return undefined;
  const { resource } = located;
  const policy = resource.fields.ResourcePolicy;
  return {
    account: located.context.account,
    tags: { ...resource.tags },
    ...(typeof policy === "string" && { policy: { name: resource.name, document: policy } }),
  };
}
