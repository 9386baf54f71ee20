/** What a decision needs to know of a key or an alias. */
import type { ReadContext } from "../../context.ts";
import type { ResourceFacts } from "../../service.ts";
import { aliases, grants, type Key, keys } from "./state.ts";

/** A grant as the engine takes it. */
interface KeyGrant {
  id: string;
  granteePrincipal: string;
  operations: readonly string[];
  constraints?: {
    encryptionContextEquals?: Record<string, string>;
    encryptionContextSubset?: Record<string, string>;
  };
}

export function resource(arn: string, context: ReadContext): ResourceFacts | undefined {
  const [, , , region = "", account = "", ...rest] = arn.split(":");
  const name = rest.join(":");
  const at = context.in(account, region);
  if (name.startsWith("alias/")) return aliases(at).has(name) ? { account } : undefined;
  const key = name.startsWith("key/") ? keys(at).get(name.slice("key/".length)) : undefined;
  return key && factsOf(key, at);
}

export function factsOf(key: Readonly<Key>, at: ReadContext): ResourceFacts {
  return {
    account: key.account,
    tags: key.tags,
    policy: { name: "default", document: key.policy },
    extra: { keyGrants: grantsOf(key, at) },
  };
}

function grantsOf(key: Readonly<Key>, at: ReadContext): KeyGrant[] {
  return grants(at)
    .list({ prefix: `${key.id}/` })
    .map((grant) => {
      const { EncryptionContextEquals: equal, EncryptionContextSubset: subset } = grant.constraints ?? {};
      return {
        id: grant.id,
        granteePrincipal: grant.grantee,
        operations: grant.operations,
        ...((equal || subset) && {
          constraints: {
            ...(equal && { encryptionContextEquals: equal }),
            ...(subset && { encryptionContextSubset: subset }),
          },
        }),
      };
    });
}
