/** Tags of every kind of IAM resource that has them. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import type { Table } from "../../../store/table.ts";
import type { Handlers } from "../../../wire/types.ts";
import { noSuch, noSuchEntity, noSuchPolicy } from "../errors.ts";
import { page } from "../paging.ts";
import {
  instanceProfiles,
  keyOf,
  mfaDevices,
  oidcProviders,
  policies,
  roles,
  samlProviders,
  serverCertificates,
  type Tag,
  users,
} from "../state.ts";
import { mergeTags, type TagCase, withoutTags } from "../tags.ts";

interface Tagged {
  tags: Tag[];
}
type Given = readonly { Key: string | undefined; Value: string | undefined }[];

/** Where one resource's tags are. */
interface Place {
  table: Table<Tagged>;
  key: string;
  missing: () => Error;
  how: TagCase;
}

function tag(place: Place, given: Given): Record<never, never> {
  const changed = place.table.update(place.key, (draft) => {
    draft.tags = mergeTags(draft.tags, given, place.how);
  });
  if (!changed) throw place.missing();
  return {};
}

function untag(place: Place, keys: readonly string[]): Record<never, never> {
  const changed = place.table.update(place.key, (draft) => {
    draft.tags = withoutTags(draft.tags, keys, place.how);
  });
  if (!changed) throw place.missing();
  return {};
}

function list(
  place: Place,
  input: { Marker?: string | undefined; MaxItems?: number | undefined },
): { Tags: Tag[]; IsTruncated: boolean; Marker?: string } {
  const row = place.table.get(place.key);
  if (!row) throw place.missing();
  const { items, more } = page(row.tags, (one) => one.Key, input);
  return { Tags: items.map((one) => ({ ...one })), ...more };
}

const place = (table: unknown, key: string, missing: () => Error, how: TagCase = "exact"): Place => ({
  table: table as Table<Tagged>,
  key,
  missing,
  how,
});
const user = (name: string, at: CallContext) =>
  place(users(at), keyOf(name), () => noSuch("user", name), "ignore");
const role = (name: string, at: CallContext) =>
  place(roles(at), keyOf(name), () => noSuch("role", name), "ignore");
const policy = (arn: string, at: CallContext) => place(policies(at), arn, () => noSuchPolicy(arn));
const profile = (name: string, at: CallContext) =>
  place(instanceProfiles(at), keyOf(name), () => noSuchEntity(`Instance Profile ${name} cannot be found.`));
const oidc = (arn: string, at: CallContext) =>
  place(oidcProviders(at), arn, () => noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`));
const saml = (arn: string, at: CallContext) =>
  place(samlProviders(at), arn, () => noSuchEntity(`Manifest not found for arn ${arn}`));
const mfa = (serial: string, at: CallContext) =>
  place(mfaDevices(at), serial, () =>
    noSuchEntity(`MFA Device with serial number ${serial} does not exist.`),
  );
const certificate = (name: string, at: CallContext) =>
  place(serverCertificates(at), keyOf(name), () =>
    noSuchEntity(`The Server Certificate with name ${name} cannot be found.`),
  );

export const taggingOperations: Handlers<typeof Iam, CallContext> = {
  TagUser: ({ UserName, Tags }, at) => tag(user(UserName, at), Tags),
  UntagUser: ({ UserName, TagKeys }, at) => untag(user(UserName, at), TagKeys),
  ListUserTags: (input, at) => list(user(input.UserName, at), input),
  TagRole: ({ RoleName, Tags }, at) => tag(role(RoleName, at), Tags),
  UntagRole: ({ RoleName, TagKeys }, at) => untag(role(RoleName, at), TagKeys),
  ListRoleTags: (input, at) => list(role(input.RoleName, at), input),
  TagPolicy: ({ PolicyArn, Tags }, at) => tag(policy(PolicyArn, at), Tags),
  UntagPolicy: ({ PolicyArn, TagKeys }, at) => untag(policy(PolicyArn, at), TagKeys),
  ListPolicyTags: (input, at) => list(policy(input.PolicyArn, at), input),
  TagInstanceProfile: ({ InstanceProfileName, Tags }, at) => tag(profile(InstanceProfileName, at), Tags),
  UntagInstanceProfile: ({ InstanceProfileName, TagKeys }, at) =>
    untag(profile(InstanceProfileName, at), TagKeys),
  ListInstanceProfileTags: (input, at) => list(profile(input.InstanceProfileName, at), input),
  TagOpenIDConnectProvider: (input, at) => tag(oidc(input.OpenIDConnectProviderArn, at), input.Tags),
  UntagOpenIDConnectProvider: (input, at) => untag(oidc(input.OpenIDConnectProviderArn, at), input.TagKeys),
  ListOpenIDConnectProviderTags: (input, at) => list(oidc(input.OpenIDConnectProviderArn, at), input),
  TagSAMLProvider: ({ SAMLProviderArn, Tags }, at) => tag(saml(SAMLProviderArn, at), Tags),
  UntagSAMLProvider: ({ SAMLProviderArn, TagKeys }, at) => untag(saml(SAMLProviderArn, at), TagKeys),
  ListSAMLProviderTags: (input, at) => list(saml(input.SAMLProviderArn, at), input),
  TagMFADevice: ({ SerialNumber, Tags }, at) => tag(mfa(SerialNumber, at), Tags),
  UntagMFADevice: ({ SerialNumber, TagKeys }, at) => untag(mfa(SerialNumber, at), TagKeys),
  ListMFADeviceTags: (input, at) => list(mfa(input.SerialNumber, at), input),
  TagServerCertificate: (input, at) => tag(certificate(input.ServerCertificateName, at), input.Tags),
  UntagServerCertificate: (input, at) => untag(certificate(input.ServerCertificateName, at), input.TagKeys),
  ListServerCertificateTags: (input, at) => list(certificate(input.ServerCertificateName, at), input),
};
