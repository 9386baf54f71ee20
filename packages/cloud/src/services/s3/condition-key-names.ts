/**
 * Condition keys of S3 that a bucket's policy may name: those of the service authorization reference.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
 */
import { type ActionInfo, compileWildcard, service } from "@sagekeep/policy";

/** Names in lower case; those that go on with the key of a tag, up to the slash. */
let known: ReadonlySet<string> | undefined;
let byAction: { action: string; keys: ReadonlySet<string> }[] | undefined;

const nameOf = (key: string): string => {
  const lower = key.toLowerCase();
  const slash = lower.indexOf("/");
  return slash === -1 ? lower : lower.slice(0, slash + 1);
};

/** Whether a policy may use this key; those of other services are not S3's to judge. */
export function isConditionKey(key: string): boolean {
  if (!key.toLowerCase().startsWith("s3:")) return true;
  known ??= new Set([...(service("s3")?.keys.keys() ?? [])].map(nameOf));
  return known.has(nameOf(key)) && !key.endsWith("/");
}

/**
 * Whether a key is ever there when an action, or one that a pattern stands for, is authorized. Keys of the request
 * and of where it goes are there for all.
 */
export function appliesTo(key: string, pattern: string): boolean {
  const name = nameOf(key);
  byAction ??= [...(service("s3")?.actions.values() ?? [])].map((info) => ({
    action: info.action.toLowerCase(),
    keys: new Set(info.conditionKeys.map(nameOf)),
  }));
  if (!name.startsWith("s3:") || isGeneral(name)) return true;
  const names = compileWildcard(pattern.toLowerCase());
  const meant = byAction.filter(({ action }) => names.test(action));
  return meant.length === 0 || meant.some(({ keys }) => keys.has(name));
}

/** A key that has to do with no action in particular. */
function isGeneral(name: string): boolean {
  const plain = byAction?.find(({ action }) => action === "s3:putbucketpolicy");
  if (plain?.keys.has(name)) return true;
  const ofResources = (info: ActionInfo) => info.resources.flatMap((one) => one.conditionKeys).map(nameOf);
  return [...(service("s3")?.actions.values() ?? [])].some((info) => ofResources(info).includes(name));
}
