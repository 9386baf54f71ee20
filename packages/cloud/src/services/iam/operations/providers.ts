/** Identity providers: OpenID Connect and SAML. */
import { randomUUID, X509Certificate } from "node:crypto";
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext, ReadContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { stamp } from "../entities.ts";
import { alreadyExists, invalidInput, noSuchEntity, quota, validationError } from "../errors.ts";
import { type OidcProvider, oidcProviders, type SamlProvider, samlProviders } from "../state.ts";
import { newTags, shownTags } from "../tags.ts";

const YEARS_100 = 100 * 365 * 24 * 3600 * 1000;

function findOidc(arn: string, context: ReadContext): Readonly<OidcProvider> {
  const found = oidcProviders(context).get(arn);
  if (!found) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return found;
}

function findSaml(arn: string, context: ReadContext): Readonly<SamlProvider> {
  const found = samlProviders(context).get(arn);
  if (!found) throw noSuchEntity(`Manifest not found for arn ${arn}`);
  return found;
}

function checkThumbprints(thumbprints: readonly string[]): void {
  if (thumbprints.length > 5) throw invalidInput("Thumbprint list must contain fewer than 5 entries.");
}

/** Signing certificates in a SAML metadata document, as base64 DER. */
export function samlCertificates(metadata: string): X509Certificate[] {
  const found: X509Certificate[] = [];
  for (const match of metadata.matchAll(
    /<(?:\w+:)?X509Certificate[^>]*>([\s\S]*?)<\/(?:\w+:)?X509Certificate>/g,
  )) {
    try {
      found.push(new X509Certificate(Buffer.from((match[1] ?? "").replace(/\s+/g, ""), "base64")));
    } catch {
      // a certificate that cannot be read verifies nothing
    }
  }
  return found;
}

function checkMetadata(metadata: string): void {
  if (metadata.length < 1000) {
    throw validationError(
      "1 validation error detected: Value at 'sAMLMetadataDocument' failed to satisfy constraint: Member must have length greater than or equal to 1000",
    );
  }
  if (!/<(\w+:)?EntityDescriptor[\s>]/.test(metadata)) {
    throw invalidInput("Could not parse metadata");
  }
}

export const providerOperations: Handlers<typeof Iam, CallContext> = {
  CreateOpenIDConnectProvider(input, context) {
    const clients = input.ClientIDList ?? [];
    const thumbprints = input.ThumbprintList ?? [];
    if (!/^https?:\/\/[^/?#\s]+(\/[^?#\s]*)?$/.test(input.Url)) {
      throw validationError("Invalid Open ID Connect Provider URL");
    }
    checkThumbprints(thumbprints);
    if (clients.length > 100) throw quota("ClientIdsPerOpenIdConnectProvider", 100);
    const url = input.Url.replace(/^https?:\/\//, "");
    const arn = `arn:aws:iam::${context.account}:oidc-provider/${url}`;
    if (oidcProviders(context).has(arn))
      throw alreadyExists(`Provider with url ${input.Url} already exists.`);
    const provider = oidcProviders(context).put(arn, {
      arn,
      url,
      clientIds: clients,
      thumbprints,
      created: stamp(context),
      tags: newTags(input.Tags, "exact"),
    });
    return { OpenIDConnectProviderArn: arn, ...shownTags(provider.tags) };
  },

  GetOpenIDConnectProvider({ OpenIDConnectProviderArn }, context) {
    const provider = findOidc(OpenIDConnectProviderArn, context);
    return {
      Url: provider.url,
      ClientIDList: [...provider.clientIds],
      ThumbprintList: [...provider.thumbprints],
      CreateDate: new Date(provider.created),
      Tags: provider.tags.map((one) => ({ ...one })),
    };
  },

  ListOpenIDConnectProviders: (_input, context) => ({
    OpenIDConnectProviderList: oidcProviders(context)
      .list()
      .map(({ arn }) => ({ Arn: arn })),
  }),

  UpdateOpenIDConnectProviderThumbprint({ OpenIDConnectProviderArn, ThumbprintList }, context) {
    findOidc(OpenIDConnectProviderArn, context);
    checkThumbprints(ThumbprintList);
    oidcProviders(context).update(OpenIDConnectProviderArn, (draft) => {
      draft.thumbprints = ThumbprintList;
    });
    return {};
  },

  AddClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID }, context) {
    const { clientIds } = findOidc(OpenIDConnectProviderArn, context);
    if (clientIds.includes(ClientID)) return {};
    if (clientIds.length >= 100) throw quota("ClientIdsPerOpenIdConnectProvider", 100);
    oidcProviders(context).update(OpenIDConnectProviderArn, (draft) => {
      draft.clientIds.push(ClientID);
    });
    return {};
  },

  RemoveClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID }, context) {
    findOidc(OpenIDConnectProviderArn, context);
    oidcProviders(context).update(OpenIDConnectProviderArn, (draft) => {
      draft.clientIds = draft.clientIds.filter((one) => one !== ClientID);
    });
    return {};
  },

  DeleteOpenIDConnectProvider({ OpenIDConnectProviderArn }, context) {
    if (!oidcProviders(context).delete(OpenIDConnectProviderArn)) {
      throw noSuchEntity(`OpenId connect Provider ${OpenIDConnectProviderArn} cannot be found.`);
    }
    return {};
  },

  CreateSAMLProvider(input, context) {
    checkMetadata(input.SAMLMetadataDocument);
    if (!/^[\w._-]{1,128}$/.test(input.Name)) {
      throw validationError(
        "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w._-]+",
      );
    }
    const arn = `arn:aws:iam::${context.account}:saml-provider/${input.Name}`;
    if (samlProviders(context).has(arn))
      throw alreadyExists(`SAML provider with name ${input.Name} already exists`);
    const created = stamp(context);
    const ends = samlCertificates(input.SAMLMetadataDocument).map((one) => Date.parse(one.validTo));
    const provider = samlProviders(context).put(arn, {
      arn,
      name: input.Name,
      uuid: randomUUID(),
      metadata: input.SAMLMetadataDocument,
      created,
      validUntil: ends.length > 0 ? Math.max(...ends) : created + YEARS_100,
      tags: newTags(input.Tags, "exact"),
    });
    return { SAMLProviderArn: arn, ...shownTags(provider.tags) };
  },

  GetSAMLProvider({ SAMLProviderArn }, context) {
    const provider = findSaml(SAMLProviderArn, context);
    return {
      SAMLProviderUUID: provider.uuid,
      SAMLMetadataDocument: provider.metadata,
      CreateDate: new Date(provider.created),
      ValidUntil: new Date(provider.validUntil),
      Tags: provider.tags.map((one) => ({ ...one })),
      AssertionEncryptionMode: "Allowed",
      PrivateKeyList: [],
    };
  },

  ListSAMLProviders: (_input, context) => ({
    SAMLProviderList: samlProviders(context)
      .list()
      .map((one) => ({
        Arn: one.arn,
        ValidUntil: new Date(one.validUntil),
        CreateDate: new Date(one.created),
      })),
  }),

  UpdateSAMLProvider({ SAMLProviderArn, SAMLMetadataDocument }, context) {
    findSaml(SAMLProviderArn, context);
    if (SAMLMetadataDocument !== undefined) {
      checkMetadata(SAMLMetadataDocument);
      samlProviders(context).update(SAMLProviderArn, (draft) => {
        draft.metadata = SAMLMetadataDocument;
      });
    }
    return { SAMLProviderArn };
  },

  DeleteSAMLProvider({ SAMLProviderArn }, context) {
    if (!samlProviders(context).delete(SAMLProviderArn)) {
      throw noSuchEntity(`Manifest not found for arn ${SAMLProviderArn}`);
    }
    return {};
  },
};
