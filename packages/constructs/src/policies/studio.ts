/** Working in Studio: own spaces and their apps, never somebody else's. */

import type { Team } from "@sagekeep/spec";
import type { Scope } from "../scope.ts";
import type { Condition, Statement } from "./statement.ts";

/**
 * The caller's own profile, from the policy variables SageMaker fills in inside Studio (Developer Guide,
 * "Amazon SageMaker AI API permissions": `sagemaker:DomainId`, `sagemaker:UserProfileName`).
 */
function ownProfile(scope: Scope): string {
  return scope.sagemaker("user-profile/${sagemaker:DomainId}/${sagemaker:UserProfileName}");
}

function ownPrivate(scope: Scope): Condition {
  return {
    ArnLike: { "sagemaker:OwnerUserProfileArn": ownProfile(scope) },
    StringEquals: { "sagemaker:SpaceSharingType": "Private" },
  };
}

/**
 * What Studio writes down about an app, it writes with the execution role; a role that may not loses the log
 * (Developer Guide, "Log groups and streams that Amazon SageMaker AI sends to Amazon CloudWatch Logs").
 */
function appLogStatements(scope: Scope): Statement[] {
  const group = scope.arn("logs", "log-group:/aws/sagemaker/studio");
  return [
    {
      Sid: "WriteStudioLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [group, `${group}:log-stream:`, `${group}:log-stream:\${aws:PrincipalTag/domain-id}/*`],
    },
  ];
}

/** `studio`: private spaces of one's own. */
export function studioStatements(scope: Scope): Statement[] {
  return [
    ...appLogStatements(scope),
    {
      Sid: "OwnApps",
      Effect: "Allow",
      Action: ["sagemaker:CreateApp", "sagemaker:DeleteApp"],
      Resource: [scope.inOwnDomain("app", "/*")],
      Condition: ownPrivate(scope),
    },
    {
      Sid: "OwnSpaces",
      Effect: "Allow",
      Action: ["sagemaker:CreateSpace", "sagemaker:DeleteSpace", "sagemaker:UpdateSpace"],
      Resource: [scope.inOwnDomain("space", "/*")],
      Condition: ownPrivate(scope),
    },
    {
      Sid: "TagNewSpaces",
      Effect: "Allow",
      Action: ["sagemaker:AddTags"],
      Resource: [scope.inOwnDomain("space", "/*"), scope.inOwnDomain("app", "/*")],
      Condition: { StringEquals: { "sagemaker:TaggingAction": ["CreateApp", "CreateSpace"] } },
    },
  ];
}

/** `shared-spaces`: apps in the spaces the team shares, by name. */
export function sharedSpaceStatements(scope: Scope, team: Team): Statement[] {
  if (team.spaces.length === 0) return [];
  return [
    {
      Sid: "TeamApps",
      Effect: "Allow",
      Action: ["sagemaker:CreateApp", "sagemaker:DeleteApp"],
      Resource: team.spaces.map((space) => scope.inOwnDomain("app", `/${space.name}/*`)),
      Condition: { StringEquals: { "sagemaker:SpaceSharingType": "Shared" } },
    },
  ];
}

/** `canvas`: its app, in a space or not. */
export function canvasStatements(scope: Scope): Statement[] {
  return [
    {
      Sid: "CanvasApps",
      Effect: "Allow",
      Action: ["sagemaker:CreateApp", "sagemaker:DeleteApp"],
      Resource: [scope.inOwnDomain("app", "/*/canvas/*"), scope.inOwnDomain("app", "/*/Canvas/*")],
      Condition: { ArnLike: { "sagemaker:OwnerUserProfileArn": ownProfile(scope) } },
    },
  ];
}

/** `domain-administration`: profiles and spaces of the own domain, for the own team. */
export function administrationStatements(scope: Scope): Statement[] {
  return [
    {
      Sid: "AddProfiles",
      Effect: "Allow",
      Action: ["sagemaker:CreateUserProfile", "sagemaker:AddTags"],
      Resource: [scope.inOwnDomain("user-profile", "/*")],
      Condition: { StringEquals: { "aws:RequestTag/team": "${aws:PrincipalTag/team}" } },
    },
    {
      Sid: "ManageProfiles",
      Effect: "Allow",
      Action: ["sagemaker:DeleteUserProfile", "sagemaker:UpdateUserProfile"],
      Resource: [scope.inOwnDomain("user-profile", "/*")],
      Condition: { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } },
    },
    {
      Sid: "ManageSpaces",
      Effect: "Allow",
      Action: ["sagemaker:DeleteApp", "sagemaker:DeleteSpace", "sagemaker:UpdateSpace"],
      Resource: [scope.inOwnDomain("space", "/*"), scope.inOwnDomain("app", "/*")],
      Condition: { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } },
    },
  ];
}
