/**
 * What IAM's denials call a resource, and what making something with tags needs besides. AWS does not document the
 * names; they are those of the messages that people ask about.
 */
import type * as Iam from "@aws-sdk/client-iam";
import type { ReadContext } from "../../context.ts";
import type { Check } from "../../service.ts";
import type { Kind } from "./errors.ts";
import { requestTags } from "./tags.ts";

type Input = Record<string, unknown>;

/** The member of the input that names an entity. */
export const NAME = { user: "UserName", group: "GroupName", role: "RoleName" } as const;

/** Denials of these name the entity by its ARN: it is only made, or the operation is one of IAM's later ones. */
const BY_ARN = /^(Create(User|Group|Role)$|(Tag|Untag)|Put(User|Role)PermissionsBoundary$)/;

/** What IAM calls an entity in its denials: `role Builder`, by the name that the request gave. */
export function shownAs(kind: Kind, action: string, input: Input, context: ReadContext): string | undefined {
  if (BY_ARN.test(action)) return undefined;
  const { principal } = context.caller;
  const own = kind === "user" && principal.kind === "user" ? /[^/]*$/.exec(principal.arn)?.[0] : undefined;
  const name = input[NAME[kind]] ?? own;
  return typeof name === "string" ? `${kind} ${name}` : undefined;
}

/** What IAM calls other resources in its denials: `policy arn:…`, of a new one `policy Readers`; `instance profile Node`. */
export function shownResource(action: string, arn: string, input: Input): string | undefined {
  if (action === "CreatePolicy") return `policy ${String(input.PolicyName)}`;
  if (/^(Tag|Untag)/.test(action)) return undefined;
  if (input.PolicyArn !== undefined) return `policy ${arn}`;
  if (input.InstanceProfileName !== undefined && action !== "CreateInstanceProfile") {
    return `instance profile ${String(input.InstanceProfileName)}`;
  }
  return undefined;
}

/** What is made with tags needs the right to tag it, too. */
export function tagging(action: string, input: Input, resource: string): Check[] {
  const made =
    /^(?:Create|Upload)(User|Role|Policy|InstanceProfile|OpenIDConnectProvider|SAMLProvider|ServerCertificate|VirtualMFADevice)$/.exec(
      action,
    )?.[1];
  if (made === undefined || !(input.Tags as unknown[] | undefined)?.length) return [];
  const kind = made === "VirtualMFADevice" ? "MFADevice" : made;
  return [{ action: `iam:Tag${kind}`, resource, context: requestTags(input.Tags as Iam.Tag[]) }];
}
