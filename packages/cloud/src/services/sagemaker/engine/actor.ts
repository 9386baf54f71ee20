/**
 * Who calls, as SageMaker records it: principal, source identity and, for a session of Studio, the domain, profile
 * and space that the session's context names. From these come `CreatedBy` and the automatic tags.
 */
import type { ReadContext } from "../../../context.ts";
import { find, kindNamed } from "./locate.ts";
import type { Fields } from "./model.ts";
import type { Actor } from "./resource.ts";

export function actorOf(context: ReadContext): Actor {
  const { caller } = context;
  const session = caller.credential?.context;
  const principal = caller.principal as { sourceIdentity?: string };
  const domainId = text(session?.["sagemaker:DomainId"]);
  const userProfileName = text(session?.["sagemaker:UserProfileName"]);
  const spaceName = text(session?.["sagemaker:SpaceName"]);
  return {
    arn: caller.arn,
    id: caller.userId,
    ...(principal.sourceIdentity && { sourceIdentity: principal.sourceIdentity }),
    ...(domainId && { domainId }),
    ...(domainId &&
      userProfileName && {
        userProfileName,
        userProfileArn: context.arn("sagemaker", `user-profile/${domainId}/${userProfileName}`.toLowerCase()),
      }),
    ...(domainId &&
      spaceName && {
        spaceArn: context.arn("sagemaker", `space/${domainId}/${spaceName}`.toLowerCase()),
      }),
  };
}

/** Tags that SageMaker puts on what a Studio session creates. */
export function automaticTags(actor: Actor, context: ReadContext): Record<string, string> {
  if (!actor.domainId) return {};
  return {
    ...propagatedTags(actor.domainId, actor.userProfileName, context),
    "sagemaker:domain-arn": context.arn("sagemaker", `domain/${actor.domainId}`.toLowerCase()),
    ...(actor.userProfileArn && { "sagemaker:user-profile-arn": actor.userProfileArn }),
    ...(actor.spaceArn && { "sagemaker:space-arn": actor.spaceArn }),
  };
}

/** The domain's and the profile's own tags, when the domain propagates them. */
function propagatedTags(
  domainId: string,
  userProfileName: string | undefined,
  context: ReadContext,
): Record<string, string> {
  const domain = find(kindNamed("Domain"), [domainId], context);
  if (domain?.input.TagPropagation !== "ENABLED") return {};
  const profile =
    userProfileName === undefined
      ? undefined
      : find(kindNamed("UserProfile"), [domainId, userProfileName], context);
  return { ...domain.tags, ...profile?.tags };
}

/** `UserContext` of the API. */
export function userContext(actor: Actor): Fields {
  return {
    ...(actor.userProfileArn && { UserProfileArn: actor.userProfileArn }),
    ...(actor.userProfileName && { UserProfileName: actor.userProfileName }),
    ...(actor.domainId && { DomainId: actor.domainId }),
    IamIdentity: {
      Arn: actor.arn,
      PrincipalId: actor.id,
      ...(actor.sourceIdentity && { SourceIdentity: actor.sourceIdentity }),
    },
  };
}

const text = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
