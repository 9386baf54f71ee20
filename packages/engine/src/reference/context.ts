/**
 * Reference twin: the values of condition keys, from the request's context or from who calls what.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import type { Principal, Request, Tags } from "../request.ts";
import type { ReadKey } from "./conditions.ts";

function lastPart(arn: string): string {
  return arn.split("/").at(-1) as string;
}

function tag(tags: Tags | undefined, key: string): string | undefined {
  return Object.entries(tags ?? {}).find(([name]) => name.toLowerCase() === key)?.[1];
}

/** The account that owns the resource, as far as the request tells. */
export function ownerOf(request: Request): string {
  const named = request.resource.account ?? "";
  const inArn =
    request.resource.arn.split(":").length > 5 ? (request.resource.arn.split(":")[4] as string) : "";
  const principals = "account" in request.principal ? request.principal.account : "";
  return named || inArn || principals;
}

function fromPrincipal(principal: Principal, key: string): string | readonly string[] | undefined {
  switch (key) {
    case "aws:principalarn":
      if (principal.kind === "root")
        return `arn:${principal.partition ?? "aws"}:iam::${principal.account}:root`;
      if (principal.kind === "session") return principal.roleArn;
      return principal.kind === "user" || principal.kind === "federated-user" ? principal.arn : undefined;
    case "aws:principalaccount":
    case "kms:calleraccount":
      return "account" in principal ? principal.account : undefined;
    case "aws:principaltype":
      return {
        root: "Account",
        user: "User",
        session: "AssumedRole",
        "federated-user": "FederatedUser",
        anonymous: "Anonymous",
        service: undefined,
        federated: undefined,
      }[principal.kind];
    case "aws:principalisawsservice":
      if (principal.kind === "anonymous" || principal.kind === "federated") return undefined;
      return String(principal.kind === "service");
    case "aws:principalservicename":
      return principal.kind === "service" ? principal.service : undefined;
    case "aws:principalservicenameslist":
      return principal.kind === "service" ? (principal.serviceNames ?? [principal.service]) : undefined;
    case "aws:username":
      return principal.kind === "user" ? lastPart(principal.arn) : undefined;
    case "aws:userid":
      if (principal.kind === "root") return principal.account;
      if (principal.kind === "user") return principal.uniqueId;
      if (principal.kind === "federated-user") return `${principal.account}:${lastPart(principal.arn)}`;
      if (principal.kind === "anonymous") return "anonymous";
      if (principal.kind !== "session" || principal.uniqueId === undefined) return undefined;
      return `${principal.uniqueId}:${lastPart(principal.arn)}`;
    case "aws:sourceidentity":
      return "sourceIdentity" in principal ? principal.sourceIdentity : undefined;
  }
  if (!key.startsWith("aws:principaltag/")) return undefined;
  const name = key.slice("aws:principaltag/".length);
  const session = "sessionTags" in principal ? tag(principal.sessionTags, name) : undefined;
  return session ?? ("tags" in principal ? tag(principal.tags, name) : undefined);
}

function accessPoint(request: Request): string | undefined {
  return /^arn:[^:]*:s3:[^:]*:[^:]*:accesspoint\/[^/]*/.exec(request.resource.arn)?.[0];
}

function derived(request: Request, key: string): string | readonly string[] | undefined {
  if (key === "aws:viaawsservice") return "false";
  if (key === "aws:resourceaccount" || key === "s3:resourceaccount") return ownerOf(request) || undefined;
  if (key.startsWith("aws:resourcetag/"))
    return tag(request.resource.tags, key.slice("aws:resourcetag/".length));
  if (key === "s3:dataaccesspointarn") return accessPoint(request);
  if (key === "s3:dataaccesspointaccount") return accessPoint(request)?.split(":")[4];
  return fromPrincipal(request.principal, key);
}

/** Reads condition keys of a request, whatever the case of their names. What the context names wins. */
export function keyReader(request: Request): ReadKey {
  return (key) => {
    const exact = request.context?.[key];
    const given =
      exact ??
      Object.entries(request.context ?? {}).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
    const value = given ?? derived(request, key.toLowerCase());
    if (value === undefined) return [];
    return typeof value === "string" ? [value] : value;
  };
}
