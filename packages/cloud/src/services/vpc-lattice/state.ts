/**
 * Tables of VPC Lattice. They are the partition's, keyed by id: a service network is shared between accounts, and its
 * owner sees what others associate with it.
 */
import { randomBytes } from "node:crypto";
import type { CallContext, ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";
import { conflict, invalid, notFound } from "./errors.ts";
import type * as R from "./records.ts";

/** A kind of thing: its name in messages, its path in ARNs, the prefix of its ids. */
export interface Kind<T extends R.Entity> {
  name: string;
  path: string;
  prefix: string;
  readonly record?: T;
}

export const serviceNetworks: Kind<R.ServiceNetworkRecord> = {
  name: "ServiceNetwork",
  path: "servicenetwork",
  prefix: "sn",
};
export const services: Kind<R.ServiceRecord> = { name: "Service", path: "service", prefix: "svc" };
export const resourceGateways: Kind<R.ResourceGatewayRecord> = {
  name: "ResourceGateway",
  path: "resourcegateway",
  prefix: "rgw",
};
export const resourceConfigurations: Kind<R.ResourceConfigurationRecord> = {
  name: "ResourceConfiguration",
  path: "resourceconfiguration",
  prefix: "rcfg",
};
export const vpcAssociations: Kind<R.VpcAssociationRecord> = {
  name: "ServiceNetworkVpcAssociation",
  path: "servicenetworkvpcassociation",
  prefix: "snva",
};
export const serviceAssociations: Kind<R.ServiceAssociationRecord> = {
  name: "ServiceNetworkServiceAssociation",
  path: "servicenetworkserviceassociation",
  prefix: "snsa",
};
export const resourceAssociations: Kind<R.ResourceAssociationRecord> = {
  name: "ServiceNetworkResourceAssociation",
  path: "servicenetworkresourceassociation",
  prefix: "snra",
};
export const endpointAssociations: Kind<R.EndpointAssociationRecord> = {
  name: "ResourceEndpointAssociation",
  path: "resourceendpointassociation",
  prefix: "rea",
};

export const kinds: readonly Kind<R.Entity>[] = [
  serviceNetworks,
  services,
  resourceGateways,
  resourceConfigurations,
  vpcAssociations,
  serviceAssociations,
  resourceAssociations,
  endpointAssociations,
];

export const tableOf = <T extends R.Entity>(context: ReadContext, kind: Kind<T>): Table<T> =>
  context.globalTable<T>(`vpc-lattice.${kind.path}`);

/** By the ARN of what the policy is attached to. */
export const authPolicies = (context: ReadContext) =>
  context.globalTable<R.PolicyRecord>("vpc-lattice.auth-policy");
export const resourcePolicies = (context: ReadContext) =>
  context.globalTable<R.PolicyRecord>("vpc-lattice.resource-policy");

export const arnOf = <T extends R.Entity>(context: ReadContext, kind: Kind<T>, id: string): string =>
  context.arn("vpc-lattice", `${kind.path}/${id}`);

/** Base of a new record. */
export function newEntity<T extends R.Entity>(
  context: ReadContext,
  kind: Kind<T>,
  tags: R.Tags | undefined,
): R.Entity {
  const id = `${kind.prefix}-0${randomBytes(8).toString("hex")}`;
  return {
    id,
    arn: arnOf(context, kind, id),
    account: context.account,
    region: context.region,
    tags: { ...tags },
    created: context.now,
    updated: context.now,
  };
}

const isOwn = (context: ReadContext, one: Readonly<R.Entity>) =>
  one.account === context.account && one.region === context.region;

/** By id or ARN; one of another account only by its ARN. @throws AwsError when there is none */
export function find<T extends R.Entity>(
  context: ReadContext,
  kind: Kind<T>,
  identifier: string,
): Readonly<T> {
  const one = tableOf(context, kind).get(identifier.split("/").pop() ?? "");
  const named = one && (identifier.startsWith("arn:") ? one.arn === identifier : isOwn(context, one));
  if (!named || one.region !== context.region) throw notFound(kind.name, identifier);
  return one;
}

/** Those of the caller's account and region. */
export const own = <T extends R.Entity>(context: ReadContext, kind: Kind<T>): Readonly<T>[] =>
  tableOf(context, kind)
    .list()
    .filter((one) => isOwn(context, one))
    .sort((a, b) => a.created - b.created);

/** All of a kind in the region, whoever made them, that fit; the oldest first. */
export const where = <T extends R.Entity>(
  context: ReadContext,
  kind: Kind<T>,
  fits: (one: Readonly<T>) => boolean,
): Readonly<T>[] =>
  tableOf(context, kind)
    .list()
    .filter((one) => one.region === context.region && fits(one))
    .sort((a, b) => a.created - b.created);

export const add = <T extends R.Entity>(context: ReadContext, kind: Kind<T>, record: T): Readonly<T> =>
  tableOf(context, kind).put(record.id, record);

export function change<T extends R.Entity>(
  context: ReadContext,
  kind: Kind<T>,
  id: string,
  how: (draft: T) => void,
): Readonly<T> {
  return tableOf(context, kind).update(id, (draft) => {
    how(draft);
    draft.updated = context.now;
  }) as Readonly<T>;
}

/** Takes one away with its policies. */
export function remove<T extends R.Entity>(context: ReadContext, kind: Kind<T>, one: Readonly<T>): void {
  tableOf(context, kind).delete(one.id);
  authPolicies(context).delete(one.arn);
  resourcePolicies(context).delete(one.arn);
}

/** @throws AwsError when the account has one of that name */
export function checkName<T extends R.Entity & { name: string }>(
  context: CallContext,
  kind: Kind<T>,
  name: string,
): void {
  const rival = own(context, kind).find((one) => one.name === name);
  if (rival) throw conflict(`${kind.name} with name ${name} already exists`, kind.name, rival.id);
}

/** A page of a list. @default 100 */
export function page<T>(
  all: readonly T[],
  { maxResults = 100, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { items: T[]; nextToken?: string } {
  const start = nextToken ? Number(Buffer.from(nextToken, "base64url").toString()) : 0;
  if (!Number.isSafeInteger(start) || start < 0) throw invalid("The nextToken is not valid.", "nextToken");
  const end = start + maxResults;
  const items = all.slice(start, end);
  return end < all.length ? { items, nextToken: Buffer.from(String(end)).toString("base64url") } : { items };
}

export const dates = (one: Readonly<R.Entity>) => ({
  createdAt: new Date(one.created),
  lastUpdatedAt: new Date(one.updated),
});
