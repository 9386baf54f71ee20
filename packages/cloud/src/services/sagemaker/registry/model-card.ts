/** Model cards: every update of the content is a new version; each can be exported. */
import type { CallContext, ReadContext } from "../../../context.ts";
import { actorOf } from "../engine/actor.ts";
import { create, draft, save } from "../engine/change.ts";
import { membersOf } from "../engine/describe.ts";
import { kindNamed, require } from "../engine/locate.ts";
import { type Fields, factsOf, pick } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { pageOf } from "../engine/page.ts";
import type { Resource } from "../engine/resource.ts";
import { notFound, validation } from "../errors.ts";

interface Version {
  Content: unknown;
  ModelCardStatus: unknown;
  created: number;
}

const cardKind = () => kindNamed("ModelCard");

/** All versions, the first first; the last is the card as it is. */
function versionsOf(card: Readonly<Resource>): Version[] {
  const kept = (card.fields.versions ?? []) as Version[];
  const now = {
    Content: card.input.Content,
    ModelCardStatus: card.input.ModelCardStatus,
    created: card.modified,
  };
  return [...kept, now];
}

function cardAt(input: Fields, context: ReadContext, operation: string): Fields {
  const card = require(cardKind(), input, context, operation);
  const versions = versionsOf(card);
  const number = typeof input.ModelCardVersion === "number" ? input.ModelCardVersion : versions.length;
  const version = versions[number - 1];
  if (!version) throw notFound(`ModelCard ${card.name} with version ${number} does not exist.`);
  return {
    ...membersOf(cardKind(), card, context),
    ...version,
    ModelCardVersion: number,
    LastModifiedTime: new Date(version.created),
  };
}

export const cardOperations: Operations = {
  DescribeModelCard: (input, context) =>
    pick(cardAt(input, context, "DescribeModelCard"), factsOf("DescribeModelCard").out),
  UpdateModelCard(input, context) {
    const card = draft(require(cardKind(), input, context, "UpdateModelCard"));
    if (input.Content === undefined && input.ModelCardStatus === undefined) {
      throw validation("Either Content or ModelCardStatus must be specified.");
    }
    if (input.Content !== undefined) card.fields.versions = versionsOf(card);
    if (input.Content !== undefined) card.input.Content = input.Content;
    if (input.ModelCardStatus !== undefined) card.input.ModelCardStatus = input.ModelCardStatus;
    card.modified = context.now;
    card.changedBy = actorOf(context);
    card.fields.ModelCardVersion = versionsOf(card).length;
    return { ModelCardArn: save(cardKind(), card, context).arn };
  },
  ListModelCardVersions(input, context) {
    const card = require(cardKind(), input, context, "ListModelCardVersions");
    const all = versionsOf(card).map((version, index) => ({
      ModelCardName: card.name,
      ModelCardArn: card.arn,
      ModelCardStatus: version.ModelCardStatus,
      ModelCardVersion: index + 1,
      CreationTime: new Date(card.created),
      LastModifiedTime: new Date(version.created),
    }));
    const wanted = all.filter(
      (one) => input.ModelCardStatus === undefined || one.ModelCardStatus === input.ModelCardStatus,
    );
    if (input.SortOrder !== "Ascending") wanted.reverse();
    const { items, next } = pageOf(wanted, input.NextToken, input.MaxResults, 10);
    return { ModelCardVersionSummaryList: items, ...(next && { NextToken: next }) };
  },
  async CreateModelCardExportJob(input, context) {
    const card = cardAt(input, context, "CreateModelCardExportJob");
    const job = create(
      kindNamed("ModelCardExportJob"),
      { ...input, ModelCardVersion: card.ModelCardVersion },
      context,
    );
    const path = `${String((input.OutputConfig as Fields).S3OutputPath).replace(/\/$/, "")}/${job.name}.json`;
    await writeExport(path, card, context);
    const done = draft(job);
    done.fields.artifacts = { S3ExportArtifacts: path };
    save(kindNamed("ModelCardExportJob"), done, context);
    return { ModelCardExportJobArn: job.arn };
  },
};

/** Cards are exported with the caller's own permissions. The local cloud writes the content as JSON, not as PDF. */
async function writeExport(path: string, card: Fields, context: CallContext): Promise<void> {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(path) ?? [];
  await context.call(
    "s3",
    "PutObject",
    { Bucket: bucket, Key: key, Body: String(card.Content) },
    { kind: "caller" },
  );
}
