/** What Secrets Manager keeps: secrets with their versions, encrypted. */
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";
import { invalidName, markedForDeletion, notFound, onReplica } from "./errors.ts";

export interface Version {
  id: string;
  created: number;
  stages: string[];
  kind: "string" | "binary";
  /** As `KmsKeyIds` names it: `DefaultEncryptionKey`, or the key as the secret had it. */
  key: string;
  /** The data key's ciphertext and the value under it (base64). */
  dataKey: string;
  value: string;
  /** Day of the last reading. */
  accessed?: number;
}

export interface Replica {
  region: string;
  kmsKeyId?: string;
  status: "InSync" | "Failed";
  message: string;
}

export interface Secret {
  name: string;
  /** The six characters after the name in the ARN. */
  suffix: string;
  created: number;
  changed: number;
  accessed?: number;
  description?: string;
  /** Absent: `aws/secretsmanager`. */
  kmsKeyId?: string;
  type?: string;
  /** Absent until there was one. */
  tags?: Record<string, string>;
  /** In the order of their making. */
  versions: Version[];
  policy?: string;
  deletion?: { asked: number; due: number };
  /** Where its original is, for a replica or a secret that has some. */
  primaryRegion?: string;
  replicas?: Replica[];
}

/** A secret and where it is: the account and region of its ARN. */
export interface Found<C extends ReadContext = ReadContext> {
  secret: Readonly<Secret>;
  at: C;
}

export const secrets = (context: ReadContext): Table<Secret> => context.table("secretsmanager.secret");

export const secretArn = (at: ReadContext, secret: Pick<Secret, "name" | "suffix">): string =>
  at.arn("secretsmanager", `secret:${secret.name}-${secret.suffix}`);

const ARN = /^arn:[^:]*:secretsmanager:([^:]*):(\d*):secret:(.+)$/;
const NAME = /^[a-zA-Z0-9/_+=.@!-]+$/;

export const isPast = (secret: Readonly<Secret>, now: number): boolean =>
  secret.deletion !== undefined && secret.deletion.due <= now;

/** @throws ValidationException for what can be no secret's name */
export function checkName(name: string): void {
  if (!NAME.test(name)) throw invalidName();
}

function byName(name: string, at: ReadContext): Readonly<Secret> | undefined {
  const secret = secrets(at).get(name);
  return secret && !isPast(secret, at.now) ? secret : undefined;
}

/**
 * The secret of a name, an ARN, or an ARN without its last six characters. The last form finds no secret whose name
 * ends in a hyphen and six characters itself: that reads as a whole ARN (LocalStack, recorded).
 */
export function lookUp<C extends ReadContext>(id: string, context: C): Found<C> | undefined {
  const [, region = "", account = "", rest = ""] = ARN.exec(id) ?? [];
  if (!rest) {
    checkName(id);
    const secret = byName(id, context);
    return secret && { secret, at: context };
  }
  if (region !== context.region) return undefined;
  const at = (account === context.account ? context : context.in(account, region)) as C;
  const whole = /^(.+)-([a-zA-Z0-9]{6})$/.exec(rest);
  if (whole) {
    const secret = byName(whole[1]!, at);
    return secret && secret.suffix === whole[2] ? { secret, at } : undefined;
  }
  const secret = byName(rest, at);
  return secret && { secret, at };
}

/** @throws ResourceNotFoundException */
export function find<C extends ReadContext>(id: string, context: C): Found<C> {
  const found = lookUp(id, context);
  if (!found) throw notFound();
  return found;
}

/** One that is not on its way out. @throws InvalidRequestException */
export function findLive<C extends ReadContext>(id: string, context: C): Found<C> {
  const found = find(id, context);
  if (found.secret.deletion) throw markedForDeletion();
  return found;
}

export const isReplica = ({ secret, at }: Found): boolean =>
  secret.primaryRegion !== undefined && secret.primaryRegion !== at.region;

/** One that may be changed here. @throws InvalidParameterException for a replica */
export function findOwn<C extends ReadContext>(id: string, context: C): Found<C> {
  const found = findLive(id, context);
  if (isReplica(found)) throw onReplica();
  return found;
}
