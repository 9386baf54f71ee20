/** What ECR keeps: repositories and image manifests. Layers are not kept: no registry protocol is served. */
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";

export interface Repository {
  name: string;
  created: number;
  mutability: string;
  exclusionFilters?: { filterType: string; filter: string }[];
  scanOnPush: boolean;
  encryption: { encryptionType: string; kmsKey?: string };
  tags: Record<string, string>;
  policy?: string;
  lifecycle?: { text: string; evaluated: number };
}

export interface Image {
  repository: string;
  digest: string;
  manifest: string;
  mediaType: string;
  tags: string[];
  pushed: number;
}

const SEPARATOR = "\u001f";

export const repositories = (context: ReadContext) => context.table<Repository>("ecr.repository");
export const images = (context: ReadContext) => context.table<Image>("ecr.image");
export const imageKey = (repository: string, digest: string) => `${repository}${SEPARATOR}${digest}`;
export const imagesOf = (context: ReadContext, repository: string) =>
  images(context).list({ prefix: `${repository}${SEPARATOR}` });

/** The registry is the caller's own; others' are looked up in their accounts. */
export const registryOf = <C extends ReadContext>(context: C, registryId: string | undefined): C =>
  registryId && registryId !== context.account ? (context.in(registryId) as C) : context;

export function repository(context: ReadContext, name: string): Readonly<Repository> {
  const found = repositories(context).get(name);
  if (!found) {
    throw new AwsError(
      "RepositoryNotFoundException",
      `The repository with name '${name}' does not exist in the registry with id '${context.account}'`,
    );
  }
  return found;
}

export const repositoryArn = (context: ReadContext, name: string) => context.arn("ecr", `repository/${name}`);

export const invalid = (message: string) => new AwsError("InvalidParameterException", message);

export const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export function pageOf<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
): { items: T[]; next?: string } {
  const start = token ? Number(Buffer.from(token, "base64url").toString()) : 0;
  if (!Number.isSafeInteger(start) || start < 0)
    throw invalid("Invalid parameter at 'nextToken' failed to satisfy constraint: 'must be a valid token'");
  const end = start + size;
  const items = all.slice(start, end);
  return end < all.length ? { items, next: Buffer.from(String(end)).toString("base64url") } : { items };
}
