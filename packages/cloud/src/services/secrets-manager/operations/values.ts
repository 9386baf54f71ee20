/** Reading and putting values, and their versions. */
import type { GetSecretValueCommandInput, SecretValueEntry } from "@aws-sdk/client-secrets-manager";
import type { CallContext } from "../../../context.ts";
import { isAwsError } from "../../../wire/errors.ts";
import { valueCheck } from "../authorization.ts";
import { unseal } from "../encryption.ts";
import { invalidParameter, invalidRequest, noValue } from "../errors.ts";
import { filterPredicate } from "../filters.ts";
import type { Operations } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { replicate } from "../replication.ts";
import {
  type Found,
  find,
  findLive,
  findOwn,
  type Secret,
  secretArn,
  secrets,
  type Version,
} from "../state.ts";
import { addVersion, givenValue, isThere, tokenOf } from "../store-value.ts";
import { CURRENT, labelled, moveStage, sorted, versionOf } from "../versions.ts";

const DAY = 86_400_000;
const BATCH = 20;

type Selector = Pick<Partial<GetSecretValueCommandInput>, "VersionId" | "VersionStage">;

function select(secret: Readonly<Secret>, { VersionId, VersionStage }: Selector): Readonly<Version> {
  const stage = VersionStage ?? CURRENT;
  if (VersionId === undefined) {
    const version = labelled(secret, stage);
    if (!version) throw noValue(`staging label: ${stage}`);
    return version;
  }
  const version = versionOf(secret, VersionId);
  if (!version) throw noValue(`VersionId: ${VersionId}`);
  if (VersionStage !== undefined && !version.stages.includes(VersionStage)) {
    throw invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
  }
  return version;
}

/** The value, and that it was read today. */
async function read(
  found: Found<CallContext>,
  selector: Selector,
  context: CallContext,
): Promise<SecretValueEntry> {
  const { secret, at } = found;
  const version = select(secret, selector);
  const value = await unseal(found, version, context);
  const today = Math.floor(at.now / DAY) * DAY;
  if (secret.accessed !== today || version.accessed !== today) {
    secrets(at).update(secret.name, (draft) => {
      draft.accessed = today;
      const same = draft.versions.find((one) => one.id === version.id);
      if (same) same.accessed = today;
    });
  }
  return {
    ARN: secretArn(at, secret),
    Name: secret.name,
    VersionId: version.id,
    ...(version.kind === "string" ? { SecretString: value.toString() } : { SecretBinary: value }),
    VersionStages: version.stages.length ? sorted(version.stages) : undefined,
    CreatedDate: new Date(version.created),
  };
}

export const valueOperations: Operations = {
  GetSecretValue: (input, context) => read(findLive(input.SecretId, context), input, context),

  /** What cannot be read is told by name; the rest is answered. */
  async BatchGetSecretValue({ SecretIdList, Filters, MaxResults, NextToken }, context) {
    if ((SecretIdList?.length ?? 0) > 0 === (Filters?.length ?? 0) > 0) {
      throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
    }
    if (MaxResults !== undefined && !Filters?.length) {
      throw invalidParameter(
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
      );
    }
    let ids = SecretIdList ?? [];
    let next: string | undefined;
    if (Filters?.length) {
      const matches = filterPredicate(Filters);
      const all = secrets(context)
        .list()
        .map((secret) => ({ secret, at: context }))
        .filter((one) => !one.secret.deletion && matches(one))
        .sort((a, b) => a.secret.created - b.secret.created);
      const page = pageOf(all, MaxResults ?? BATCH, NextToken);
      ids = page.items.map((one) => secretArn(context, one.secret));
      next = page.next;
    }
    const SecretValues: SecretValueEntry[] = [];
    const Errors: { SecretId: string; ErrorCode: string; Message: string }[] = [];
    for (const SecretId of ids) {
      try {
        context.authorize(valueCheck({ SecretId }, context));
        SecretValues.push(await read(findLive(SecretId, context), {}, context));
      } catch (error) {
        if (!isAwsError(error)) throw error;
        Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
      }
    }
    return { SecretValues, NextToken: next, Errors };
  },

  async PutSecretValue(input, context) {
    const value = givenValue(input);
    if (!value) throw invalidRequest("You must provide either SecretString or SecretBinary.");
    const token = tokenOf(input);
    const found = findOwn(input.SecretId, context);
    const { secret, at } = found;
    if (!(await isThere(found, token, value, context))) {
      await addVersion(found, token, value, input.VersionStages ?? [CURRENT], context);
    }
    const made = versionOf(secrets(at).get(secret.name)!, token)!;
    return {
      ARN: secretArn(at, secret),
      Name: secret.name,
      VersionId: token,
      VersionStages: sorted(made.stages),
    };
  },

  async UpdateSecretVersionStage(input, context) {
    const { secret, at } = findOwn(input.SecretId, context);
    if (input.RemoveFromVersionId === undefined && input.MoveToVersionId === undefined) {
      throw invalidParameter("You must provide RemoveFromVersionId, MoveToVersionId, or both.");
    }
    secrets(at).update(secret.name, (draft) => {
      moveStage(draft, {
        stage: input.VersionStage,
        from: input.RemoveFromVersionId,
        to: input.MoveToVersionId,
      });
      draft.changed = at.now;
    });
    await replicate(at, secret.name, context);
    return { ARN: secretArn(at, secret), Name: secret.name };
  },

  ListSecretVersionIds({ SecretId, MaxResults, NextToken, IncludeDeprecated }, context) {
    const { secret, at } = find(SecretId, context);
    const all = secret.versions.filter((one) => IncludeDeprecated || one.stages.length > 0);
    const { items, next } = pageOf(all, MaxResults ?? 100, NextToken);
    return {
      Versions: items.map((one) => ({
        VersionId: one.id,
        VersionStages: one.stages.length ? sorted(one.stages) : undefined,
        LastAccessedDate: one.accessed === undefined ? undefined : new Date(one.accessed),
        CreatedDate: new Date(one.created),
        KmsKeyIds: [one.key],
      })),
      NextToken: next,
      ARN: secretArn(at, secret),
      Name: secret.name,
    };
  },
};
