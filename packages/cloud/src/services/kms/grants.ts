/** Finds a grant by its token, or by key and id. */
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import { notFound, validation } from "./errors.ts";
import { type Found, findByKeyId, findKey } from "./find-key.ts";
import { type Grant, grants, keyArn } from "./state.ts";

export interface GrantReference {
  GrantToken?: string | undefined;
  KeyId?: string | undefined;
  GrantId?: string | undefined;
}

/** @throws NotFoundException, InvalidGrantTokenException, ValidationException */
export function findGrant(
  input: GrantReference,
  context: ReadContext,
): { grant: Readonly<Grant>; found: Found } {
  if (input.GrantToken !== undefined) {
    const [region, account, key, id] = Buffer.from(input.GrantToken, "base64url").toString().split("/");
    const at = account && region === context.region ? context.in(account, region) : undefined;
    const grant = at && grants(at).get(`${key}/${id}`);
    if (!grant || grant.token !== input.GrantToken) {
      throw new AwsError("InvalidGrantTokenException", "The grant token is not valid.");
    }
    return { grant, found: findKey(`arn:aws:kms:${region}:${account}:key/${key}`, context) };
  }
  if (input.KeyId === undefined || input.GrantId === undefined) {
    throw validation("Must provide either Grant ID or Grant Token");
  }
  const found = findByKeyId(input.KeyId, context);
  return { grant: grantOf(found, input.GrantId), found };
}

/** @throws NotFoundException */
export function grantOf(found: Found, grantId: string): Readonly<Grant> {
  const grant = grants(found.at).get(`${found.key.id}/${grantId}`);
  if (!grant) throw notFound(`Grant ID ${grantId} not found in key ${keyArn(found.key)}`);
  return grant;
}

export const tokenOf = (region: string, account: string, keyId: string, grantId: string): string =>
  Buffer.from(`${region}/${account}/${keyId}/${grantId}`).toString("base64url");
