/**
 * A condition key as the engine looks it up: its lower-case name, and where its value comes from when the request's
 * context does not name it. What the caller put in the context always wins.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */

/** The source of a value that follows from principal, resource or action. */
export type Derived =
  | "none"
  | "principalArn"
  | "principalAccount"
  | "principalType"
  | "principalTag"
  | "principalIsService"
  | "principalServiceName"
  | "principalServiceNames"
  | "userId"
  | "userName"
  | "sourceIdentity"
  | "viaService"
  | "resourceAccount"
  | "resourceTag"
  | "accessPointArn"
  | "accessPointAccount";

/** A condition key, compiled. */
export interface Key {
  readonly written: string;
  readonly lower: string;
  readonly derived: Derived;
  /** Lower-case tag key, for the keys that take one. */
  readonly tag: string;
  /** What the key held in the evaluation whose number is `round`: kept by the evaluation. */
  values: string | readonly string[] | undefined;
  round: number;
}

const sources: Readonly<Record<string, Derived>> = {
  "aws:principalarn": "principalArn",
  "aws:principalaccount": "principalAccount",
  "kms:calleraccount": "principalAccount",
  "aws:principaltype": "principalType",
  "aws:principalisawsservice": "principalIsService",
  "aws:principalservicename": "principalServiceName",
  "aws:principalservicenameslist": "principalServiceNames",
  "aws:userid": "userId",
  "aws:username": "userName",
  "aws:sourceidentity": "sourceIdentity",
  "aws:viaawsservice": "viaService",
  "aws:resourceaccount": "resourceAccount",
  "s3:resourceaccount": "resourceAccount",
  "s3:dataaccesspointarn": "accessPointArn",
  "s3:dataaccesspointaccount": "accessPointAccount",
};

const known = new Map<string, Key>();

/** The compiled form of a key as written; the same object for the same text (up to a bound). */
export function keyOf(written: string): Key {
  const found = known.get(written);
  if (found !== undefined) return found;
  const lower = written.toLowerCase();
  let derived: Derived = Object.hasOwn(sources, lower) ? (sources[lower] as Derived) : "none";
  let tag = "";
  if (lower.startsWith("aws:principaltag/")) {
    derived = "principalTag";
    tag = lower.slice("aws:principaltag/".length);
  } else if (lower.startsWith("aws:resourcetag/")) {
    derived = "resourceTag";
    tag = lower.slice("aws:resourcetag/".length);
  }
  const key: Key = { written, lower, derived, tag, values: undefined, round: 0 };
  if (known.size < 10_000) known.set(written, key);
  return key;
}
