/**
 * What is known while one request is decided: principal, action, the resource's ARN with its colons found, and the
 * context with the values that follow from them. One object is used again for every request, so that deciding
 * allocates nothing.
 */
import type { RequestedAction } from "./action-index.ts";
import { requestedAction } from "./action-index.ts";
import type { Key } from "./compile/key.ts";
import { equalsFolded } from "./fold.ts";
import type { Principal, Request, RequestContext, Tags } from "./request.ts";

/** A condition key's values: one, several, or none. */
export type Values = string | readonly string[] | undefined;

const emptyContext: RequestContext = Object.freeze({});
const anonymous: Principal = Object.freeze({ kind: "anonymous" });

function tagValue(tags: Tags | undefined, lower: string): string | undefined {
  if (tags === undefined) return undefined;
  for (const key in tags) {
    if (equalsFolded(key, lower)) return tags[key];
  }
  return undefined;
}

/** The account in an ARN's fifth part, `""` when there is none. */
export function accountOfArn(arn: string): string {
  let at = 0;
  for (let i = 0; i < 4; i++) {
    at = arn.indexOf(":", at) + 1;
    if (at === 0) return "";
  }
  const end = arn.indexOf(":", at);
  return end < 0 ? "" : arn.slice(at, end);
}

/** The last number given to an evaluation or to a resource it looks at: no two share one. */
let lastRound = 0;

/** The state of one evaluation. */
export class Evaluation {
  principal: Principal = anonymous;
  context: RequestContext = emptyContext;
  action: RequestedAction = requestedAction("");
  /** The ARN statements are matched against: `*` for actions without resources. */
  arn = "*";
  /** The account of the principal, `""` for one outside any account. */
  principalAccount = "";
  resourceAccount = "";
  /** The ARN of the request as given (an access point's, where `arn` may be the bucket's). */
  requestArn = "*";
  resourceTags: Tags | undefined = undefined;
  /** Whether the principal has a permissions boundary: a Deny with NotPrincipal then always applies. */
  bounded = false;
  /** Whether the request is for an S3 access point, or an object behind one. */
  throughPoint = false;
  /** Whether the principal is a session of a service-linked role. */
  serviceLinked = false;
  /** Positions of the first five colons of `arn`; `c5` is -1 when it has fewer. */
  c1 = -1;
  c2 = -1;
  c3 = -1;
  c4 = -1;
  c5 = -1;
  /** The number of this evaluation: what keys and conditions found in another does not count. */
  round = 0;
  /** The number of the resource looked at, for what patterns found. */
  place = 0;
  /** The lengths of the context's key names, a bit each (modulo 32), and the round they were gathered in. */
  #lengths = 0;
  #lengthsRound = 0;

  /** Begins the evaluation of a request. */
  begin(request: Request, bounded: boolean): void {
    const { principal, resource } = request;
    this.round = ++lastRound;
    this.principal = principal;
    this.context = request.context ?? emptyContext;
    this.action = requestedAction(request.action);
    this.principalAccount = "account" in principal ? principal.account : "";
    this.requestArn = resource.arn;
    this.resourceTags = resource.tags;
    this.bounded = bounded;
    this.resourceAccount = resource.account || accountOfArn(resource.arn) || this.principalAccount;
    this.pointAt(resource.arn);
    const { c3, c5 } = this;
    this.throughPoint =
      c5 > 0 &&
      resource.arn.startsWith("arn:") &&
      resource.arn.startsWith("accesspoint/", c5 + 1) &&
      resource.arn.startsWith(":s3:", c3 - 3);
    if (this.action.wildcardOnly) this.pointAt("*");
    this.serviceLinked =
      principal.kind === "session" &&
      (principal.serviceLinked ?? principal.roleArn.includes(":role/aws-service-role/"));
  }

  /** Makes `arn` the resource that statements are matched against. */
  pointAt(arn: string): void {
    this.arn = arn;
    this.place = ++lastRound;
    this.c1 = arn.indexOf(":");
    this.c2 = this.c1 < 0 ? -1 : arn.indexOf(":", this.c1 + 1);
    this.c3 = this.c2 < 0 ? -1 : arn.indexOf(":", this.c2 + 1);
    this.c4 = this.c3 < 0 ? -1 : arn.indexOf(":", this.c3 + 1);
    this.c5 = this.c4 < 0 ? -1 : arn.indexOf(":", this.c4 + 1);
  }

  /**
   * The values of a condition key: the context's, else those that follow from principal and resource. Statements ask
   * for the same few keys again and again: each is looked up once a round.
   */
  values(key: Key): Values {
    if (key.round !== this.round) {
      key.values = this.#lookUp(key);
      key.round = this.round;
    }
    return key.values;
  }

  #lookUp(key: Key): Values {
    const { context } = this;
    const { lower } = key;
    const { length } = lower;
    if (this.#mayHoldName(length)) {
      const direct = context[key.written];
      if (direct !== undefined && (typeof direct === "string" || Array.isArray(direct))) return direct;
      for (const name in context) {
        if (name.length === length && equalsFolded(name, lower)) return context[name];
      }
    }
    return key.derived === "none" ? undefined : this.#derive(key);
  }

  /** Whether the context has a name of this length: most keys that are missing need not be looked for. */
  #mayHoldName(length: number): boolean {
    if (this.#lengthsRound !== this.round) {
      let lengths = 0;
      for (const name in this.context) lengths |= 1 << (name.length & 31);
      this.#lengths = lengths;
      this.#lengthsRound = this.round;
    }
    return (this.#lengths & (1 << (length & 31))) !== 0;
  }

  #derive(key: Key): Values {
    const { principal } = this;
    switch (key.derived) {
      case "none":
        return undefined;
      case "principalArn":
        return principalArn(principal);
      case "principalAccount":
        return this.principalAccount === "" ? undefined : this.principalAccount;
      case "principalType":
        return principalType(principal);
      case "principalTag":
        return principalTag(principal, key.tag);
      case "principalIsService":
        if (principal.kind === "anonymous" || principal.kind === "federated") return undefined;
        return principal.kind === "service" ? "true" : "false";
      case "principalServiceName":
        return principal.kind === "service" ? principal.service : undefined;
      case "principalServiceNames":
        return principal.kind === "service" ? (principal.serviceNames ?? [principal.service]) : undefined;
      case "userId":
        return userId(principal);
      case "userName":
        return principal.kind === "user"
          ? principal.arn.slice(principal.arn.lastIndexOf("/") + 1)
          : undefined;
      case "sourceIdentity":
        return "sourceIdentity" in principal ? principal.sourceIdentity : undefined;
      case "viaService":
        return "false";
      case "resourceAccount":
        return this.resourceAccount === "" ? undefined : this.resourceAccount;
      case "resourceTag":
        return tagValue(this.resourceTags, key.tag);
      case "accessPointArn":
        return accessPointOf(this.requestArn);
      case "accessPointAccount": {
        const point = accessPointOf(this.requestArn);
        return point === undefined ? undefined : accountOfArn(point);
      }
    }
  }
}

/** `aws:PrincipalArn`: for a session the role's ARN; absent for services and unsigned requests. */
export function principalArn(principal: Principal): string | undefined {
  switch (principal.kind) {
    case "root":
      return `arn:${principal.partition ?? "aws"}:iam::${principal.account}:root`;
    case "user":
    case "federated-user":
      return principal.arn;
    case "session":
      return principal.roleArn;
    case "service":
    case "federated":
    case "anonymous":
      return undefined;
  }
}

function principalType(principal: Principal): string | undefined {
  switch (principal.kind) {
    case "root":
      return "Account";
    case "user":
      return "User";
    case "federated-user":
      return "FederatedUser";
    case "session":
      return "AssumedRole";
    case "anonymous":
      return "Anonymous";
    case "service":
    case "federated":
      return undefined;
  }
}

function principalTag(principal: Principal, lower: string): string | undefined {
  if (!("tags" in principal) && !("sessionTags" in principal)) return undefined;
  if ("sessionTags" in principal) {
    const own = tagValue(principal.sessionTags, lower);
    if (own !== undefined) return own;
  }
  return tagValue(principal.tags, lower);
}

function userId(principal: Principal): string | undefined {
  switch (principal.kind) {
    case "root":
      return principal.account;
    case "user":
      return principal.uniqueId;
    case "session":
      if (principal.uniqueId === undefined) return undefined;
      return `${principal.uniqueId}:${principal.arn.slice(principal.arn.lastIndexOf("/") + 1)}`;
    case "federated-user":
      return `${principal.account}:${principal.arn.slice(principal.arn.lastIndexOf("/") + 1)}`;
    case "anonymous":
      return "anonymous";
    case "service":
    case "federated":
      return undefined;
  }
}

/** The access point in an S3 ARN (`arn:…:s3:R:A:accesspoint/NAME`), without the object; `undefined` for others. */
export function accessPointOf(arn: string): string | undefined {
  const found = /^arn:[^:]*:s3:[^:]*:[^:]*:accesspoint\/[^/]*/.exec(arn);
  return found === null ? undefined : found[0];
}
