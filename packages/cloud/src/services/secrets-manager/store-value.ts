/** Putting a value: CreateSecret, PutSecretValue and UpdateSecret alike. */
import type { CallContext } from "../../context.ts";
import { seal, unseal } from "./encryption.ts";
import { exists, invalidParameter, invalidRequest } from "./errors.ts";
import { replicate } from "./replication.ts";
import { type Found, secretArn, secrets, type Version } from "./state.ts";
import { add, versionOf } from "./versions.ts";

export interface ValueInput {
  SecretString?: string | undefined;
  SecretBinary?: Uint8Array | undefined;
  ClientRequestToken?: string | undefined;
}

interface Value {
  kind: Version["kind"];
  bytes: Uint8Array;
}

/** The value of a request, if it has one. @throws InvalidParameterException when it has two */
export function givenValue({ SecretString, SecretBinary }: ValueInput): Value | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { kind: "string", bytes: Buffer.from(SecretString) };
  return SecretBinary && { kind: "binary", bytes: SecretBinary };
}

export const NO_TOKEN = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";

/** SDKs make one up; only a request of one's own can lack it. @throws InvalidRequestException */
export function tokenOf({ ClientRequestToken }: ValueInput): string {
  if (!ClientRequestToken) throw invalidRequest(NO_TOKEN);
  return ClientRequestToken;
}

/**
 * Whether the secret has this version with this value already.
 * @throws ResourceExistsException when it has it with another
 */
export async function isThere(
  found: Found<CallContext>,
  token: string,
  value: Value,
  context: CallContext,
): Promise<boolean> {
  const version = versionOf(found.secret, token);
  if (!version) return false;
  const kept = await unseal(found, version, context);
  if (version.kind === value.kind && kept.equals(value.bytes)) return true;
  throw exists(
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${secretArn(found.at, found.secret)}.`,
  );
}

/** Adds a version with the value, here and to the replicas. */
export async function addVersion(
  found: Found<CallContext>,
  token: string,
  value: Value,
  stages: readonly string[],
  context: CallContext,
): Promise<void> {
  const { secret, at } = found;
  const sealed = await seal(found, token, value.bytes, context);
  const made = { id: token, created: at.now, kind: value.kind, ...sealed };
  secrets(at).update(secret.name, (draft) => {
    // two requests with the same token at the same time make one version
    if (!versionOf(draft, token)) add(draft, made, stages);
    draft.changed = at.now;
  });
  await replicate(at, secret.name, context);
}
