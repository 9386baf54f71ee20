/** What each operation of IAM needs, from the "Actions, resources, and condition keys for IAM" reference. */
import type * as Iam from "@aws-sdk/client-iam";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable, Check } from "../../service.ts";
import { NAME, shownAs, shownResource, tagging } from "./denied-names.ts";
import type { Kind } from "./errors.ts";
import { iamArn } from "./names.ts";
import {
  accessKeys,
  groups,
  instanceProfiles,
  keyOf,
  mfaDevices,
  roles,
  serverCertificates,
  users,
} from "./state.ts";
import { requestTags } from "./tags.ts";

type Input = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: inputs differ by operation
type Rule = AuthorizationRule<any>;

/** The entity's ARN as it is, or as it would be. */
function entityArn(kind: Kind, name: unknown, path: unknown, context: ReadContext): string {
  const table = kind === "user" ? users(context) : kind === "group" ? groups(context) : roles(context);
  const found = typeof name === "string" ? table.get(keyOf(name)) : undefined;
  return (
    found?.arn ?? iamArn(context.account, kind, typeof path === "string" ? path : "/", String(name ?? ""))
  );
}

/** The user named, else the calling user. */
function userArn(input: Input, context: ReadContext): string {
  const { principal } = context.caller;
  if (input.UserName === undefined && principal.kind === "user") return principal.arn;
  if (input.UserName === undefined) return iamArn(context.account, "user", "/", "*");
  return entityArn("user", input.UserName, input.Path, context);
}

/** A rule on one entity, with the context keys that the operation has. */
function on(
  kind: Kind,
  action: string,
  keys?: (input: Input, context: ReadContext) => Check["context"],
): Rule {
  return (input: Input, context: ReadContext) => {
    const resource =
      kind === "user" ? userArn(input, context) : entityArn(kind, input[NAME[kind]], input.Path, context);
    const extra = keys?.(input, context);
    const shown = shownAs(kind, action, input, context);
    return [
      { action: `iam:${action}`, resource, ...(shown && { shown }), ...(extra && { context: extra }) },
      ...tagging(action, input, resource),
    ];
  };
}

/** `iam:PermissionsBoundary`: the boundary that the entity has. */
const boundaryOf =
  (kind: "user" | "role") =>
  (input: Input, context: ReadContext): Check["context"] => {
    const name = input[NAME[kind]];
    const table = kind === "user" ? users(context) : roles(context);
    const boundary = typeof name === "string" ? table.get(keyOf(name))?.boundary : undefined;
    return boundary === undefined ? undefined : { "iam:PermissionsBoundary": boundary };
  };

const given = (input: Input): Check["context"] => ({
  ...requestTags(input.Tags as Iam.Tag[] | undefined),
  ...(typeof input.PermissionsBoundary === "string" && {
    "iam:PermissionsBoundary": input.PermissionsBoundary,
  }),
});
const tagged = (input: Input): Check["context"] => requestTags(input.Tags as Iam.Tag[] | undefined);
const untagged = (input: Input): Check["context"] => ({ "aws:TagKeys": (input.TagKeys as string[]) ?? [] });

const attaching =
  (kind: Kind) =>
  (input: Input, context: ReadContext): Check["context"] => ({
    "iam:PolicyARN": String(input.PolicyArn),
    ...(kind !== "group" && boundaryOf(kind)(input, context)),
  });

/** A rule on one resource whose ARN the input tells. */
function at(
  action: string,
  resource: (input: Input, context: ReadContext) => string,
  keys?: (input: Input, context: ReadContext) => Check["context"],
): Rule {
  return (input: Input, context: ReadContext) => {
    const extra = keys?.(input, context);
    const arn = resource(input, context);
    const shown = shownResource(action, arn, input);
    return [
      { action: `iam:${action}`, resource: arn, ...(shown && { shown }), ...(extra && { context: extra }) },
      ...tagging(action, input, arn),
    ];
  };
}

const policyArn = (input: Input) => String(input.PolicyArn);
const newPolicy = (input: Input, context: ReadContext) =>
  iamArn(
    context.account,
    "policy",
    typeof input.Path === "string" ? input.Path : "/",
    String(input.PolicyName),
  );
const profileArn = (input: Input, context: ReadContext) =>
  instanceProfiles(context).get(keyOf(String(input.InstanceProfileName)))?.arn ??
  iamArn(
    context.account,
    "instance-profile",
    typeof input.Path === "string" ? input.Path : "/",
    String(input.InstanceProfileName),
  );
const certificateArn = (input: Input, context: ReadContext) =>
  serverCertificates(context).get(keyOf(String(input.ServerCertificateName)))?.arn ??
  iamArn(
    context.account,
    "server-certificate",
    typeof input.Path === "string" ? input.Path : "/",
    String(input.ServerCertificateName),
  );
const oidcArn = (input: Input) => String(input.OpenIDConnectProviderArn);
const newOidc = (input: Input, context: ReadContext) =>
  `arn:aws:iam::${context.account}:oidc-provider/${String(input.Url).replace(/^https?:\/\//, "")}`;
const samlArn = (input: Input) => String(input.SAMLProviderArn);
const newSaml = (input: Input, context: ReadContext) =>
  `arn:aws:iam::${context.account}:saml-provider/${String(input.Name)}`;
const mfaArn = (input: Input, context: ReadContext) =>
  mfaDevices(context).get(String(input.SerialNumber))?.arn ?? String(input.SerialNumber);
const newMfa = (input: Input, context: ReadContext) =>
  iamArn(
    context.account,
    "mfa",
    typeof input.Path === "string" ? input.Path : "/",
    String(input.VirtualMFADeviceName),
  );
/** AWS names the collection in its messages: `arn:aws:iam::111122223333:role/`. */
const all =
  (kind: string) =>
  (input: Input, context: ReadContext): string =>
    iamArn(context.account, kind, typeof input.PathPrefix === "string" ? input.PathPrefix : "/", "");
const anything = () => "*";

/** The user whose key it is. */
const ownerOfKey = (input: Input, context: ReadContext) => {
  const key = accessKeys(context).get(String(input.AccessKeyId));
  if (key?.account !== context.account) return "*";
  return key.user === undefined
    ? `arn:aws:iam::${key.account}:root`
    : userArn({ UserName: key.user }, context);
};

const newCredential = (input: Input): Check["context"] => ({
  "iam:ServiceSpecificCredentialServiceName": String(input.ServiceName),
  ...(typeof input.CredentialAgeDays === "number" && {
    "iam:ServiceSpecificCredentialAgeDays": String(input.CredentialAgeDays),
  }),
});
/** The service that an existing credential is for. */
const credentialOf = (input: Input, context: ReadContext): Check["context"] => {
  const arn = userArn(input, context);
  const user = users(context).get(keyOf(arn.slice(arn.lastIndexOf("/") + 1)));
  const one = user?.serviceCredentials?.find(({ id }) => id === input.ServiceSpecificCredentialId);
  return one && { "iam:ServiceSpecificCredentialServiceName": one.service };
};

export const authorization: AuthorizationTable = {
  CreateUser: on("user", "CreateUser", given),
  GetUser: on("user", "GetUser"),
  ListUsers: at("ListUsers", all("user")),
  UpdateUser: on("user", "UpdateUser"),
  DeleteUser: on("user", "DeleteUser"),
  TagUser: on("user", "TagUser", tagged),
  UntagUser: on("user", "UntagUser", untagged),
  ListUserTags: on("user", "ListUserTags"),
  PutUserPermissionsBoundary: on("user", "PutUserPermissionsBoundary", given),
  DeleteUserPermissionsBoundary: on("user", "DeleteUserPermissionsBoundary", boundaryOf("user")),
  PutUserPolicy: on("user", "PutUserPolicy", boundaryOf("user")),
  GetUserPolicy: on("user", "GetUserPolicy"),
  DeleteUserPolicy: on("user", "DeleteUserPolicy", boundaryOf("user")),
  ListUserPolicies: on("user", "ListUserPolicies"),
  AttachUserPolicy: on("user", "AttachUserPolicy", attaching("user")),
  DetachUserPolicy: on("user", "DetachUserPolicy", attaching("user")),
  ListAttachedUserPolicies: on("user", "ListAttachedUserPolicies"),
  ListGroupsForUser: on("user", "ListGroupsForUser"),
  CreateAccessKey: on("user", "CreateAccessKey"),
  ListAccessKeys: on("user", "ListAccessKeys"),
  UpdateAccessKey: on("user", "UpdateAccessKey"),
  DeleteAccessKey: on("user", "DeleteAccessKey"),
  GetAccessKeyLastUsed: at("GetAccessKeyLastUsed", ownerOfKey),
  CreateLoginProfile: on("user", "CreateLoginProfile"),
  GetLoginProfile: on("user", "GetLoginProfile"),
  UpdateLoginProfile: on("user", "UpdateLoginProfile"),
  DeleteLoginProfile: on("user", "DeleteLoginProfile"),
  ChangePassword: on("user", "ChangePassword"),
  UploadSigningCertificate: on("user", "UploadSigningCertificate"),
  ListSigningCertificates: on("user", "ListSigningCertificates"),
  UpdateSigningCertificate: on("user", "UpdateSigningCertificate"),
  DeleteSigningCertificate: on("user", "DeleteSigningCertificate"),
  UploadSSHPublicKey: on("user", "UploadSSHPublicKey"),
  GetSSHPublicKey: on("user", "GetSSHPublicKey"),
  ListSSHPublicKeys: on("user", "ListSSHPublicKeys"),
  UpdateSSHPublicKey: on("user", "UpdateSSHPublicKey"),
  DeleteSSHPublicKey: on("user", "DeleteSSHPublicKey"),
  CreateServiceSpecificCredential: on("user", "CreateServiceSpecificCredential", newCredential),
  ListServiceSpecificCredentials: on("user", "ListServiceSpecificCredentials"),
  UpdateServiceSpecificCredential: on("user", "UpdateServiceSpecificCredential", credentialOf),
  ResetServiceSpecificCredential: on("user", "ResetServiceSpecificCredential", credentialOf),
  DeleteServiceSpecificCredential: on("user", "DeleteServiceSpecificCredential", credentialOf),

  CreateGroup: on("group", "CreateGroup"),
  GetGroup: on("group", "GetGroup"),
  ListGroups: at("ListGroups", all("group")),
  UpdateGroup: on("group", "UpdateGroup"),
  DeleteGroup: on("group", "DeleteGroup"),
  AddUserToGroup: on("group", "AddUserToGroup"),
  RemoveUserFromGroup: on("group", "RemoveUserFromGroup"),
  PutGroupPolicy: on("group", "PutGroupPolicy"),
  GetGroupPolicy: on("group", "GetGroupPolicy"),
  DeleteGroupPolicy: on("group", "DeleteGroupPolicy"),
  ListGroupPolicies: on("group", "ListGroupPolicies"),
  AttachGroupPolicy: on("group", "AttachGroupPolicy", attaching("group")),
  DetachGroupPolicy: on("group", "DetachGroupPolicy", attaching("group")),
  ListAttachedGroupPolicies: on("group", "ListAttachedGroupPolicies"),

  CreateRole: on("role", "CreateRole", given),
  GetRole: on("role", "GetRole", boundaryOf("role")),
  ListRoles: at("ListRoles", all("role")),
  UpdateRole: on("role", "UpdateRole", boundaryOf("role")),
  UpdateRoleDescription: on("role", "UpdateRoleDescription", boundaryOf("role")),
  UpdateAssumeRolePolicy: on("role", "UpdateAssumeRolePolicy", boundaryOf("role")),
  DeleteRole: on("role", "DeleteRole", boundaryOf("role")),
  TagRole: on("role", "TagRole", tagged),
  UntagRole: on("role", "UntagRole", untagged),
  ListRoleTags: on("role", "ListRoleTags"),
  PutRolePermissionsBoundary: on("role", "PutRolePermissionsBoundary", given),
  DeleteRolePermissionsBoundary: on("role", "DeleteRolePermissionsBoundary", boundaryOf("role")),
  PutRolePolicy: on("role", "PutRolePolicy", boundaryOf("role")),
  GetRolePolicy: on("role", "GetRolePolicy"),
  DeleteRolePolicy: on("role", "DeleteRolePolicy", boundaryOf("role")),
  ListRolePolicies: on("role", "ListRolePolicies"),
  AttachRolePolicy: on("role", "AttachRolePolicy", attaching("role")),
  DetachRolePolicy: on("role", "DetachRolePolicy", attaching("role")),
  ListAttachedRolePolicies: on("role", "ListAttachedRolePolicies"),
  ListInstanceProfilesForRole: on("role", "ListInstanceProfilesForRole"),
  CreateServiceLinkedRole: at(
    "CreateServiceLinkedRole",
    (input, context) =>
      `arn:aws:iam::${context.account}:role/aws-service-role/${String(input.AWSServiceName)}/*`,
    (input) => ({ "iam:AWSServiceName": String(input.AWSServiceName) }),
  ),
  DeleteServiceLinkedRole: on("role", "DeleteServiceLinkedRole"),
  GetServiceLinkedRoleDeletionStatus: at("GetServiceLinkedRoleDeletionStatus", (input, context) => {
    const [, , service = "", name = ""] = String(input.DeletionTaskId).split("/");
    return `arn:aws:iam::${context.account}:role/aws-service-role/${service}/${name}`;
  }),

  CreatePolicy: at("CreatePolicy", newPolicy, tagged),
  GetPolicy: at("GetPolicy", policyArn),
  ListPolicies: at("ListPolicies", all("policy")),
  DeletePolicy: at("DeletePolicy", policyArn),
  CreatePolicyVersion: at("CreatePolicyVersion", policyArn),
  GetPolicyVersion: at("GetPolicyVersion", policyArn),
  ListPolicyVersions: at("ListPolicyVersions", policyArn),
  SetDefaultPolicyVersion: at("SetDefaultPolicyVersion", policyArn),
  DeletePolicyVersion: at("DeletePolicyVersion", policyArn),
  ListEntitiesForPolicy: at("ListEntitiesForPolicy", policyArn),
  TagPolicy: at("TagPolicy", policyArn, tagged),
  UntagPolicy: at("UntagPolicy", policyArn, untagged),
  ListPolicyTags: at("ListPolicyTags", policyArn),
  GenerateServiceLastAccessedDetails: at("GenerateServiceLastAccessedDetails", (input) => String(input.Arn)),
  GetServiceLastAccessedDetails: at("GetServiceLastAccessedDetails", () => "*"),
  GetServiceLastAccessedDetailsWithEntities: at("GetServiceLastAccessedDetailsWithEntities", () => "*"),
  ListPoliciesGrantingServiceAccess: at("ListPoliciesGrantingServiceAccess", (input) => String(input.Arn)),

  CreateInstanceProfile: at("CreateInstanceProfile", profileArn, tagged),
  GetInstanceProfile: at("GetInstanceProfile", profileArn),
  ListInstanceProfiles: at("ListInstanceProfiles", all("instance-profile")),
  DeleteInstanceProfile: at("DeleteInstanceProfile", profileArn),
  TagInstanceProfile: at("TagInstanceProfile", profileArn, tagged),
  UntagInstanceProfile: at("UntagInstanceProfile", profileArn, untagged),
  ListInstanceProfileTags: at("ListInstanceProfileTags", profileArn),
  // the role travels to EC2 with the profile
  AddRoleToInstanceProfile: (input: Input, context: ReadContext) => [
    {
      action: "iam:AddRoleToInstanceProfile",
      resource: profileArn(input, context),
      shown: `instance profile ${String(input.InstanceProfileName)}`,
    },
    {
      action: "iam:PassRole",
      resource: entityArn("role", input.RoleName, "/", context),
      context: { "iam:PassedToService": "ec2.amazonaws.com" },
    },
  ],
  RemoveRoleFromInstanceProfile: at("RemoveRoleFromInstanceProfile", profileArn),

  CreateOpenIDConnectProvider: at("CreateOpenIDConnectProvider", newOidc, tagged),
  GetOpenIDConnectProvider: at("GetOpenIDConnectProvider", oidcArn),
  ListOpenIDConnectProviders: at("ListOpenIDConnectProviders", anything),
  UpdateOpenIDConnectProviderThumbprint: at("UpdateOpenIDConnectProviderThumbprint", oidcArn),
  AddClientIDToOpenIDConnectProvider: at("AddClientIDToOpenIDConnectProvider", oidcArn),
  RemoveClientIDFromOpenIDConnectProvider: at("RemoveClientIDFromOpenIDConnectProvider", oidcArn),
  DeleteOpenIDConnectProvider: at("DeleteOpenIDConnectProvider", oidcArn),
  TagOpenIDConnectProvider: at("TagOpenIDConnectProvider", oidcArn, tagged),
  UntagOpenIDConnectProvider: at("UntagOpenIDConnectProvider", oidcArn, untagged),
  ListOpenIDConnectProviderTags: at("ListOpenIDConnectProviderTags", oidcArn),
  CreateSAMLProvider: at("CreateSAMLProvider", newSaml, tagged),
  GetSAMLProvider: at("GetSAMLProvider", samlArn),
  ListSAMLProviders: at("ListSAMLProviders", anything),
  UpdateSAMLProvider: at("UpdateSAMLProvider", samlArn),
  DeleteSAMLProvider: at("DeleteSAMLProvider", samlArn),
  TagSAMLProvider: at("TagSAMLProvider", samlArn, tagged),
  UntagSAMLProvider: at("UntagSAMLProvider", samlArn, untagged),
  ListSAMLProviderTags: at("ListSAMLProviderTags", samlArn),

  CreateVirtualMFADevice: at("CreateVirtualMFADevice", newMfa, tagged),
  DeleteVirtualMFADevice: at("DeleteVirtualMFADevice", mfaArn),
  ListVirtualMFADevices: at("ListVirtualMFADevices", all("mfa")),
  EnableMFADevice: on("user", "EnableMFADevice"),
  DeactivateMFADevice: on("user", "DeactivateMFADevice"),
  ListMFADevices: on("user", "ListMFADevices"),
  GetMFADevice: on("user", "GetMFADevice"),
  ResyncMFADevice: on("user", "ResyncMFADevice"),
  TagMFADevice: at("TagMFADevice", mfaArn, tagged),
  UntagMFADevice: at("UntagMFADevice", mfaArn, untagged),
  ListMFADeviceTags: at("ListMFADeviceTags", mfaArn),

  UploadServerCertificate: at("UploadServerCertificate", certificateArn, tagged),
  GetServerCertificate: at("GetServerCertificate", certificateArn),
  ListServerCertificates: at("ListServerCertificates", all("server-certificate")),
  UpdateServerCertificate: at("UpdateServerCertificate", certificateArn),
  DeleteServerCertificate: at("DeleteServerCertificate", certificateArn),
  TagServerCertificate: at("TagServerCertificate", certificateArn, tagged),
  UntagServerCertificate: at("UntagServerCertificate", certificateArn, untagged),
  ListServerCertificateTags: at("ListServerCertificateTags", certificateArn),

  CreateAccountAlias: at("CreateAccountAlias", anything),
  DeleteAccountAlias: at("DeleteAccountAlias", anything),
  ListAccountAliases: at("ListAccountAliases", anything),
  GetAccountSummary: at("GetAccountSummary", anything),
  GetAccountPasswordPolicy: at("GetAccountPasswordPolicy", anything),
  UpdateAccountPasswordPolicy: at("UpdateAccountPasswordPolicy", anything),
  DeleteAccountPasswordPolicy: at("DeleteAccountPasswordPolicy", anything),
  GetAccountAuthorizationDetails: at("GetAccountAuthorizationDetails", anything),
  GenerateCredentialReport: at("GenerateCredentialReport", anything),
  GetCredentialReport: at("GetCredentialReport", anything),
  EnableOutboundWebIdentityFederation: at("EnableOutboundWebIdentityFederation", anything),
  DisableOutboundWebIdentityFederation: at("DisableOutboundWebIdentityFederation", anything),
  GetOutboundWebIdentityFederationInfo: at("GetOutboundWebIdentityFederationInfo", anything),
  SetSecurityTokenServicePreferences: at("SetSecurityTokenServicePreferences", anything),
  SimulateCustomPolicy: at("SimulateCustomPolicy", anything),
  SimulatePrincipalPolicy: at("SimulatePrincipalPolicy", (input) => String(input.PolicySourceArn)),
  GetContextKeysForCustomPolicy: at("GetContextKeysForCustomPolicy", anything),
  GetContextKeysForPrincipalPolicy: at("GetContextKeysForPrincipalPolicy", (input) =>
    String(input.PolicySourceArn),
  ),
};
