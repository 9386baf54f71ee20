/** Associations, trial components in trials, lineage groups, and queries over lineage. */
import type { CallContext, ReadContext } from "../../../context.ts";
import { actorOf, userContext } from "../engine/actor.ts";
import { remove } from "../engine/change.ts";
import { kindNamed, locate, require } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { pageOf } from "../engine/page.ts";
import { compare } from "../engine/shelf.ts";
import { notFound, validation } from "../errors.ts";
import {
  type Association,
  associationKey,
  associations,
  associationsOf,
  LINEAGE_GROUP,
  lineageGroupArn,
  memberships,
} from "./links.ts";

/** Kinds by the name that lineage gives them. */
const LINEAGE_TYPES: Record<string, string> = {
  artifact: "Artifact",
  action: "Action",
  context: "Context",
  "experiment-trial-component": "TrialComponent",
  experiment: "Experiment",
  "experiment-trial": "Trial",
};

const lineageType = (arn: string) => LINEAGE_TYPES[arn.split(":")[5]?.split("/")[0] ?? ""];

function entity(arn: unknown, context: ReadContext) {
  const located = locate(String(arn), context);
  if (!located || !lineageType(String(arn))) throw notFound(`Entity '${arn}' does not exist.`);
  return located;
}

/** `ArtifactType`, `ActionType`, `ContextType` of an entity. */
function typeOf(arn: string, context: ReadContext): string | undefined {
  const input = locate(arn, context)?.resource.input;
  return (input?.ArtifactType ?? input?.ActionType ?? input?.ContextType) as string | undefined;
}

export const lineageOperations: Operations = {
  AddAssociation(input, context) {
    const SourceArn = entity(input.SourceArn, context).resource.arn;
    const DestinationArn = entity(input.DestinationArn, context).resource.arn;
    const key = associationKey(SourceArn, DestinationArn);
    if (associations(context).has(key)) {
      throw validation(`Association between '${SourceArn}' and '${DestinationArn}' already exists.`);
    }
    associations(context).put(key, {
      SourceArn,
      DestinationArn,
      ...(input.AssociationType !== undefined && { AssociationType: String(input.AssociationType) }),
      created: context.now,
      by: actorOf(context),
    });
    return { SourceArn, DestinationArn };
  },
  DeleteAssociation(input, context) {
    const { SourceArn, DestinationArn } = input;
    if (!associations(context).delete(associationKey(String(SourceArn), String(DestinationArn)))) {
      throw notFound(`Association between '${SourceArn}' and '${DestinationArn}' does not exist.`);
    }
    return { SourceArn, DestinationArn };
  },
  ListAssociations(input, context) {
    const after = input.CreatedAfter as Date | undefined;
    const before = input.CreatedBefore as Date | undefined;
    const all = associations(context)
      .list()
      .filter(
        (one) =>
          (input.SourceArn === undefined || one.SourceArn === input.SourceArn) &&
          (input.DestinationArn === undefined || one.DestinationArn === input.DestinationArn) &&
          (input.AssociationType === undefined || one.AssociationType === input.AssociationType) &&
          (!after || one.created > after.getTime()) &&
          (!before || one.created < before.getTime()),
      )
      .map((one) => summary(one, context))
      .filter(
        (one) =>
          (input.SourceType === undefined || one.SourceType === input.SourceType) &&
          (input.DestinationType === undefined || one.DestinationType === input.DestinationType),
      );
    const by = String(input.SortBy ?? "CreationTime");
    const sign = input.SortOrder === "Ascending" ? 1 : -1;
    const value = (one: Fields) => (by === "CreationTime" ? Number(one.CreationTime) : String(one[by] ?? ""));
    all.sort((a, b) => sign * compare(value(a), value(b)));
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults, 10);
    return { AssociationSummaries: items, ...(next && { NextToken: next }) };
  },
  AssociateTrialComponent(input, context) {
    const { component, trial } = pair(input, context, "AssociateTrialComponent");
    memberships(context).put(`${component.name} ${trial.name}`, {
      component: component.name,
      trial: trial.name,
    });
    return { TrialComponentArn: component.arn, TrialArn: trial.arn };
  },
  DisassociateTrialComponent(input, context) {
    const { component, trial } = pair(input, context, "DisassociateTrialComponent");
    memberships(context).delete(`${component.name} ${trial.name}`);
    return { TrialComponentArn: component.arn, TrialArn: trial.arn };
  },
  DeleteArtifact(input, context) {
    const kind = kindNamed("Artifact");
    const arn = input.ArtifactArn ?? artifactBySource(input.Source as Fields | undefined, context);
    if (arn === undefined) throw validation("Either ArtifactArn or Source must be specified.");
    const found = require(kind, { ArtifactArn: arn }, context, "DeleteArtifact");
    if (associationsOf(found.arn, context).length > 0) {
      throw validation(
        `Cannot delete '${found.arn}' because it has associations. Delete its associations first.`,
      );
    }
    remove(kind, found, context);
    return { ArtifactArn: found.arn };
  },
  ListLineageGroups: (_, context) => ({ LineageGroupSummaries: [group(context)] }),
  DescribeLineageGroup(input, context) {
    demandGroup(input, context);
    return { ...group(context), CreatedBy: userContext(actorOf(context)) };
  },
  GetLineageGroupPolicy(input, context) {
    demandGroup(input, context);
    throw notFound(`Resource policy for lineage group '${input.LineageGroupName}' does not exist.`);
  },
  QueryLineage: (input, context) => query(input, context),
};

function artifactBySource(source: Fields | undefined, context: ReadContext): string | undefined {
  if (source === undefined) return undefined;
  const wanted = JSON.stringify(source);
  return context
    .table<{ arn: string; input: Fields }>("sagemaker.artifact")
    .list()
    .find(({ input }) => JSON.stringify(input.Source) === wanted)?.arn;
}

function pair(input: Fields, context: CallContext, operation: string) {
  return {
    component: require(kindNamed("TrialComponent"), input, context, operation),
    trial: require(kindNamed("Trial"), input, context, operation),
  };
}

function summary(one: Readonly<Association>, context: ReadContext): Fields {
  return {
    SourceArn: one.SourceArn,
    DestinationArn: one.DestinationArn,
    SourceType: typeOf(one.SourceArn, context),
    DestinationType: typeOf(one.DestinationArn, context),
    AssociationType: one.AssociationType,
    SourceName: locate(one.SourceArn, context)?.resource.name,
    DestinationName: locate(one.DestinationArn, context)?.resource.name,
    CreationTime: new Date(one.created),
    CreatedBy: userContext(one.by as Parameters<typeof userContext>[0]),
  };
}

function group(context: ReadContext): Fields {
  return {
    LineageGroupName: LINEAGE_GROUP,
    LineageGroupArn: lineageGroupArn(context),
    DisplayName: "Default lineage group",
    CreationTime: new Date(0),
    LastModifiedTime: new Date(0),
  };
}

function demandGroup(input: Fields, context: ReadContext): void {
  const name = String(input.LineageGroupName);
  if (name === LINEAGE_GROUP || name === lineageGroupArn(context)) return;
  throw notFound(`Lineage group '${name}' does not exist.`);
}

/** Entities reachable from the start, as far as the depth and the filters go. */
function query(input: Fields, context: ReadContext): Fields {
  const starts = (input.StartArns as string[] | undefined) ?? [];
  const direction = String(input.Direction ?? "Both");
  const depth = typeof input.MaxDepth === "number" ? input.MaxDepth : 10;
  const links = associations(context).list();
  const seen = new Set(starts);
  const edges: Readonly<Association>[] = [];
  let front = starts;
  for (let level = 0; level < depth && front.length > 0; level++) {
    const next: string[] = [];
    for (const arn of front) {
      for (const link of links) {
        const forward = direction !== "Ascendants" && link.SourceArn === arn;
        const back = direction !== "Descendants" && link.DestinationArn === arn;
        if (!forward && !back) continue;
        if (!edges.includes(link)) edges.push(link);
        const other = forward ? link.DestinationArn : link.SourceArn;
        if (seen.has(other)) continue;
        seen.add(other);
        next.push(other);
      }
    }
    front = next;
  }
  const vertices = [...seen].filter(
    (arn) => !starts.includes(arn) && admits(input.Filters as Fields | undefined, arn, context),
  );
  const { items, next } = pageOf(vertices, input.NextToken, input.MaxResults, 10);
  return {
    Vertices: items.map((Arn) => ({ Arn, Type: typeOf(Arn, context), LineageType: lineageType(Arn) })),
    Edges:
      input.IncludeEdges === false
        ? []
        : edges.map(({ SourceArn, DestinationArn, AssociationType }) => ({
            SourceArn,
            DestinationArn,
            AssociationType,
          })),
    ...(next && { NextToken: next }),
  };
}

function admits(filters: Fields | undefined, arn: string, context: ReadContext): boolean {
  if (!filters) return true;
  const resource = locate(arn, context)?.resource;
  const type = typeOf(arn, context);
  const { Types, LineageTypes, CreatedBefore, CreatedAfter, ModifiedBefore, ModifiedAfter, Properties } =
    filters;
  const time = (limit: unknown, value: number | undefined, sign: number) =>
    !(limit instanceof Date) || (value !== undefined && sign * (value - limit.getTime()) > 0);
  const properties = (resource?.input.Properties ?? {}) as Fields;
  return (
    (!Array.isArray(Types) || Types.includes(type)) &&
    (!Array.isArray(LineageTypes) || LineageTypes.includes(lineageType(arn))) &&
    time(CreatedAfter, resource?.created, 1) &&
    time(CreatedBefore, resource?.created, -1) &&
    time(ModifiedAfter, resource?.modified, 1) &&
    time(ModifiedBefore, resource?.modified, -1) &&
    Object.entries((Properties ?? {}) as Fields).every(([name, value]) => properties[name] === value)
  );
}
