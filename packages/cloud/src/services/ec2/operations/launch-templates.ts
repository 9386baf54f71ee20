/**
 * Launch templates and their versions. Nothing is launched from them here; what they say is kept as it was given.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-templates.html
 */
import type { LaunchTemplate, LaunchTemplateVersion } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { combination, invalidValue, missing, need } from "../errors.ts";
import { type Filter, predicate } from "../filters.ts";
import { newId } from "../identifiers.ts";
import { add, all, change, describe, find, remove, tagList } from "../kind.ts";
import { launchTemplates } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import type { LaunchTemplateRecord, LaunchTemplateVersion as Version } from "../records.ts";
import { checkedTags, type TagSpecificationInput } from "../tagging.ts";

const PAGE = { least: 1, most: 200 };

const view = (one: Readonly<LaunchTemplateRecord>): LaunchTemplate => ({
  LaunchTemplateId: one.id,
  LaunchTemplateName: one.name,
  CreateTime: new Date(one.versions[0]?.created ?? 0),
  CreatedBy: one.versions[0]?.createdBy ?? "",
  DefaultVersionNumber: one.defaultVersion,
  LatestVersionNumber: one.latestVersion,
  Operator: { Managed: false },
  ...(Object.keys(one.tags).length > 0 && { Tags: tagList(one.tags) }),
});

const versionView = (
  one: Readonly<LaunchTemplateRecord>,
  version: Readonly<Version>,
): LaunchTemplateVersion => ({
  LaunchTemplateId: one.id,
  LaunchTemplateName: one.name,
  VersionNumber: version.number,
  ...(version.description !== undefined && { VersionDescription: version.description }),
  CreateTime: new Date(version.created),
  CreatedBy: version.createdBy,
  DefaultVersion: version.number === one.defaultVersion,
  LaunchTemplateData: structuredClone(version.data) as NonNullable<
    LaunchTemplateVersion["LaunchTemplateData"]
  >,
  Operator: { Managed: false },
});

function nameOf(text: string | undefined): string {
  const name = need(text, "LaunchTemplateName");
  if (/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) return name;
  throw new AwsError(
    "InvalidLaunchTemplateName.MalformedException",
    "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.",
  );
}

function dataOf(data: object | undefined): Record<string, unknown> {
  const kept = JSON.parse(JSON.stringify(data ?? {})) as Record<string, unknown>;
  if (Object.keys(kept).length === 0) throw missing("LaunchTemplateData");
  return kept;
}

function tagsOf(specifications: readonly TagSpecificationInput[] | undefined) {
  const list = (specifications ?? []).flatMap((one) => {
    if (one.ResourceType !== "launch-template") {
      throw invalidValue(
        "The value for the ResourceType member of the TagSpecification request parameter must be ‘launch-template’. Verify the ResourceType and try again",
      );
    }
    return one.Tags ?? [];
  });
  return checkedTags(list);
}

const noName = (name: string) =>
  new AwsError(
    "InvalidLaunchTemplateName.NotFoundException",
    `The specified launch template, with template name ${name}, does not exist.`,
  );

interface Which {
  LaunchTemplateId?: string | undefined;
  LaunchTemplateName?: string | undefined;
}

function chosen(context: ReadContext, input: Which, verb: string): Readonly<LaunchTemplateRecord> {
  const { LaunchTemplateId, LaunchTemplateName } = input;
  if (LaunchTemplateId && LaunchTemplateName) {
    throw combination(`Either provide launch template ID or launch template name to ${verb} the template.`);
  }
  if (LaunchTemplateId) return find(context, launchTemplates, LaunchTemplateId);
  if (!LaunchTemplateName) throw missing("launch template ID or launch template name");
  const one = all(context, launchTemplates).find((template) => template.name === LaunchTemplateName);
  if (!one) throw noName(LaunchTemplateName);
  return one;
}

/** The number a version is asked for by: itself, `$Latest` or `$Default`. */
function numberOf(one: Readonly<LaunchTemplateRecord>, text: string): number | undefined {
  if (text === "$Latest") return one.latestVersion;
  if (text === "$Default") return one.defaultVersion;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

const noVersion = (message: string) => new AwsError("InvalidLaunchTemplateId.VersionNotFound", message);

function newVersion(
  context: CallContext,
  number: number,
  data: Record<string, unknown>,
  description: string | undefined,
): Version {
  return {
    number,
    ...(description !== undefined && { description }),
    created: context.now,
    createdBy: context.caller.arn,
    data,
  };
}

const HOW_TO_ASK =
  "To describe the launch template data for all your launch templates, for ‘--versions’ specify ‘$Latest’, ‘$Default’, or both, and omit ‘--launch-template-id’, ‘--launch-template-name’, and version numbers. To describe the launch template data for a specific launch template, specify ‘--launch-template-id’ or ‘--launch-template-name’, and for ‘--versions’ specify one or more of the following values: ‘$Latest’, ‘$Default’, or one or more version numbers.";

interface VersionsInput extends Which {
  Versions?: string[] | undefined;
  MinVersion?: string | undefined;
  MaxVersion?: string | undefined;
}

type Pair = { one: Readonly<LaunchTemplateRecord>; version: Readonly<Version> };

/** The versions that are asked for, of one template or of all. Newest first. */
function versionsAsked(context: ReadContext, input: VersionsInput): Pair[] {
  const wanted = input.Versions ?? [];
  if (!input.LaunchTemplateId && !input.LaunchTemplateName) {
    if (!wanted.length) throw new AwsError("MissingParameter", HOW_TO_ASK);
    if (wanted.some((text) => text !== "$Latest" && text !== "$Default")) throw invalidValue(HOW_TO_ASK);
    return all(context, launchTemplates).flatMap((one) => {
      const numbers = wanted.map((text) => numberOf(one, text));
      return one.versions.flatMap((version) => (numbers.includes(version.number) ? [{ one, version }] : []));
    });
  }
  const one = chosen(context, input, "describe");
  const numbers = wanted.map((text) => {
    const number = numberOf(one, text);
    if (one.versions.some((version) => version.number === number)) return number;
    throw noVersion(
      `Could not find the specified version ${text} for the launch template with ID ${one.id}.`,
    );
  });
  const least = Number(input.MinVersion ?? 0);
  const most = Number(input.MaxVersion ?? Number.MAX_SAFE_INTEGER);
  return one.versions
    .filter(({ number }) => (numbers.length ? numbers.includes(number) : number >= least && number <= most))
    .map((version) => ({ one, version }))
    .reverse();
}

const versionFilters = (filters: Filter[] | undefined, context: ReadContext) => {
  const said = (name: string) => (pair: Pair) => {
    const value = pair.version.data[name];
    return typeof value === "object" ? undefined : (value as string | undefined);
  };
  return predicate<Pair>(
    filters,
    {
      "create-time": ({ version }) => new Date(version.created).toISOString(),
      "ebs-optimized": said("EbsOptimized"),
      "iam-instance-profile": ({ version }) => {
        const profile = version.data.IamInstanceProfile as { Arn?: string; Name?: string } | undefined;
        return profile?.Arn ?? profile?.Name;
      },
      "image-id": said("ImageId"),
      "instance-type": said("InstanceType"),
      "is-default-version": ({ one, version }) => version.number === one.defaultVersion,
      "kernel-id": said("KernelId"),
      "ram-disk-id": said("RamDiskId"),
    },
    undefined,
    context,
  );
};

export const launchTemplateOperations: Operations = {
  CreateLaunchTemplate(input, context) {
    const name = nameOf(input.LaunchTemplateName);
    const data = dataOf(input.LaunchTemplateData);
    const tags = tagsOf(input.TagSpecifications);
    if (all(context, launchTemplates).some((one) => one.name === name)) {
      throw new AwsError(
        "InvalidLaunchTemplateName.AlreadyExistsException",
        "Launch template name already in use.",
      );
    }
    const one = add(context, launchTemplates, {
      id: newId("lt"),
      tags,
      name,
      defaultVersion: 1,
      latestVersion: 1,
      versions: [newVersion(context, 1, data, input.VersionDescription)],
    });
    return { LaunchTemplate: view(one) };
  },

  CreateLaunchTemplateVersion(input, context) {
    const one = chosen(context, input, "modify");
    const more = JSON.parse(JSON.stringify(input.LaunchTemplateData ?? {})) as Record<string, unknown>;
    let base: Record<string, unknown> = {};
    if (input.SourceVersion) {
      const number = numberOf(one, input.SourceVersion);
      const source = one.versions.find((version) => version.number === number);
      if (!source) {
        throw noVersion(
          `The launch template version ${input.SourceVersion} is not found for the specified launch template.`,
        );
      }
      base = structuredClone(source.data) as Record<string, unknown>;
    }
    const data = dataOf({ ...base, ...more });
    const version = newVersion(context, one.latestVersion + 1, data, input.VersionDescription);
    const next = change(context, launchTemplates, one.id, (draft) => {
      draft.latestVersion = version.number;
      draft.versions.push(version);
    });
    return { LaunchTemplateVersion: versionView(next, version) };
  },

  DescribeLaunchTemplates(input, context) {
    const known = all(context, launchTemplates);
    const { LaunchTemplateIds: ids = [], LaunchTemplateNames: names = [] } = input;
    const none = "At least one of the launch templates specified in the request does not exist.";
    for (const id of ids) {
      const malformed = launchTemplates.malformed?.(id);
      if (malformed) throw malformed;
      if (!known.some((one) => one.id === id)) throw new AwsError(launchTemplates.notFoundCode, none);
    }
    const asked = names.map((name) => {
      const one = known.find((template) => template.name === name);
      if (!one) throw new AwsError("InvalidLaunchTemplateName.NotFoundException", none);
      return one;
    });
    const byId = ids.flatMap((id) => known.find((one) => one.id === id) ?? []);
    const from = ids.length || names.length ? [...new Set([...byId, ...asked])] : known;
    const { items, next } = describe(context, launchTemplates, input, undefined, { ...PAGE, from });
    return { LaunchTemplates: items.map(view), NextToken: next };
  },

  DescribeLaunchTemplateVersions(input, context) {
    const pairs = versionsAsked(context, input).filter(versionFilters(input.Filters, context));
    const { items, next } = page(pairs, input, PAGE);
    return {
      LaunchTemplateVersions: items.map(({ one, version }) => versionView(one, version)),
      NextToken: next,
    };
  },

  ModifyLaunchTemplate(input, context) {
    const one = chosen(context, input, "modify");
    const text = need(input.DefaultVersion, "SetDefaultVersion");
    const number = numberOf(one, text);
    if (!one.versions.some((version) => version.number === number)) {
      throw noVersion(`The launch template version ${text} is not found for the specified launch template.`);
    }
    const next = change(context, launchTemplates, one.id, (draft) => {
      draft.defaultVersion = number!;
    });
    return { LaunchTemplate: view(next) };
  },

  DeleteLaunchTemplate(input, context) {
    const one = chosen(context, input, "delete");
    remove(context, launchTemplates, one.id);
    return { LaunchTemplate: view(one) };
  },

  DeleteLaunchTemplateVersions(input, context) {
    const one = chosen(context, input, "modify");
    const gone: number[] = [];
    const SuccessfullyDeletedLaunchTemplateVersions = [];
    const UnsuccessfullyDeletedLaunchTemplateVersions = [];
    const about = { LaunchTemplateId: one.id, LaunchTemplateName: one.name };
    for (const text of need(input.Versions, "LaunchTemplateVersion")) {
      const number = numberOf(one, text);
      const known = one.versions.some((version) => version.number === number);
      if (known && number !== one.defaultVersion) {
        gone.push(number!);
        SuccessfullyDeletedLaunchTemplateVersions.push({ ...about, VersionNumber: number });
        continue;
      }
      const error = known
        ? { Code: "unexpectedError", Message: "The default version of a launch template cannot be deleted." }
        : {
            Code: "launchTemplateVersionDoesNotExist",
            Message: `The launch template version ${text} does not exist.`,
          };
      UnsuccessfullyDeletedLaunchTemplateVersions.push({
        ...about,
        VersionNumber: number ?? 0,
        ResponseError: error as { Code: "unexpectedError"; Message: string },
      });
    }
    change(context, launchTemplates, one.id, (draft) => {
      draft.versions = draft.versions.filter((version) => !gone.includes(version.number));
    });
    return { SuccessfullyDeletedLaunchTemplateVersions, UnsuccessfullyDeletedLaunchTemplateVersions };
  },
};
