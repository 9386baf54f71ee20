/**
 * SageMaker types by description: CloudFormation's properties are those of the API's Create operations (other spellings
 * are listed), so a type is mostly its names. Create, describe, update and delete follow from the kind.
 */
import { ResourceFailure } from "../../engine/failure.ts";
import { resourceType } from "../../resource-types.ts";
import type { Value, ValueMap } from "../../template/value.ts";
import { declared, pick, type Work } from "../declared.ts";
import { type ResourceHandler, text } from "../handler.ts";
import { named } from "../naming.ts";
import { keyValues, type TagStyle, tagList } from "../tags.ts";

export const service = "sagemaker";

export interface Kind {
  /** `Domain` of `CreateDomain`. */
  readonly kind: string;
  /** Member that names it in Describe and Delete. */
  readonly key: string;
  /** CloudFormation's name of that property, and the length of generated names. */
  readonly name?: string;
  readonly limit?: number;
  /** Member of the create output that is the ARN. @default `${kind}Arn` */
  readonly arn?: string;
  /** What `Ref` gives. @default the ARN */
  readonly ref?: "arn" | "name" | ((output: ValueMap, p: ValueMap) => string);
  /** Further members that identify it. */
  readonly with?: readonly string[];
  /** Properties under another name in the API. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Properties that Update takes; none: no update. */
  readonly update?: readonly string[];
  readonly status?: string;
  readonly before?: (work: Work) => object;
  /** Properties that Create does not take. */
  readonly omit?: readonly string[];
  /** Member of Update that identifies it. @default `key` */
  readonly updateKey?: string;
  /** Member of the description that holds the state. @default the description itself */
  readonly inside?: string;
}

const READY = new Set([
  "InService",
  "Active",
  "ACTIVE",
  "Completed",
  "CreateCompleted",
  "Created",
  "CREATED",
  "Scheduled",
  "Stopped",
  "Running",
  "Available",
]);
export const FAILED = /failed|DELETE_FAILED/i;

export const sagemakerTags: TagStyle = {
  put: ({ attributes, r }, tags) =>
    r.call(service, "AddTags", { ResourceArn: attributes.__arn, Tags: keyValues(tags) }),
  remove: ({ attributes, r }, TagKeys) =>
    r.call(service, "DeleteTags", { ResourceArn: attributes.__arn, TagKeys }),
};

export function kind(type: string, one: Kind): ResourceHandler {
  const arnMember = one.arn ?? `${one.kind}Arn`;
  const rename = (p: ValueMap): ValueMap =>
    Object.fromEntries(Object.entries(p).map(([name, value]) => [one.rename?.[name] ?? name, value]));
  const identity = ({ p, attributes, id }: Work): ValueMap => ({
    [one.key]: one.name ? (attributes.__name ?? p[one.name] ?? "") : id,
    ...pick(rename(p), ...(one.with ?? [])),
  });
  const spec = resourceType(type);
  const handler = declared({
    service,
    create: {
      op: `Create${one.kind}`,
      input: (work) => {
        const { Tags: _, ...rest } = work.p;
        for (const name of one.omit ?? []) delete rest[name];
        return {
          ...rename(rest),
          ...one.before?.(work),
          Tags: spec?.tagProperty === undefined ? undefined : tagList(work.p, work.r),
        };
      },
    },
    id: (output, { p }) =>
      typeof one.ref === "function"
        ? one.ref(output, p)
        : one.ref === "name"
          ? text(p[one.name ?? ""])
          : text(output[arnMember]),
    describe: {
      op: `Describe${one.kind}`,
      input: identity,
      pick: (output) => (one.inside ? output[one.inside] : output),
    },
    ready: (state) => {
      const status = one.status ? text(state?.[one.status]) : "";
      if (!one.status) return true;
      if (FAILED.test(status)) {
        throw new ResourceFailure(
          `Resource of type '${type}' with identifier '${text(state[one.key])}' did not stabilize. ${text(state.FailureReason)}`.trim(),
        );
      }
      return READY.has(status);
    },
    attributes: (state, work) => {
      const values: ValueMap = {};
      for (const name of spec?.attributes ?? []) {
        const value = state[name];
        if (value !== undefined) values[name] = value instanceof Date ? value.toISOString() : value;
      }
      const own = text(state[arnMember]) || (work.id.startsWith("arn:") ? work.id : "");
      if (own) values[arnMember] = own;
      if (own && spec?.attributes.includes("Arn")) values.Arn = own;
      return {
        ...values,
        ...(own ? { __arn: own } : {}),
        ...(state[one.key] ? { __name: state[one.key] } : {}),
      };
    },
    steps: one.update
      ? [
          {
            of: one.update,
            updateOnly: true,
            op: `Update${one.kind}`,
            input: (work) => {
              const { [one.key]: value, ...others } = identity(work);
              return {
                [one.updateKey ?? one.key]: value as Value,
                ...others,
                ...rename(pick(work.p, ...(one.update ?? []))),
              };
            },
          },
        ]
      : [],
    delete: { op: `Delete${one.kind}`, input: identity },
    ...(spec?.tagProperty === undefined ? {} : { tags: sagemakerTags }),
    ...(one.name === undefined ? {} : { nameProperty: one.name }),
  });
  return one.name && one.limit ? named(handler, one.name, one.limit) : handler;
}
