/**
 * Signing keys of OpenID Connect issuers. A local cloud does not fetch keys from the internet: an issuer on this
 * machine (localhost) is asked, as AWS would; every other issuer's key set is registered beforehand
 * (`registerIssuerKeys`).
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { ReadContext } from "../../context.ts";

interface KeySet {
  keys: (JsonWebKey & { kid?: string })[];
}

const table = (context: Pick<ReadContext, "globalTable">) => context.globalTable<KeySet>("sts.issuerKeys");

/** Remembers the JWKS document of an issuer. @param issuer its URL, without `https://` */
export function registerIssuerKeys(
  context: Pick<ReadContext, "globalTable">,
  issuer: string,
  keys: KeySet,
): void {
  for (const key of keys.keys) createPublicKey({ key, format: "jwk" });
  table(context).put(issuer.replace(/^https?:\/\//, "").replace(/\/$/, ""), { keys: keys.keys });
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(\/|$)/;

/** Keys of the issuer that may have signed a token with this key id; `undefined` when its keys are not known here. */
export async function issuerKeys(
  context: Pick<ReadContext, "globalTable">,
  issuer: string,
  kid: string | undefined,
): Promise<KeyObject[] | undefined> {
  const name = issuer.replace(/^https?:\/\//, "").replace(/\/$/, "");
  const known = table(context).get(name) ?? (LOOPBACK.test(name) ? await fetchKeys(issuer) : undefined);
  if (!known) return undefined;
  const fitting = known.keys.filter((key) => kid === undefined || key.kid === undefined || key.kid === kid);
  return fitting.map((key) => createPublicKey({ key, format: "jwk" }));
}

async function fetchKeys(issuer: string): Promise<KeySet | undefined> {
  try {
    const signal = AbortSignal.timeout(3000);
    const base = issuer.replace(/\/$/, "");
    const about = await fetch(`${base}/.well-known/openid-configuration`, { signal, redirect: "error" });
    const { jwks_uri } = (await about.json()) as { jwks_uri?: string };
    if (typeof jwks_uri !== "string" || !LOOPBACK.test(jwks_uri.replace(/^https?:\/\//, "")))
      return undefined;
    const keys = (await (await fetch(jwks_uri, { signal, redirect: "error" })).json()) as KeySet;
    return Array.isArray(keys.keys) ? keys : undefined;
  } catch {
    return undefined;
  }
}
