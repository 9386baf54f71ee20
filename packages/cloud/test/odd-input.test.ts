/**
 * Well-formed requests with odd values, for every operation that has a handler: whatever they hold, the answer is an
 * output or an AWS error, never an internal failure. Seeded.
 */
import { expect, it } from "vitest";
import { startCloud } from "../src/cloud.ts";
import { bodyOf } from "../src/wire/body.ts";
import { toAwsError } from "../src/wire/codec.ts";
import { isAwsError } from "../src/wire/errors.ts";
import { constraintsOf, loadModel, metaOf, type ServiceKey, serviceKeys } from "../src/wire/services.ts";
import type { Shape, StructureShape } from "../src/wire/shape.ts";
import { type Constraint, type ConstraintData, violationsOf } from "../src/wire/validate.ts";

const seed = Number(process.env.SAGEKEEP_SEED ?? 7);
const rounds = Number(process.env.SAGEKEEP_ROUNDS ?? 6);

/** Texts that handlers split, match, look up or parse. */
const texts = [
  "",
  "a",
  "x".repeat(300),
  "arn:aws:s3:::b",
  "arn:aws:iam::111122223333:role/r",
  "arn:aws:sagemaker:us-east-1:111122223333:domain/d-1",
  "arn:::::",
  "arn:aws:ec2:us-east-1::",
  "__proto__",
  "constructor",
  "*",
  "a/b",
  "/",
  "vpc-0a1b2c3d",
  "subnet-1",
  "10.0.0.0/16",
  "999.1.1.1/99",
  "::1/64",
  "{}",
  "[]",
  "null",
  '{"Version":"2012-10-17","Statement":[]}',
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  "{",
  "true",
  "-1",
  "0",
  "1e9",
  "%00",
  "é😀",
  "bucket",
  "2020-01-01",
  "alias/a",
  "111122223333",
  "us-east-1",
  "AAAA",
];

function generator(state: number): () => number {
  let a = state >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = generator(seed);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

function value(
  shape: Shape,
  constraint: Constraint | undefined,
  data: ConstraintData,
  depth: number,
): unknown {
  const inner = (index: number | undefined): Constraint | undefined =>
    index === undefined ? undefined : data.types[index];
  switch (shape.type) {
    case "string":
      return constraint?.e && random() < 0.9 ? pick(constraint.e) : pick(texts);
    case "number":
      return pick([0, 1, -1, 5, 80, 443, 65536, 1000, 2147483647, constraint?.n ?? 2, constraint?.x ?? 7]);
    case "boolean":
      return random() < 0.5;
    case "timestamp":
      return new Date(pick([0, 1.6e12, 4e12, -1e12]));
    case "blob":
      return shape.streaming ? bodyOf("body") : Buffer.from(pick(texts));
    case "document":
      return {};
    case "list":
      return Array.from({ length: pick([0, 1, 1, 2, 3]) }, () =>
        value(shape.item.shape, inner(constraint?.i), data, depth + 1),
      );
    case "map":
      return Object.fromEntries(
        Array.from({ length: pick([0, 1, 2]) }, () => [
          pick(texts),
          value(shape.value.shape, inner(constraint?.v), data, depth + 1),
        ]),
      );
    case "structure":
      return structure(shape, data, depth + 1);
    default:
      return 1;
  }
}

function structure(shape: StructureShape, data: ConstraintData, depth = 0): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  if (depth > 6) return out;
  const keep = pick([0.05, 0.3, 0.8]);
  const members = shape.union ? [pick(shape.members)] : shape.members;
  for (const use of members) {
    if (!use || (!use.required && !shape.union && random() > keep)) continue;
    const index = data.members[shape.name]?.[use.name];
    const constraint = index === undefined ? undefined : data.types[index];
    let made = value(use.shape, constraint, data, depth);
    // nearly always a value that passes validation, so that handlers see it
    for (let i = 0; i < 8 && constraint && violates(shape, use.name, made, data); i++)
      made = value(use.shape, constraint, data, depth);
    out[use.name] = made;
  }
  return out;
}

function violates(shape: StructureShape, name: string, made: unknown, data: ConstraintData): boolean {
  return violationsOf(shape, { [name]: made }, data).some(
    (one) => one.kind !== "required" && one.member === name,
  );
}

it("no handler fails on odd values", { timeout: 240_000 }, async () => {
  const cloud = await startCloud();
  const failures = new Map<string, string>();
  let answered = 0;
  for (const key of serviceKeys) {
    const model = await loadModel(key as ServiceKey);
    const data = constraintsOf(key) as ConstraintData;
    for (const name of model.operationNames) {
      if (!cloud.runtime.supports(key, name)) continue;
      const operation = model.operation(name);
      for (let i = 0; operation && i < rounds; i++) {
        const input = structure(operation.input, data);
        if (violationsOf(operation.input, input, data).length > 0 && i % 3 !== 0) continue;
        try {
          await cloud.call(key, name, input);
          answered++;
        } catch (error) {
          const internal =
            !isAwsError(error) ||
            toAwsError({ service: key, protocol: metaOf(key).protocol } as never, error).status === 500;
          if (!internal) answered++;
          else if (!failures.has(`${key}.${name}`)) {
            const stack = (error as Error).stack
              ?.split("\n")
              .slice(0, 3)
              .map((line) => line.replace(/file:.*packages\/cloud\//, "").trim())
              .join(" | ");
            failures.set(`${key}.${name}`, `${stack} for ${JSON.stringify(input)?.slice(0, 300)}`);
          }
        }
      }
    }
  }
  await cloud.close();
  expect(answered).toBeGreaterThan(500);
  expect([...failures].map(([name, why]) => `${name}: ${why}`)).toEqual([]);
});
