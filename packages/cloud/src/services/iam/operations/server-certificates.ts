/** Server certificates kept in IAM. */
import { X509Certificate } from "node:crypto";
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { stamp } from "../entities.ts";
import { alreadyExists, noSuchEntity } from "../errors.ts";
import { uniqueId } from "../ids.ts";
import { checkName, checkPath, iamArn } from "../names.ts";
import { page } from "../paging.ts";
import { keyOf, type ServerCertificate, serverCertificates } from "../state.ts";
import { newTags, shownTags } from "../tags.ts";

function metadata(one: ServerCertificate): Iam.ServerCertificateMetadata {
  return {
    Path: one.path,
    ServerCertificateName: one.name,
    ServerCertificateId: one.id,
    Arn: one.arn,
    UploadDate: new Date(one.uploaded),
    ...(one.expires !== undefined && { Expiration: new Date(one.expires) }),
  };
}

function findCertificate(name: string, context: ReadContext): Readonly<ServerCertificate> {
  const found = serverCertificates(context).get(keyOf(name));
  if (!found) throw noSuchEntity(`The Server Certificate with name ${name} cannot be found.`);
  return found;
}

function expiryOf(body: string): number {
  try {
    return Date.parse(new X509Certificate(body).validTo);
  } catch {
    throw new AwsError(
      "MalformedCertificateException",
      "Unable to parse certificate. Please ensure the certificate is in PEM format.",
    );
  }
}

export const serverCertificateOperations: Handlers<typeof Iam, CallContext> = {
  UploadServerCertificate(input, context) {
    checkName("policy", "serverCertificateName", input.ServerCertificateName);
    const path = checkPath(input.Path);
    const key = keyOf(input.ServerCertificateName);
    const expires = expiryOf(input.CertificateBody);
    if (serverCertificates(context).has(key)) {
      throw alreadyExists(`The Server Certificate with name ${input.ServerCertificateName} already exists.`);
    }
    const one = serverCertificates(context).put(key, {
      name: input.ServerCertificateName,
      path,
      id: uniqueId("ASCA"),
      arn: iamArn(context.account, "server-certificate", path, input.ServerCertificateName),
      uploaded: stamp(context),
      body: input.CertificateBody,
      ...(input.CertificateChain !== undefined && { chain: input.CertificateChain }),
      expires,
      tags: newTags(input.Tags, "exact"),
    });
    return { ServerCertificateMetadata: metadata(one), ...shownTags(one.tags) };
  },

  GetServerCertificate({ ServerCertificateName }, context) {
    const one = findCertificate(ServerCertificateName, context);
    return {
      ServerCertificate: {
        ServerCertificateMetadata: metadata(one),
        CertificateBody: one.body,
        ...(one.chain !== undefined && { CertificateChain: one.chain }),
        Tags: one.tags.map((tag) => ({ ...tag })),
      },
    };
  },

  ListServerCertificates(input, context) {
    const prefix = input.PathPrefix ?? "/";
    const all = serverCertificates(context)
      .list()
      .filter((one) => one.path.startsWith(prefix));
    const { items, more } = page(all, (one) => keyOf(one.name), input);
    return { ServerCertificateMetadataList: items.map(metadata), ...more };
  },

  UpdateServerCertificate(input, context) {
    const one = findCertificate(input.ServerCertificateName, context);
    const name = input.NewServerCertificateName ?? one.name;
    const path = input.NewPath === undefined ? one.path : checkPath(input.NewPath, "newPath");
    if (keyOf(name) !== keyOf(one.name) && serverCertificates(context).has(keyOf(name))) {
      throw alreadyExists(`The Server Certificate with name ${name} already exists.`);
    }
    serverCertificates(context).delete(keyOf(one.name));
    serverCertificates(context).put(keyOf(name), {
      ...structuredClone(one),
      name,
      path,
      arn: iamArn(context.account, "server-certificate", path, name),
    });
    return {};
  },

  DeleteServerCertificate({ ServerCertificateName }, context) {
    findCertificate(ServerCertificateName, context);
    serverCertificates(context).delete(keyOf(ServerCertificateName));
    return {};
  },
};
