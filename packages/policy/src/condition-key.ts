/**
 * Condition keys by name: type, whether global, whether deprecated and what replaces them; and which actions support
 * them.
 */
import { type ActionInfo, type ServiceInfo, service } from "./catalogue.ts";
import { globalKeys, type KeyType } from "./global-keys.ts";
import { compileWildcard, type Glob } from "./wildcard.ts";

/** A condition key. */
export interface ConditionKeyInfo {
  /** AWS's spelling, with its placeholder where it takes one. */
  readonly name: string;
  readonly type: KeyType;
  /** Whether any action of any service may have it. */
  readonly global: boolean;
  /** Whether the name is an old one that no action supports any more. */
  readonly deprecated: boolean;
  /** The key to use in place of a deprecated one. */
  readonly replacement: string | undefined;
}

/** Deprecated key → replacement, lower case. The rest of the deprecated ones get `Arn` at the end. */
const replacements: Readonly<Record<string, string>> = {
  "sagemaker:homeefsfilesystemkmskey": "sagemaker:VolumeKmsKeyArn",
  "kms:customermasterkeyspec": "kms:KeySpec",
  "kms:customermasterkeyusage": "kms:KeyUsage",
};

/** Keys that appear only as policy variables or in session contexts, attached to no action but not deprecated. */
const variableOnly = new Set(["sagemaker:domainid", "sagemaker:userprofilename", "sagemaker:resourcetag/"]);

/** Keys of web identity and SAML tokens begin with the provider's name. */
const tokenKey = /^(?:saml:|[a-z0-9.-]+\.[a-z]{2,}(?:\/[^:]*)?:)/;

const placeholder = /\$\{[^}]*\}|<[^>]*>/g;
const globs = new Map<string, Glob>();

function covers(template: string, lower: string): boolean {
  const name = template.toLowerCase();
  if (name === lower) return true;
  if (!name.includes("${") && !name.includes("<"))
    return name.endsWith("/") && lower.startsWith(name) && lower.length > name.length;
  let glob = globs.get(name);
  if (glob === undefined) {
    glob = compileWildcard(name.replace(placeholder, "*"));
    globs.set(name, glob);
  }
  return glob.test(lower);
}

const usedKeys = new WeakMap<ServiceInfo, ReadonlySet<string>>();

function keysInUse(info: ServiceInfo): ReadonlySet<string> {
  let used = usedKeys.get(info);
  if (used === undefined) {
    const names: string[] = [];
    for (const action of info.actions.values()) {
      names.push(...action.conditionKeys);
      for (const resource of action.resources) names.push(...resource.conditionKeys, ...resource.actionKeys);
    }
    used = new Set(names.map((name) => name.toLowerCase()));
    usedKeys.set(info, used);
  }
  return used;
}

function globalKey(lower: string): ConditionKeyInfo | undefined {
  const exact = globalKeys.get(lower) ?? globalKeys.get(lower.slice(0, lower.indexOf("/") + 1));
  if (exact === undefined || (exact.name.endsWith("/") && lower.length <= exact.name.length))
    return undefined;
  return { ...exact, global: true, deprecated: false, replacement: undefined };
}

/**
 * Looks a key up, whatever its case: `conditionKey("aws:PrincipalTag/team")`.
 *
 * @example conditionKey("sagemaker:VolumeKmsKey")?.replacement // "sagemaker:VolumeKmsKeyArn"
 */
export function conditionKey(text: string): ConditionKeyInfo | undefined {
  const lower = text.toLowerCase();
  const known = globalKey(lower);
  if (known !== undefined) return known;
  const info = service(lower.slice(0, lower.indexOf(":")));
  if (info !== undefined) {
    const found = info.keys.get(lower) ?? [...info.keys.values()].find((key) => covers(key.name, lower));
    if (found !== undefined) {
      const name = found.name.toLowerCase();
      const deprecated = !keysInUse(info).has(name) && !variableOnly.has(name);
      const successor = replacements[name] ?? info.keys.get(`${name}arn`)?.name;
      return {
        name: found.name,
        type: found.type,
        global: false,
        deprecated,
        replacement: deprecated ? successor : undefined,
      };
    }
  }
  if (!tokenKey.test(lower)) return undefined;
  return { name: text, type: "String", global: true, deprecated: false, replacement: undefined };
}

/** Whether requests for the action can have the key. Global keys count as supported, except tags and tag keys. */
export function supportsKey(action: ActionInfo, key: string): boolean {
  const lower = key.toLowerCase();
  const isTag =
    lower.startsWith("aws:requesttag/") || lower === "aws:tagkeys" || lower.startsWith("aws:resourcetag/");
  if (!isTag && conditionKey(key)?.global) return true;
  const own = [
    action.conditionKeys,
    ...action.resources.flatMap((resource) => [resource.conditionKeys, resource.actionKeys]),
  ];
  return own.some((names) => names.some((name) => covers(name, lower)));
}
