/** Explicit denials that hold whatever else is allowed: isolation, tags, services nobody needs. */

import type { Persona, Platform } from "@sagekeep/spec";
import { OWN_TEAM, TEAM_TAG } from "../scope.ts";
import { misspelledTags, PROTECTED_TAGS } from "./conditions.ts";
import type { Statement } from "./statement.ts";

/** Services and acts no persona needs; an administrator of profiles keeps those. */
export function deniedServices(persona: Persona): Statement[] {
  const administers = persona.capabilities.includes("domain-administration");
  return [
    {
      Sid: "DenyNotebookInstances",
      Effect: "Deny",
      Action: ["sagemaker:*NotebookInstance*"],
      Resource: ["*"],
      reason: "notebook instances are outside the domain's network and identity: none, whatever its name",
    },
    {
      Sid: "DenyDomainChanges",
      Effect: "Deny",
      Action: [
        "sagemaker:CreateDomain",
        "sagemaker:DeleteDomain",
        "sagemaker:UpdateDomain",
        ...(administers
          ? []
          : ["sagemaker:CreateUserProfile", "sagemaker:DeleteUserProfile", "sagemaker:UpdateUserProfile"]),
      ],
      Resource: ["*"],
      reason: "any domain and profile, of this platform or not",
    },
    {
      Sid: "DenySignInAsOthers",
      Effect: "Deny",
      Action: ["sagemaker:CreatePresignedDomainUrl", "sagemaker:CreatePresignedNotebookInstanceUrl"],
      Resource: ["*"],
      reason:
        "a session inside Studio has no need to open another one: signing in belongs to the sign-in role",
    },
    {
      Sid: "DenySharingOutside",
      Effect: "Deny",
      Action: [
        "sagemaker:PutModelPackageGroupPolicy",
        "sagemaker:PutResourcePolicy",
        "sagemaker:PutLineageGroupPolicy",
        "sagemaker:CreateSharedModel",
      ],
      Resource: ["*"],
      reason: "resource policies open a resource to other accounts",
    },
  ];
}

/** Team isolation that no later Allow can undo, and tags that cannot be used to leave the team. */
export function teamIsolation(platform: Platform): Statement[] {
  if (!platform.controls.isolation.teams) return [];
  return [
    {
      Sid: "DenyOtherTeams",
      Effect: "Deny",
      Action: ["sagemaker:*"],
      Resource: ["*"],
      Condition: {
        Null: { [`aws:ResourceTag/${TEAM_TAG}`]: "false" },
        StringNotEquals: { [`aws:ResourceTag/${TEAM_TAG}`]: OWN_TEAM },
      },
      reason: "whatever carries another team's tag, of any kind",
    },
    {
      Sid: "DenyTaggingForOthers",
      Effect: "Deny",
      Action: ["sagemaker:*"],
      Resource: ["*"],
      Condition: {
        Null: { [`aws:RequestTag/${TEAM_TAG}`]: "false" },
        StringNotEquals: { [`aws:RequestTag/${TEAM_TAG}`]: OWN_TEAM },
      },
      reason: "whatever would get another team's tag, of any kind",
    },
    {
      Sid: "DenyLookalikeTags",
      Effect: "Deny",
      Action: ["sagemaker:*"],
      Resource: ["*"],
      Condition: { "ForAnyValue:StringEquals": { "aws:TagKeys": misspelledTags(TEAM_TAG) } },
      reason: "a second spelling of the tag would make policies ambiguous",
    },
    {
      Sid: "DenyForgingTags",
      Effect: "Deny",
      Action: ["sagemaker:AddTags"],
      Resource: ["*"],
      Condition: {
        // What SageMaker tags while it makes something says so; this is about tagging afterwards.
        Null: { "sagemaker:TaggingAction": "true" },
        "ForAnyValue:StringEqualsIgnoreCase": {
          "aws:TagKeys": PROTECTED_TAGS.filter((tag) => tag !== TEAM_TAG),
        },
      },
      reason: "the tags that name platform, domain and user, on any kind",
    },
    {
      Sid: "DenyRemovingTags",
      Effect: "Deny",
      Action: ["sagemaker:DeleteTags"],
      Resource: ["*"],
      Condition: {
        "ForAnyValue:StringEqualsIgnoreCase": {
          "aws:TagKeys": [
            ...PROTECTED_TAGS,
            "sagemaker:domain-arn",
            "sagemaker:user-profile-arn",
            "sagemaker:space-arn",
          ],
        },
      },
      reason: "the tags isolation rests on, on any kind",
    },
  ];
}
