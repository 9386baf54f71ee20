/** A user's SSH public keys and signing certificates. */
import { createHash, X509Certificate } from "node:crypto";
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { change, find, stamp, userName } from "../entities.ts";
import { noSuchEntity, quota } from "../errors.ts";
import { uniqueId } from "../ids.ts";
import { page } from "../paging.ts";
import type { Certificate, SshKey } from "../state.ts";

const noKey = (id: string) => noSuchEntity(`The Public Key with id ${id} cannot be found.`);
const noCertificate = (id: string) => noSuchEntity(`The Certificate with id ${id} cannot be found.`);

function fingerprint(body: string): string {
  const [kind, data] = body.trim().split(/\s+/);
  if (!kind?.startsWith("ssh-rsa") || !data || !/^[A-Za-z0-9+/=]+$/.test(data)) {
    throw new AwsError("InvalidPublicKeyException", "Invalid public key format");
  }
  const digest = createHash("md5").update(Buffer.from(data, "base64")).digest("hex");
  return (digest.match(/../g) ?? []).join(":");
}

const shownKey = (user: string, key: SshKey): Iam.SSHPublicKey => ({
  UserName: user,
  SSHPublicKeyId: key.id,
  Fingerprint: key.fingerprint,
  SSHPublicKeyBody: key.body,
  Status: key.status,
  UploadDate: new Date(key.uploaded),
});

const shownCertificate = (user: string, one: Certificate): Iam.SigningCertificate => ({
  UserName: user,
  CertificateId: one.id,
  CertificateBody: one.body,
  Status: one.status,
  UploadDate: new Date(one.uploaded),
});

const active = (status: string | undefined) => (status === "Inactive" ? "Inactive" : "Active");

export const userKeyOperations: Handlers<typeof Iam, CallContext> = {
  UploadSSHPublicKey({ UserName, SSHPublicKeyBody }, context) {
    const user = find("user", UserName, context);
    if ((user.sshKeys?.length ?? 0) >= 5) throw quota("SSHPublicKeysPerUser", 5);
    const key: SshKey = {
      id: uniqueId("APKA"),
      body: SSHPublicKeyBody,
      fingerprint: fingerprint(SSHPublicKeyBody),
      status: "Active",
      uploaded: stamp(context),
    };
    if (user.sshKeys?.some((one) => one.fingerprint === key.fingerprint)) {
      throw new AwsError(
        "DuplicateSSHPublicKeyException",
        "The SSH public key is already associated with this user.",
      );
    }
    change("user", UserName, context, (draft) => {
      draft.sshKeys = [...(draft.sshKeys ?? []), key];
    });
    return { SSHPublicKey: shownKey(user.name, key) };
  },

  GetSSHPublicKey({ UserName, SSHPublicKeyId }, context) {
    const user = find("user", UserName, context);
    const key = user.sshKeys?.find((one) => one.id === SSHPublicKeyId);
    if (!key) throw noKey(SSHPublicKeyId);
    return { SSHPublicKey: shownKey(user.name, key) };
  },

  ListSSHPublicKeys(input, context) {
    const user = find("user", userName(input.UserName, context), context);
    const { items, more } = page(user.sshKeys ?? [], (one) => one.id, input);
    return {
      SSHPublicKeys: items.map((one) => ({
        UserName: user.name,
        SSHPublicKeyId: one.id,
        Status: one.status,
        UploadDate: new Date(one.uploaded),
      })),
      ...more,
    };
  },

  UpdateSSHPublicKey({ UserName, SSHPublicKeyId, Status }, context) {
    change("user", UserName, context, (draft) => {
      const key = draft.sshKeys?.find((one) => one.id === SSHPublicKeyId);
      if (!key) throw noKey(SSHPublicKeyId);
      key.status = active(Status);
    });
    return {};
  },

  DeleteSSHPublicKey({ UserName, SSHPublicKeyId }, context) {
    change("user", UserName, context, (draft) => {
      if (!draft.sshKeys?.some((one) => one.id === SSHPublicKeyId)) throw noKey(SSHPublicKeyId);
      draft.sshKeys = draft.sshKeys.filter((one) => one.id !== SSHPublicKeyId);
    });
    return {};
  },

  UploadSigningCertificate({ UserName, CertificateBody }, context) {
    const user = find("user", userName(UserName, context), context);
    try {
      new X509Certificate(CertificateBody);
    } catch {
      throw new AwsError("MalformedCertificateException", `Certificate ${CertificateBody} is malformed.`);
    }
    const all = user.certificates ?? [];
    if (all.length >= 2) throw quota("CertificatesPerUser", 2);
    if (all.some((one) => one.body === CertificateBody)) {
      throw new AwsError("DuplicateCertificateException", "The Certificate already exists.");
    }
    const one: Certificate = {
      id: uniqueId("", 24),
      body: CertificateBody,
      status: "Active",
      uploaded: stamp(context),
    };
    change("user", user.name, context, (draft) => {
      draft.certificates = [...(draft.certificates ?? []), one];
    });
    return { Certificate: shownCertificate(user.name, one) };
  },

  ListSigningCertificates(input, context) {
    const user = find("user", userName(input.UserName, context), context);
    const { items, more } = page(user.certificates ?? [], (one) => one.id, input);
    return { Certificates: items.map((one) => shownCertificate(user.name, one)), ...more };
  },

  UpdateSigningCertificate({ UserName, CertificateId, Status }, context) {
    change("user", userName(UserName, context), context, (draft) => {
      const one = draft.certificates?.find(({ id }) => id === CertificateId);
      if (!one) throw noCertificate(CertificateId);
      one.status = active(Status);
    });
    return {};
  },

  DeleteSigningCertificate({ UserName, CertificateId }, context) {
    change("user", userName(UserName, context), context, (draft) => {
      if (!draft.certificates?.some(({ id }) => id === CertificateId)) throw noCertificate(CertificateId);
      draft.certificates = draft.certificates.filter(({ id }) => id !== CertificateId);
    });
    return {};
  },
};
