/** What Service Catalog keeps: portfolios, products with their versions, who may launch them, and what was launched. */
import { randomInt } from "node:crypto";
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";

export interface Portfolio {
  id: string;
  arn: string;
  name: string;
  provider: string;
  description?: string;
  created: number;
  tags: Record<string, string>;
  products: string[];
  principals: { arn: string; type: string }[];
}

export interface Artifact {
  id: string;
  name: string;
  description?: string;
  type: string;
  /** Where the template is. */
  url: string;
  created: number;
  active: boolean;
  guidance: string;
}

export interface Product {
  id: string;
  viewId: string;
  arn: string;
  name: string;
  owner: string;
  description?: string;
  distributor?: string;
  type: string;
  support: { SupportDescription?: string; SupportEmail?: string; SupportUrl?: string };
  created: number;
  tags: Record<string, string>;
  artifacts: Artifact[];
}

export interface Constraint {
  id: string;
  portfolio: string;
  product: string;
  type: string;
  parameters: string;
  description?: string;
  created: number;
}

export interface Provisioned {
  id: string;
  arn: string;
  name: string;
  product: string;
  artifact: string;
  path: string;
  /** Name of the CloudFormation stack. */
  stack: string;
  created: number;
  user: string;
  tags: Record<string, string>;
  launchRole?: string;
  lastRecord: string;
  token: string;
  terminating?: boolean;
}

export interface LaunchRecord {
  id: string;
  type: "PROVISION_PRODUCT" | "TERMINATE_PROVISIONED_PRODUCT" | "UPDATE_PROVISIONED_PRODUCT";
  provisioned: Provisioned;
  created: number;
  error?: string;
}

export const portfolios = (context: ReadContext) => context.table<Portfolio>("service-catalog.portfolio");
export const products = (context: ReadContext) => context.table<Product>("service-catalog.product");
export const constraints = (context: ReadContext) => context.table<Constraint>("service-catalog.constraint");
export const provisioned = (context: ReadContext) =>
  context.table<Provisioned>("service-catalog.provisioned");
export const records = (context: ReadContext) => context.table<LaunchRecord>("service-catalog.record");

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
export const newId = (prefix: string) =>
  `${prefix}-${Array.from({ length: 13 }, () => LETTERS[randomInt(LETTERS.length)]).join("")}`;

export const invalid = (message: string) => new AwsError("InvalidParametersException", message);
export const inUse = (message: string) => new AwsError("ResourceInUseException", message);
export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message);

/** @throws ResourceNotFoundException */
export function portfolioOf(id: string, context: ReadContext): Readonly<Portfolio> {
  const found = portfolios(context).get(id);
  if (!found) throw notFound(`Portfolio ${id} not found.`);
  return found;
}

/** By id or name. @throws ResourceNotFoundException */
export function productOf(
  id: string | undefined,
  name: string | undefined,
  context: ReadContext,
): Readonly<Product> {
  const found =
    id !== undefined
      ? products(context).get(id)
      : products(context)
          .list()
          .find((one) => one.name === name);
  if (!found) throw notFound(`Product ${id ?? name} not found.`);
  return found;
}

/** A page of a list, by position. @throws InvalidParametersException for a token of nobody's */
export function page<T>(
  all: readonly T[],
  input: { PageToken?: string | undefined; PageSize?: number | undefined },
) {
  const start =
    input.PageToken === undefined ? 0 : Number(Buffer.from(input.PageToken, "base64url").toString());
  if (!Number.isInteger(start) || start < 0) throw invalid("Invalid page token.");
  const items = all.slice(start, start + (input.PageSize ?? 20));
  const end = start + items.length;
  return {
    items,
    ...(end < all.length && { NextPageToken: Buffer.from(String(end)).toString("base64url") }),
  };
}

export const tagsOf = (
  tags: { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Record<string, string> => Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
export const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
