/**
 * Domains in SSO mode: each is an application of the region's Identity Center, whose assignments say who may open
 * Studio ("Onboard to Amazon SageMaker AI domain using IAM Identity Center").
 */
import type { CallContext } from "../../../context.ts";
import { isAwsError } from "../../../wire/errors.ts";
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";
import { validation } from "../errors.ts";

const PROVIDER = "arn:aws:sso::aws:applicationProvider/sagemaker";

function instanceHere(context: CallContext): { InstanceArn: string; IdentityStoreId: string } | undefined {
  return context.callSync("sso-admin", "ListInstances", {}).Instances[0];
}

/** Makes the domain's application; its ARN. @throws ValidationException where Identity Center is not enabled */
export function makeApplication(domainId: string, input: Fields, context: CallContext): string {
  const instance = instanceHere(context);
  if (!instance) {
    throw validation(
      `AuthMode SSO requires AWS IAM Identity Center, which is not enabled in account ${context.account} and Region ${context.region}.`,
    );
  }
  return context.callSync("sso-admin", "CreateApplication", {
    InstanceArn: instance.InstanceArn,
    ApplicationProviderArn: PROVIDER,
    Name: `${input.DomainName}-${domainId}`,
    Description: `Amazon SageMaker domain ${domainId}`,
  }).ApplicationArn;
}

/** Removes the domain's application with its assignments. */
export function removeApplication(domain: Readonly<Resource>, context: CallContext): void {
  quietly(() =>
    context.callSync("sso-admin", "DeleteApplication", {
      ApplicationArn: domain.fields?.SingleSignOnApplicationArn,
    }),
  );
}

/** Assigns the named user to the domain's application. @throws ValidationException for a user nobody knows */
export function assignUser(domain: Readonly<Resource>, input: Fields, context: CallContext): void {
  const { SingleSignOnUserIdentifier: identifier, SingleSignOnUserValue: value } = input;
  if (identifier !== undefined && identifier !== "UserName") {
    throw validation("SingleSignOnUserIdentifier must be UserName.");
  }
  if (typeof value !== "string") {
    throw validation(
      "SingleSignOnUserIdentifier and SingleSignOnUserValue are required for a Domain with AuthMode SSO.",
    );
  }
  const assignment = assignmentOf(domain, value, context);
  if (!assignment) throw validation(`User ${value} does not exist in AWS IAM Identity Center.`);
  // who comes by a group is not assigned a second time: leaving the group must be enough
  if (mayOpen(domain, value, context)) return;
  quietly(() => context.callSync("sso-admin", "CreateApplicationAssignment", assignment));
}

/** Whether a user, or a group of the user's, is assigned to the domain's application. */
export function mayOpen(domain: Readonly<Resource>, userName: string, context: CallContext): boolean {
  const own = assignmentOf(domain, userName, context);
  const IdentityStoreId = instanceHere(context)?.IdentityStoreId;
  if (!own || IdentityStoreId === undefined) return false;
  const { ApplicationArn, PrincipalId: UserId } = own;
  const assigned = everyPage("sso-admin", "ListApplicationAssignments", { ApplicationArn }, context).flatMap(
    ({ ApplicationAssignments }) => ApplicationAssignments as { PrincipalId: string }[],
  );
  const groups = everyPage(
    "identitystore",
    "ListGroupMembershipsForMember",
    { IdentityStoreId, MemberId: { UserId } },
    context,
  ).flatMap(({ GroupMemberships }) => GroupMemberships as { GroupId: string }[]);
  const principals = new Set([UserId, ...groups.map(({ GroupId }) => GroupId)]);
  return assigned.some(({ PrincipalId }) => principals.has(PrincipalId));
}

// biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
function everyPage(service: string, operation: string, input: object, context: CallContext): any[] {
  // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  const pages: any[] = [];
  let NextToken: string | undefined;
  do {
    const page = context.callSync(service, operation, { ...input, ...(NextToken && { NextToken }) });
    pages.push(page);
    NextToken = page.NextToken;
  } while (NextToken);
  return pages;
}

/** Takes the user off the domain's application. */
export function unassignUser(domain: Readonly<Resource>, value: unknown, context: CallContext): void {
  const assignment = typeof value === "string" ? assignmentOf(domain, value, context) : undefined;
  if (assignment) quietly(() => context.callSync("sso-admin", "DeleteApplicationAssignment", assignment));
}

function assignmentOf(domain: Readonly<Resource>, userName: string, context: CallContext) {
  const IdentityStoreId = instanceHere(context)?.IdentityStoreId;
  if (IdentityStoreId === undefined) return undefined;
  try {
    const { UserId } = context.callSync("identitystore", "GetUserId", {
      IdentityStoreId,
      AlternateIdentifier: { UniqueAttribute: { AttributePath: "userName", AttributeValue: userName } },
    });
    const ApplicationArn = domain.fields?.SingleSignOnApplicationArn;
    return { ApplicationArn, PrincipalType: "USER", PrincipalId: UserId };
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

/** What is assigned already, or gone already, is as wanted. */
function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isAwsError(error)) throw error;
  }
}
