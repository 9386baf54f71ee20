/** How Service Catalog tells what it keeps. */
import type { Artifact, Portfolio, Product } from "./state.ts";

export const portfolioView = (one: Readonly<Portfolio>) => ({
  Id: one.id,
  ARN: one.arn,
  DisplayName: one.name,
  ...(one.description !== undefined && { Description: one.description }),
  CreatedTime: new Date(one.created),
  ProviderName: one.provider,
});

export const productSummary = (one: Readonly<Product>) => ({
  Id: one.viewId,
  ProductId: one.id,
  Name: one.name,
  Owner: one.owner,
  ...(one.description !== undefined && { ShortDescription: one.description }),
  Type: one.type as "CLOUD_FORMATION_TEMPLATE",
  ...(one.distributor !== undefined && { Distributor: one.distributor }),
  HasDefaultPath: false,
  ...one.support,
});

export const productDetail = (one: Readonly<Product>) => ({
  ProductViewSummary: productSummary(one),
  Status: "AVAILABLE" as const,
  ProductARN: one.arn,
  CreatedTime: new Date(one.created),
});

export const artifactView = (one: Readonly<Artifact>) => ({
  Id: one.id,
  Name: one.name,
  ...(one.description !== undefined && { Description: one.description }),
  Type: one.type as "CLOUD_FORMATION_TEMPLATE",
  CreatedTime: new Date(one.created),
  Active: one.active,
  Guidance: one.guidance as "DEFAULT",
});
