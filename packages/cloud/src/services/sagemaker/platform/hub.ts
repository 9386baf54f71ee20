/** Contents of a hub: versions of models and notebooks, imported or referred to. */
import type { CallContext, ReadContext } from "../../../context.ts";
import { create, draft, mergeUpdate, remove, save } from "../engine/change.ts";
import { membersOf } from "../engine/describe.ts";
import { kindNamed, require } from "../engine/locate.ts";
import { type Fields, factsOf, pick } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { pageOf } from "../engine/page.ts";
import type { Resource } from "../engine/resource.ts";
import { compare, shelf } from "../engine/shelf.ts";
import { notFound, unsupported } from "../errors.ts";

const contentKind = () => kindNamed("HubContent");

function hub(input: Fields, context: ReadContext): Readonly<Resource> {
  return require(kindNamed("Hub"), { HubName: input.HubName }, context, "DescribeHub");
}

/** All contents of a hub of a type, oldest version first. */
function contentsOf(
  hubName: string,
  type: unknown,
  name: unknown,
  context: ReadContext,
): Readonly<Resource>[] {
  const one = shelf(contentKind(), context);
  return one
    .entries("created")
    .map(({ key }) => one.byKey(key, context.now))
    .filter(
      (content): content is Readonly<Resource> =>
        content !== undefined &&
        content.id[0] === hubName &&
        (type === undefined || content.id[1] === type) &&
        (name === undefined || content.id[2] === name),
    )
    .sort((a, b) => compareVersions(a.id[3] ?? "", b.id[3] ?? ""));
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let index = 0; index < 3; index++) {
    const order = compare(left[index] ?? 0, right[index] ?? 0);
    if (order) return order;
  }
  return 0;
}

/** ARN of a content's version, as SageMaker prints it. */
const contentArn = (ids: string[], context: ReadContext) =>
  context.arn("sagemaker", `hub-content/${ids.join("/")}`.toLowerCase());

function newContent(input: Fields, name: string, type: string, context: CallContext): Fields {
  const { name: hubName, arn } = hub(input, context);
  const last = contentsOf(hubName, type, name, context).pop()?.id[3];
  const version = String(input.HubContentVersion ?? nextVersion(last));
  const made = create(
    contentKind(),
    { ...input, HubName: hubName, HubContentType: type, HubContentName: name, HubContentVersion: version },
    context,
  );
  return { HubArn: arn, HubContentArn: contentArn(made.id, context) };
}

function nextVersion(last: string | undefined): string {
  if (last === undefined) return "1.0.0";
  const [major = 1, minor = 0, patch = 0] = last.split(".").map(Number);
  return `${major}.${minor}.${patch + 1}`;
}

function contentIn(input: Fields, context: ReadContext): Readonly<Resource> {
  const { name } = hub(input, context);
  const { HubContentType, HubContentName, HubContentVersion } = input;
  const all = contentsOf(name, HubContentType, HubContentName, context);
  const found =
    HubContentVersion === undefined ? all.pop() : all.find(({ id }) => id[3] === HubContentVersion);
  if (found) return found;
  throw notFound(`HubContent ${HubContentName} of type ${HubContentType} does not exist in hub ${name}.`);
}

export const hubOperations: Operations = {
  ImportHubContent: (input, context) =>
    newContent(input, String(input.HubContentName), String(input.HubContentType), context),
  CreateHubContentReference(input, context) {
    const name =
      input.HubContentName ?? String(input.SageMakerPublicHubContentArn).split("/")[3] ?? "reference";
    return newContent(
      { ...input, ReferenceMinVersion: input.MinVersion },
      String(name),
      "ModelReference",
      context,
    );
  },
  DescribeHubContent(input, context) {
    const found = contentIn(input, context);
    const members = {
      ...membersOf(contentKind(), found, context),
      HubContentArn: contentArn(found.id, context),
    };
    return pick(members, factsOf("DescribeHubContent").out);
  },
  UpdateHubContent: (input, context) => change(input, input, context),
  UpdateHubContentReference: (input, context) =>
    change(input, { ReferenceMinVersion: input.MinVersion }, context),
  DeleteHubContent(input, context) {
    remove(contentKind(), contentIn(input, context), context);
    return {};
  },
  DeleteHubContentReference(input, context) {
    remove(contentKind(), contentIn(input, context), context);
    return {};
  },
  ListHubContents(input, context) {
    const { name } = hub(input, context);
    const newest = new Map<string, Readonly<Resource>>();
    for (const one of contentsOf(name, input.HubContentType, undefined, context))
      newest.set(one.id[2] ?? "", one);
    return listed([...newest.values()], "ListHubContents", input, context);
  },
  ListHubContentVersions(input, context) {
    const { name } = hub(input, context);
    const all = contentsOf(name, input.HubContentType, input.HubContentName, context).filter(
      ({ id }) =>
        input.MinVersion === undefined || compareVersions(id[3] ?? "", String(input.MinVersion)) >= 0,
    );
    return listed(all, "ListHubContentVersions", input, context);
  },
  CreateHubContentPresignedUrls: () => {
    throw unsupported(
      "CreateHubContentPresignedUrls",
      "the artifacts of public models are AWS's and not here",
    );
  },
};

function change(input: Fields, changes: Fields, context: CallContext): Fields {
  const one = draft(contentIn(input, context));
  mergeUpdate(contentKind())(one, changes);
  one.modified = context.now;
  save(contentKind(), one, context);
  return { HubArn: hub(input, context).arn, HubContentArn: contentArn(one.id, context) };
}

function listed(all: Readonly<Resource>[], operation: string, input: Fields, context: ReadContext): Fields {
  const part = input.NameContains === undefined ? undefined : String(input.NameContains).toLowerCase();
  const after = input.CreationTimeAfter as Date | undefined;
  const before = input.CreationTimeBefore as Date | undefined;
  const sign = input.SortOrder === "Ascending" ? 1 : -1;
  const by = (one: Readonly<Resource>) =>
    input.SortBy === "HubContentName"
      ? (one.id[2] ?? "")
      : input.SortBy === "HubContentStatus"
        ? (one.status ?? "")
        : one.created;
  const wanted = all
    .filter(
      (one) =>
        (part === undefined || one.id[2]?.toLowerCase().includes(part)) &&
        (!after || one.created > after.getTime()) &&
        (!before || one.created < before.getTime()),
    )
    .sort((a, b) => sign * (compare(by(a), by(b)) || compareVersions(a.id[3] ?? "", b.id[3] ?? "")))
    .map((one) => ({
      ...membersOf(contentKind(), one, context),
      HubContentArn: contentArn(one.id, context),
    }));
  const { items, next } = pageOf(wanted, input.NextToken, input.MaxResults, 10);
  const facts = factsOf(operation);
  return {
    HubContentSummaries: items.map((one) => pick(one, facts.item ?? [])),
    ...(next && { NextToken: next }),
  };
}
