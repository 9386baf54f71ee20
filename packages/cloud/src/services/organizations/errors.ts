/** Organizations' errors in AWS's words. */
import { AwsError } from "../../wire/errors.ts";

const make = (code: string, message: string) => () => new AwsError(code, message);

export const notInUse = make(
  "AWSOrganizationsNotInUseException",
  "Your account is not a member of an organization.",
);
export const accessDenied = make(
  "AccessDeniedException",
  "You don't have permissions to access this resource.",
);
export const alreadyIn = make(
  "AlreadyInOrganizationException",
  "The provided account is already a member of an organization.",
);
export const accountNotFound = make(
  "AccountNotFoundException",
  "You specified an account that doesn't exist.",
);
export const unitNotFound = make(
  "OrganizationalUnitNotFoundException",
  "You specified an organizational unit that doesn't exist.",
);
export const parentNotFound = make("ParentNotFoundException", "You specified parent that doesn't exist.");
export const childNotFound = make("ChildNotFoundException", "You specified child that doesn't exist.");
export const rootNotFound = make("RootNotFoundException", "You specified a root that doesn't exist.");
export const targetNotFound = make("TargetNotFoundException", "You specified a target that doesn't exist.");
export const policyNotFound = make("PolicyNotFoundException", "You specified a policy that doesn't exist.");
export const handshakeNotFound = make(
  "HandshakeNotFoundException",
  "You specified a handshake that doesn't exist.",
);
export const invalidHandshake = make(
  "InvalidHandshakeTransitionException",
  "You can't perform the requested transition for this handshake.",
);
export const duplicatePolicy = make(
  "DuplicatePolicyException",
  "A policy with the same name already exists.",
);
export const duplicateUnit = make(
  "DuplicateOrganizationalUnitException",
  "An OU with the same name already exists.",
);
export const duplicateAttachment = make(
  "DuplicatePolicyAttachmentException",
  "The selected policy is already attached to the specified target.",
);
export const notAttached = make(
  "PolicyNotAttachedException",
  "The policy isn't attached to the specified target.",
);
export const typeEnabled = make(
  "PolicyTypeAlreadyEnabledException",
  "The specified policy type is already enabled.",
);
export const typeNotEnabled = make(
  "PolicyTypeNotEnabledException",
  "This operation can be performed only for enabled policy types.",
);
export const policyInUse = make(
  "PolicyInUseException",
  "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before performing this operation.",
);
export const malformedPolicy = make(
  "MalformedPolicyDocumentException",
  "The provided policy document does not meet the requirements of the specified policy type.",
);
export const unitNotEmpty = make(
  "OrganizationalUnitNotEmptyException",
  "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again.",
);
export const organizationNotEmpty = make(
  "OrganizationNotEmptyException",
  "To delete an organization, you must first remove all member accounts, OUs, and policies.",
);
export const sourceNotFound = make(
  "SourceParentNotFoundException",
  "You specified a source root or OU that doesn't exist.",
);
export const destinationNotFound = make(
  "DestinationParentNotFoundException",
  "You specified a destination root or OU that doesn't exist.",
);
export const duplicateAccount = make(
  "DuplicateAccountException",
  "That account is already present in the specified destination.",
);

export const notRegistered = make(
  "AccountNotRegisteredException",
  "The provided account is not a registered delegated administrator for your organization.",
);

export const invalidInput = (Reason: string, message = "You specified an invalid value.") =>
  new AwsError("InvalidInputException", message, { members: { Reason } });
export const constraint = (Reason: string, message: string) =>
  new AwsError("ConstraintViolationException", message, { members: { Reason } });
