/** Images of Studio and their versions: numbered from 1, found by number or alias. */
import type { CallContext, ReadContext } from "../../../context.ts";
import { demandTrust, rolesIn } from "../authorization/roles.ts";
import { actorOf } from "../engine/actor.ts";
import { draft, mergeUpdate, remove, save } from "../engine/change.ts";
import { membersOf } from "../engine/describe.ts";
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import { type Fields, factsOf, pick } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { pageOf } from "../engine/page.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { inUse, notFound, validation } from "../errors.ts";

const imageArn = (name: unknown, context: ReadContext) =>
  context.arn("sagemaker", `image/${String(name).toLowerCase()}`);

export const imageHooks: Hooks = {
  create(_, input, context) {
    for (const { arn } of rolesIn(input)) demandTrust(arn, context);
  },
  update(resource, input) {
    mergeUpdate(kindNamed("Image"))(resource, { ...input, DeleteProperties: undefined });
    for (const name of (input.DeleteProperties as string[] | undefined) ?? []) delete resource.input[name];
  },
  delete(resource, _, context) {
    if (versionsOf(resource.name, context).length > 0) {
      throw inUse(
        `Image ${resource.name} cannot be deleted because it has image versions. Delete all versions first.`,
      );
    }
  },
};

/** Versions of an image, oldest first. */
function versionsOf(image: string, context: ReadContext): Readonly<Resource>[] {
  const kind = kindNamed("ImageVersion");
  const one = shelf(kind, context);
  const prefix = `${image.toLowerCase()}/`;
  return one
    .entries("name")
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ key }) => one.byKey(key, context.now))
    .filter((version) => version !== undefined)
    .sort((a, b) => Number(a.id[1]) - Number(b.id[1]));
}

export function newImageVersion(input: Fields, context: CallContext): string[] {
  const image = find(kindNamed("Image"), [String(input.ImageName)], context);
  if (!image) throw notFound(`No Image with the name ${input.ImageName} exists.`);
  const counters = context.table<{ last: number }>("sagemaker.image-version-number");
  const last = (counters.get(image.name.toLowerCase())?.last ?? 0) + 1;
  counters.put(image.name.toLowerCase(), { last });
  return [image.name, String(last)];
}

export const imageVersionHooks: Hooks = {
  create(resource, input, context) {
    takeAliases(resource, (input.Aliases as string[] | undefined) ?? [], context);
    resource.fields = {
      Version: Number(resource.id[1]),
      ImageArn: imageArn(resource.id[0], context),
      ContainerImage: `${String(input.BaseImage).split("@")[0]}@sha256:${"0".repeat(64)}`,
      ImageName: resource.id[0],
    };
  },
  filters: { ImageName: (one, wanted) => one.id[0]?.toLowerCase() === String(wanted).toLowerCase() },
};

/** An alias names one version at a time. */
function takeAliases(resource: Resource, aliases: string[], context: CallContext): void {
  for (const other of versionsOf(resource.id[0] ?? "", context)) {
    const held = (other.input.Aliases as string[] | undefined) ?? [];
    if (other.id[1] === resource.id[1] || !held.some((alias) => aliases.includes(alias))) continue;
    const changed = draft(other);
    changed.input.Aliases = held.filter((alias) => !aliases.includes(alias));
    save(kindNamed("ImageVersion"), changed, context);
  }
}

/** The version asked for by number or alias; the newest when neither is given. */
function versionIn(input: Fields, context: ReadContext): Readonly<Resource> {
  const { ImageName, Version, Alias } = input;
  const all = versionsOf(String(ImageName), context);
  const found =
    Version !== undefined
      ? all.find((one) => one.id[1] === String(Version))
      : Alias !== undefined
        ? all.find((one) => ((one.input.Aliases as string[] | undefined) ?? []).includes(String(Alias)))
        : all[all.length - 1];
  if (!found) {
    const which =
      Version !== undefined ? `version ${Version}` : Alias !== undefined ? `alias ${Alias}` : "any version";
    throw notFound(`No ImageVersion with the image name ${ImageName} and ${which} exists.`);
  }
  return found;
}

export const imageOperations: Operations = {
  DescribeImageVersion(input, context) {
    const kind = kindNamed("ImageVersion");
    return pick(membersOf(kind, versionIn(input, context), context), factsOf("DescribeImageVersion").out);
  },
  UpdateImageVersion(input, context) {
    const kind = kindNamed("ImageVersion");
    const { AliasesToAdd = [], AliasesToDelete = [], ImageName: _, Version: __, Alias: ___, ...rest } = input;
    const version = draft(versionIn(input, context));
    takeAliases(version, AliasesToAdd as string[], context);
    mergeUpdate(kind)(version, rest);
    const held = new Set((version.input.Aliases as string[] | undefined) ?? []);
    for (const alias of AliasesToAdd as string[]) held.add(alias);
    for (const alias of AliasesToDelete as string[]) held.delete(alias);
    version.input.Aliases = [...held];
    version.modified = context.now;
    version.changedBy = actorOf(context);
    return { ImageVersionArn: save(kind, version, context).arn };
  },
  DeleteImageVersion(input, context) {
    if (input.Version === undefined && input.Alias === undefined) {
      throw validation("Either Version or Alias must be specified.");
    }
    remove(kindNamed("ImageVersion"), versionIn(input, context), context);
    return {};
  },
  ListAliases(input, context) {
    const all =
      input.Version === undefined && input.Alias === undefined
        ? versionsOf(String(input.ImageName), context)
        : [versionIn(input, context)];
    const aliases = all.flatMap((one) => (one.input.Aliases as string[] | undefined) ?? []);
    const { items, next } = pageOf(aliases, input.NextToken, input.MaxResults, 10);
    return { SageMakerImageVersionAliases: items, ...(next && { NextToken: next }) };
  },
};
