/**
 * Finds the key that an identifier means: key id, key ARN, alias name or alias ARN.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
 */
import type { ReadContext } from "../../context.ts";
import { aliasNotFound, invalidArn, keyNotFound, notFound } from "./errors.ts";
import { aliases, type Key, keys } from "./state.ts";

const KEY_ID = /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Where an identifier leads, without looking whether there is a key. */
export interface Reference {
  account: string;
  region: string;
  /** `key/…` or `alias/…` */
  resource: string;
}

/** @throws NotFoundException, InvalidArnException */
export function parseReference(identifier: string, context: ReadContext): Reference {
  if (!identifier.startsWith("arn:")) {
    const resource = identifier.startsWith("alias/") ? identifier : `key/${identifier}`;
    if (resource.startsWith("key/") && !KEY_ID.test(identifier)) {
      throw notFound(`Invalid keyId '${identifier}'`);
    }
    return { account: context.account, region: context.region, resource };
  }
  const [, partition, service, region, account, ...rest] = identifier.split(":");
  const resource = rest.join(":");
  if (service !== "kms" || partition !== context.partition) {
    throw invalidArn(`${identifier} does not refer to a valid KMS key`);
  }
  if (!account || !/^(?:key|alias)\//.test(resource)) throw notFound(`Invalid arn ${region ?? ""}`);
  if (region !== context.region) throw notFound(`Invalid arn ${region ?? ""}`);
  if (resource.startsWith("key/") && !KEY_ID.test(resource.slice(4))) {
    throw notFound(`Invalid keyId '${resource.slice(4)}'`);
  }
  return { account, region, resource };
}

export interface Found {
  key: Readonly<Key>;
  /** The context of the key's account and region. */
  at: ReadContext;
  /** The alias that the request named, `alias/…`. */
  alias?: string;
}

/** @throws NotFoundException in KMS's words for keys and for aliases */
export function findKey(identifier: string, context: ReadContext): Found {
  const found = lookUp(identifier, context);
  if (found) return found;
  const { account, region, resource } = parseReference(identifier, context);
  const arn = `arn:${context.partition}:kms:${region}:${account}:${resource}`;
  throw resource.startsWith("alias/") ? aliasNotFound(arn) : keyNotFound(arn);
}

export function lookUp(identifier: string, context: ReadContext): Found | undefined {
  const { account, region, resource } = parseReference(identifier, context);
  const at = context.in(account, region);
  if (resource.startsWith("alias/")) {
    const alias = aliases(at).get(resource);
    const key = alias && keys(at).get(alias.keyId);
    return key && { key, at, alias: resource };
  }
  const key = keys(at).get(resource.slice("key/".length));
  return key && { key, at };
}

/** An alias is no place for operations that change a key. @throws NotFoundException, ValidationException */
export function findByKeyId(identifier: string, context: ReadContext): Found {
  if (identifier.startsWith("alias/")) throw notFound(`Invalid keyId '${identifier}'`);
  if (/^arn:[^:]*:kms:[^:]*:\d*:alias\//.test(identifier)) throw notFound(`Invalid keyId '${identifier}'`);
  return findKey(identifier, context);
}
