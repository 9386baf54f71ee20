/** Domains: ids, defaults, what may be changed, and the conditions under which one may be deleted. */
import { randomInt } from "node:crypto";
import type { CallContext, ReadContext } from "../../../context.ts";
import { mergeUpdate } from "../engine/change.ts";
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { encode } from "../engine/stored.ts";
import { inUse, notFound, quotaExceeded, validation } from "../errors.ts";
import { checkNetwork } from "../network/interfaces.ts";
import { limitOf } from "../quotas.ts";
import { deepMerge } from "./merge.ts";
import { makeNetwork, networkOf, rememberNetwork, removeNetwork } from "./network.ts";
import { makeApplication, removeApplication } from "./sign-on.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Letters of an id as SageMaker draws them. */
export function randomName(length: number): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

export const newDomainId = (_: Fields, context: CallContext): string[] => {
  const kind = kindNamed("Domain");
  for (;;) {
    const id = [`d-${randomName(12)}`];
    if (!find(kind, id, context)) return id;
  }
};

/** The host of a domain's Studio. */
export function studioHost(domainId: string, region: string): string {
  return `${domainId}.studio.${region}.sagemaker.aws`;
}

/** Most domains in an account and region unless Service Quotas says otherwise. */
const DOMAINS = { quota: "Domains", value: 10 };

export const domainHooks: Hooks = {
  create(resource, input, context) {
    checkUnique(resource, context);
    const { AuthMode, SubnetIds, VpcId } = input;
    const appNetwork = (input.AppNetworkAccessType as string | undefined) ?? "PublicInternetOnly";
    if (appNetwork === "VpcOnly" && (VpcId === undefined || !(SubnetIds as string[] | undefined)?.length)) {
      throw validation("VpcId and SubnetIds must be specified when AppNetworkAccessType is VpcOnly.");
    }
    const settings = input.DefaultUserSettings as Fields | undefined;
    if (!settings?.ExecutionRole) throw validation("DefaultUserSettings.ExecutionRole is required.");
    const groups = (settings.SecurityGroups as string[] | undefined) ?? [];
    const vpc = checkNetwork((SubnetIds as string[] | undefined) ?? [], groups, context);
    if (vpc !== undefined && VpcId !== undefined && vpc !== VpcId) {
      throw validation(`The subnets and security groups of the Domain must belong to the VPC ${VpcId}.`);
    }
    resource.name = String(input.DomainName);
    const [id = ""] = resource.id;
    resource.input.AppNetworkAccessType = appNetwork;
    resource.input.TagPropagation ??= "DISABLED";
    if (input.KmsKeyId === undefined && input.HomeEfsFileSystemKmsKeyId !== undefined) {
      resource.input.KmsKeyId = input.HomeEfsFileSystemKmsKeyId;
    }
    resource.fields = {
      DomainId: id,
      Url: `https://${studioHost(id, context.region)}`,
      ...(AuthMode === "SSO" && {
        SingleSignOnManagedApplicationInstanceId: `ins-${randomName(16)}`,
        SingleSignOnApplicationArn: makeApplication(id, input, context),
      }),
    };
  },
  async created(resource, _, context) {
    try {
      rememberNetwork(resource, await makeNetwork(resource, context), context);
    } catch (error) {
      if (resource.fields?.SingleSignOnApplicationArn) removeApplication(resource, context);
      shelf(kindNamed("Domain"), context).delete(resource, context);
      throw error;
    }
  },
  async deleted(resource, input, context) {
    if (resource.fields?.SingleSignOnApplicationArn) removeApplication(resource, context);
    const policy = (input.RetentionPolicy as Fields | undefined)?.HomeEfsFileSystem;
    if (policy === "Delete") await removeNetwork(networkOf(resource), context);
  },
  update(resource, input, context) {
    checkIdentityChange(resource, input, context);
    const { DomainSettingsForUpdate, DefaultUserSettings, DefaultSpaceSettings, ...rest } = input;
    mergeUpdate(kindNamed("Domain"))(resource, rest);
    const merge = (member: string, value: unknown) => {
      if (value !== undefined) resource.input[member] = deepMerge(resource.input[member], encode(value));
    };
    merge("DomainSettings", DomainSettingsForUpdate);
    merge("DefaultUserSettings", DefaultUserSettings);
    merge("DefaultSpaceSettings", DefaultSpaceSettings);
  },
  delete(resource, _, context) {
    const [id = ""] = resource.id;
    for (const [name, what] of [
      ["App", "apps"],
      ["Space", "spaces"],
      ["UserProfile", "user profiles"],
    ] as const) {
      if (inDomain(name, id, context).length > 0) {
        throw inUse(
          `Unable to delete Domain ${resource.arn} because Domain has ${what}. Delete all ${what} and try again.`,
        );
      }
    }
  },
};

function checkUnique(resource: Resource, context: CallContext): void {
  const one = shelf(kindNamed("Domain"), context);
  const name = String(resource.input.DomainName).toLowerCase();
  const live = one
    .entries("created")
    .map((entry) => one.byKey(entry.key, context.now))
    .filter((got) => got !== undefined);
  if (live.some((other) => String(other.input.DomainName).toLowerCase() === name)) {
    throw inUse(`Domain with name ${resource.input.DomainName} already exists.`);
  }
  const limit = limitOf(DOMAINS.quota, context) ?? DOMAINS.value;
  if (live.length >= limit) throw quotaExceeded(DOMAINS.quota, limit, live.length, 1, "Domains");
}

/** Apps that run or are about to, in a domain. */
export function runningApps(domainId: string, context: ReadContext): Readonly<Resource>[] {
  return inDomain("App", domainId, context).filter(
    ({ status }) => status === "InService" || status === "Pending",
  );
}

/** Resources of a kind of Studio in a domain; ended apps are not among them. */
export function inDomain(name: "App" | "Space" | "UserProfile", domainId: string, context: ReadContext) {
  const kind = kindNamed(name);
  const one = shelf(kind, context);
  const found: Readonly<Resource>[] = [];
  for (const entry of one.entries("name")) {
    if (!entry.key.startsWith(`${domainId.toLowerCase()}/`)) continue;
    const resource = one.byKey(entry.key, context.now);
    if (resource && resource.status !== "Deleted" && !(name === "App" && resource.status === "Failed")) {
      found.push(resource);
    }
  }
  return found;
}

/** The source identity setting of a domain is what trust policies are written for: no app may run on the old one. */
function checkIdentityChange(resource: Resource, input: Fields, context: CallContext): void {
  const asked = (input.DomainSettingsForUpdate as Fields | undefined)?.ExecutionRoleIdentityConfig;
  const has =
    (resource.input.DomainSettings as Fields | undefined)?.ExecutionRoleIdentityConfig ?? "DISABLED";
  if (asked === undefined || asked === has) return;
  if (runningApps(resource.id[0] ?? "", context).length === 0) return;
  throw validation(
    "Cannot update ExecutionRoleIdentityConfig while there are apps in the InService or Pending state in the Domain. Delete all apps and try again.",
  );
}

/** The domain with this id, ready to be used. @throws ResourceNotFound, ValidationException */
export function domainOf(domainId: unknown, context: ReadContext): Readonly<Resource> {
  const domain = find(kindNamed("Domain"), [String(domainId)], context);
  if (!domain) throw notFound(`Domain with id ${domainId} does not exist.`);
  return domain;
}
