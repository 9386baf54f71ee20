/** What a decision needs to know of a SageMaker resource. */
import type { ReadContext } from "../../context.ts";
import type { ResourceFacts } from "../../service.ts";
import { find, kindNamed, locate } from "./engine/locate.ts";

export function resourceFacts(arn: string, context: ReadContext): ResourceFacts | undefined {
  const located = locate(arn, context);
  const group = groupTags(arn, context);
  if (!located) return group && { account: context.account, tags: group };
  const { resource } = located;
  const policy = resource.fields.ResourcePolicy;
  return {
    account: located.context.account,
    tags: { ...resource.tags, ...group },
    ...(typeof policy === "string" && { policy: { name: resource.name, document: policy } }),
  };
}

/**
 * A version has no tags of its own choosing: it "uses the tags associated with the model group" (API_CreateModelPackage),
 * also the version that is about to be made, `model-package/GROUP/*`.
 */
function groupTags(arn: string, context: ReadContext): Record<string, string> | undefined {
  const group = /:model-package\/([^/]+)\/[^/]+$/.exec(arn)?.[1];
  const found = group && find(kindNamed("ModelPackageGroup"), [group], context);
  return found ? { ...found.tags } : undefined;
}
