/**
 * GetWebIdentityToken: a signed token that says who the caller is, for services outside of AWS.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
import { randomUUID, sign } from "node:crypto";
import type * as Sts from "@aws-sdk/client-sts";
import type { CallContext, ReadContext } from "../../context.ts";
import type { Check } from "../../service.ts";
import { AwsError } from "../../wire/errors.ts";
import type { InputOf, ResultOf } from "../../wire/types.ts";
import { outboundFederation, signingKey, type TokenAlgorithm } from "../iam/outbound-keys.ts";
import { sessionTags, validationError } from "./assume-role.ts";
import { accessDenied } from "./errors.ts";

const DEFAULT_SECONDS = 300;
const CLAIMS = "https://sts.amazonaws.com/";

type Input = InputOf<typeof Sts.GetWebIdentityTokenCommand>;

/** What a token needs: to ask for one, and to give it tags. */
export function authorizeToken(input: Partial<Input>): Check[] {
  const tags = input.Tags ?? [];
  const keys = {
    "sts:IdentityTokenAudience": input.Audience?.map(String),
    "sts:DurationSeconds": String(input.DurationSeconds ?? DEFAULT_SECONDS),
    "sts:SigningAlgorithm": input.SigningAlgorithm,
    ...(tags.length > 0 && { "aws:TagKeys": tags.map((one) => String(one.Key)) }),
    ...Object.fromEntries(tags.map((one) => [`aws:RequestTag/${one.Key}`, String(one.Value)])),
  };
  const actions =
    tags.length > 0 ? ["GetWebIdentityToken", "TagGetWebIdentityToken"] : ["GetWebIdentityToken"];
  return actions.map((action) => ({ action: `sts:${action}`, resource: "*", context: keys }));
}

/** The user or role itself, and the tags that it has. */
function subjectOf({ caller }: ReadContext): { arn: string; tags: Readonly<Record<string, string>> } {
  const { principal } = caller;
  if (principal.kind === "session") {
    return { arn: principal.roleArn, tags: { ...principal.tags, ...principal.sessionTags } };
  }
  if (principal.kind === "user") return { arn: principal.arn, tags: { ...principal.tags } };
  throw accessDenied("Only IAM users and roles can call GetWebIdentityToken");
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export function getWebIdentityToken(
  input: Input,
  context: CallContext,
): ResultOf<typeof Sts.GetWebIdentityTokenCommand> {
  const { Audience, SigningAlgorithm: algorithm, DurationSeconds: seconds = DEFAULT_SECONDS } = input;
  if (algorithm !== "RS256" && algorithm !== "ES384") {
    throw validationError(
      `1 validation error detected: Value '${algorithm}' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [ES384, RS256]`,
    );
  }
  for (const name of ["Scope", "SubjectMode"] as const) {
    if (input[name] === undefined) continue;
    throw validationError(`${name} of GetWebIdentityToken is not supported by the Sagekeep local cloud`);
  }
  const home = context.in(context.caller.account);
  const federation = outboundFederation(home);
  if (!federation?.enabled) {
    throw new AwsError(
      "OutboundWebIdentityFederationDisabledException",
      "The outbound web identity federation feature is not enabled for this account. To use this feature, you must first enable it through the Amazon Web Services Management Console or API.",
    );
  }
  const { expiresAt } = context.caller.credential ?? {};
  const issued = Math.floor(context.now / 1000);
  const expires = issued + seconds;
  if (expiresAt !== undefined && expires * 1000 > expiresAt) {
    throw new AwsError(
      "SessionDurationEscalationException",
      "The requested token duration would extend the session beyond its original expiration time. You cannot use this operation to extend the lifetime of a session beyond what was granted when the session was originally created.",
    );
  }
  const subject = subjectOf(context);
  const requested = sessionTags(input.Tags);
  const organization = context.organizationOf(context.caller.account);
  const claims = {
    aud: Audience.length === 1 ? Audience[0] : Audience,
    sub: subject.arn,
    [CLAIMS]: {
      aws_account: context.caller.account,
      source_region: context.region,
      principal_id: subject.arn,
      ...(organization && { org_id: organization.id, ou_path: organization.paths }),
      ...(Object.keys(subject.tags).length > 0 && { principal_tags: subject.tags }),
      ...(Object.keys(requested).length > 0 && { request_tags: requested }),
    },
    iss: federation.issuer,
    exp: expires,
    iat: issued,
    jti: randomUUID(),
  };
  return {
    WebIdentityToken: signed(claims, algorithm, federation, home),
    Expiration: new Date(expires * 1000),
  };
}

function signed(
  claims: object,
  alg: TokenAlgorithm,
  federation: NonNullable<ReturnType<typeof outboundFederation>>,
  home: ReadContext,
): string {
  const { kid, key } = signingKey(federation, alg, home);
  const text = `${part({ kid, typ: "JWT", alg })}.${part(claims)}`;
  const signature =
    alg === "RS256"
      ? sign("sha256", Buffer.from(text), key)
      : sign("sha384", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
