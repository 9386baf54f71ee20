/** AssumeRoleWithWebIdentity: a signed token of an OpenID Connect issuer for a role's credentials. */

import { constants, type KeyObject, verify } from "node:crypto";
import type * as Sts from "@aws-sdk/client-sts";
import type { CallContext } from "../../context.ts";
import type { Caller } from "../../identity/caller.ts";
import { AwsError } from "../../wire/errors.ts";
import type { InputOf, ResultOf } from "../../wire/types.ts";
import { findRole } from "../iam/directory.ts";
import { type OidcProvider, oidcProviders } from "../iam/state.ts";
import {
  assume,
  assumeChecks,
  checkDuration,
  checkRoleArn,
  checkSessionName,
  sessionPolicies,
  sessionTags,
} from "./assume-role.ts";
import { accessDenied } from "./errors.ts";
import { issuerKeys } from "./issuer-keys.ts";

interface Claims {
  iss?: unknown;
  sub?: unknown;
  aud?: unknown;
  azp?: unknown;
  exp?: unknown;
  nbf?: unknown;
  amr?: unknown;
  [claim: string]: unknown;
}

const invalid = (message: string) => new AwsError("InvalidIdentityTokenException", message);

const HASH: Readonly<Record<string, string>> = { "256": "sha256", "384": "sha384", "512": "sha512" };

/** Claims of a compact JWT and what must be verified. @throws InvalidIdentityToken */
function read(token: string): {
  header: { alg: string; kid?: string };
  claims: Claims;
  signed: Buffer;
  signature: Buffer;
} {
  const parts = token.split(".");
  const [head = "", body = "", signature = ""] = parts;
  try {
    const header = JSON.parse(Buffer.from(head, "base64url").toString());
    const claims = JSON.parse(Buffer.from(body, "base64url").toString());
    if (parts.length !== 3 || typeof header.alg !== "string" || typeof claims !== "object" || !claims)
      throw 0;
    return {
      header,
      claims,
      signed: Buffer.from(`${head}.${body}`),
      signature: Buffer.from(signature, "base64url"),
    };
  } catch {
    throw invalid(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
  }
}

/** Signature of RS, PS and ES algorithms; everything else (`none`, HMAC) is refused. */
function isSigned(alg: string, key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  const hash = HASH[alg.slice(2)];
  const type = key.asymmetricKeyType;
  if (!hash) return false;
  if (alg.startsWith("RS") && type === "rsa") return verify(hash, signed, key, signature);
  if (alg.startsWith("PS") && type === "rsa") {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return verify(hash, signed, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
  }
  if (alg.startsWith("ES") && type === "ec") {
    return verify(hash, signed, { key, dsaEncoding: "ieee-p1363" }, signature);
  }
  return false;
}

const TAGS_CLAIM = "https://aws.amazon.com/tags";

/** Session tags that the token carries. */
function tagsOf(claims: Claims): { tags: Record<string, string>; transitive: string[] } {
  const given = claims[TAGS_CLAIM] as
    | { principal_tags?: Record<string, unknown>; transitive_tag_keys?: unknown }
    | undefined;
  const list = Object.entries(given?.principal_tags ?? {}).map(([Key, value]) => ({
    Key,
    Value: String(Array.isArray(value) ? value[0] : value),
  }));
  const keys = given?.transitive_tag_keys;
  return { tags: sessionTags(list), transitive: Array.isArray(keys) ? keys.map(String) : [] };
}

export async function assumeRoleWithWebIdentity(
  input: InputOf<typeof Sts.AssumeRoleWithWebIdentityCommand>,
  context: CallContext,
): Promise<ResultOf<typeof Sts.AssumeRoleWithWebIdentityCommand>> {
  checkRoleArn(input.RoleArn);
  checkSessionName(input.RoleSessionName);
  const { header, claims, signed, signature } = read(input.WebIdentityToken);
  const account = input.RoleArn.split(":")[4] as string;
  if (typeof claims.iss !== "string" || typeof claims.sub !== "string") {
    throw invalid("Missing a required claim: iss or sub");
  }
  const url = claims.iss.replace(/^https?:\/\//, "");
  const provider = oidcProviders(context.in(account)).get(`arn:aws:iam::${account}:oidc-provider/${url}`);
  if (!provider) throw invalid(`No OpenIDConnect provider found in your account for ${claims.iss}`);
  const keys = await issuerKeys(context, claims.iss, header.kid);
  if (!keys) {
    throw new AwsError(
      "IDPCommunicationErrorException",
      `The keys of ${claims.iss} are not known to the Sagekeep local cloud, which does not fetch keys from the internet; register them (POST /_sagekeep/oidc-keys)`,
    );
  }
  if (!keys.some((key) => isSigned(header.alg, key, signed, signature))) {
    throw invalid(
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
  const audience = checkClaims(claims, provider, context.now);
  const { tags, transitive } = tagsOf(claims);
  const federated: Caller = {
    principal: { kind: "federated", provider: provider.arn },
    account,
    arn: provider.arn,
    userId: `${url}:${audience}:${claims.sub}`,
  };
  context.note({
    userIdentity: {
      type: "WebIdentityUser",
      principalId: `${provider.arn}:${audience}:${claims.sub}`,
      userName: claims.sub,
      identityProvider: provider.arn,
    },
  });
  const amr = Array.isArray(claims.amr) ? claims.amr.map(String) : undefined;
  const sourceIdentity = claims["https://aws.amazon.com/source_identity"];
  const keysOfToken: Record<string, string | string[] | undefined> = {
    [`${url}:aud`]: audience,
    [`${url}:sub`]: claims.sub,
    [`${url}:amr`]: amr,
    [`${url}:azp`]: typeof claims.azp === "string" ? claims.azp : undefined,
    "sts:RoleSessionName": input.RoleSessionName,
    "aws:FederatedProvider": provider.arn,
  };
  const source = typeof sourceIdentity === "string" ? sourceIdentity : undefined;
  const checks = assumeChecks("sts:AssumeRoleWithWebIdentity", input.RoleArn, keysOfToken, {
    tags,
    transitive,
    sourceIdentity: source,
  });
  const role = findRole(input.RoleArn, context);
  if (!role || !checks.every((check) => context.isAllowed({ ...check, caller: federated }))) {
    throw accessDenied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }
  const seconds = checkDuration(input.DurationSeconds, role, false);
  const { packed, ...policies } = sessionPolicies(input.Policy, input.PolicyArns, tags, account, context);
  const answer = assume(
    role,
    {
      name: input.RoleSessionName,
      seconds,
      ...policies,
      ...(Object.keys(tags).length > 0 && { tags }),
      ...(transitive.length > 0 && { transitive }),
      ...(source !== undefined && { sourceIdentity: source }),
      context: {
        "aws:FederatedProvider": provider.arn,
        [`${url}:aud`]: audience,
        [`${url}:sub`]: claims.sub,
      },
    },
    context,
  );
  return {
    ...answer,
    SubjectFromWebIdentityToken: claims.sub,
    Provider: provider.arn,
    Audience: audience,
    ...(packed !== undefined && { PackedPolicySize: packed }),
    ...(source !== undefined && { SourceIdentity: source }),
  };
}

/** The audience, when the token is of now and for one of the provider's clients. @throws ExpiredToken, InvalidIdentityToken */
function checkClaims(claims: Claims, provider: OidcProvider, now: number): string {
  const seconds = now / 1000;
  if (typeof claims.exp !== "number") throw invalid("Missing a required claim: exp");
  if (claims.exp < seconds) {
    throw new AwsError(
      "ExpiredTokenException",
      `Token expired: current date/time ${Math.floor(seconds)} must be before the expiration date/time ${claims.exp}`,
    );
  }
  if (typeof claims.nbf === "number" && claims.nbf > seconds + 300) throw invalid("Token is not yet valid");
  const audiences = (Array.isArray(claims.aud) ? claims.aud : [claims.aud]).map(String);
  // with several audiences AWS takes the authorized party
  const audience = typeof claims.azp === "string" && audiences.length > 1 ? claims.azp : audiences[0];
  if (audience === undefined || !provider.clientIds.includes(audience)) {
    throw invalid("Incorrect token audience");
  }
  return audience;
}
