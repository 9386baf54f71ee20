/** Links between entities: trial components in trials, and associations. Kept once, found from both ends. */
import type { ReadContext } from "../../../context.ts";

export interface Association {
  SourceArn: string;
  DestinationArn: string;
  AssociationType?: string;
  created: number;
  by: object;
}

export const associations = (context: ReadContext) => context.table<Association>("sagemaker.association");

export const associationKey = (source: string, destination: string) => `${source} ${destination}`;

/** Associations that start or end at an entity. */
export function associationsOf(arn: string, context: ReadContext): Readonly<Association>[] {
  return associations(context)
    .list()
    .filter(({ SourceArn, DestinationArn }) => SourceArn === arn || DestinationArn === arn);
}

interface Membership {
  component: string;
  trial: string;
}

export const memberships = (context: ReadContext) => context.table<Membership>("sagemaker.trial-membership");

/** Names at the other end: trials of a component, or components of a trial. */
export function trialsOf(
  component: string | undefined,
  trial: string | undefined,
  context: ReadContext,
): string[] {
  return memberships(context)
    .list()
    .filter((one) => one.component === component || one.trial === trial)
    .map((one) => (component !== undefined ? one.trial : one.component));
}

/** Every account and region has one lineage group, named by SageMaker. */
export const LINEAGE_GROUP = "sagemaker-default-lineage-group";
export const lineageGroupArn = (context: ReadContext) =>
  context.arn("sagemaker", `lineage-group/${LINEAGE_GROUP}`);
