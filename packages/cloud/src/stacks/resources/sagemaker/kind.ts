/**
 * SageMaker types. CloudFormation's properties are those of the API's Create operations (other spellings are listed),
 * so a type is mostly its names: create, describe, update and delete follow from the kind.
 */
import { ResourceFailure } from "../../engine/failure.ts";
import { resourceType } from "../../resource-types.ts";
import type { Value, ValueMap } from "../../template/value.ts";
import { compact, declared, pick, type Step, type Work } from "../declared.ts";
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
  /** States that count as ready, where others than the usual ones do. */
  readonly ready?: readonly string[];
  /** What the create call is given in place of properties of the same name. */
  readonly before?: (work: Work) => object;
  /** What the update call is given over the properties. */
  readonly change?: (work: Work) => object | Promise<object>;
  /** Member that names it in Update. @default `key` */
  readonly updateKey?: string;
  /** Its value of `key`, from the physical id. */
  readonly keyOf?: (id: string) => string;
  /** Member of the describe output that holds the rest. */
  readonly wrap?: string;
  /** Attributes that the description does not say. */
  readonly told?: (id: string) => ValueMap;
  /** Steps beside creation and update. */
  readonly steps?: readonly Step[];
  /** Deletion waits until it is not there any more. */
  readonly slow?: true;
}

const READY = new Set([
  "InService",
  "Active",
  "ACTIVE",
  "Completed",
  "UpdateCompleted",
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
    [one.key]: attributes.__name ?? (one.name ? (p[one.name] ?? "") : (one.keyOf?.(id) ?? id)),
    ...pick(rename(p), ...(one.with ?? [])),
  });
  const spec = resourceType(type);
  const handler = declared({
    service,
    create: {
      op: `Create${one.kind}`,
      input: (work) => {
        const { Tags: _, ...rest } = work.p;
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
      pick: (output) => (one.wrap ? output[one.wrap] : output),
    },
    ready: (state) => {
      const status = one.status ? text(state?.[one.status]) : "";
      // one that says nothing of its state is ready
      if (status === "") return true;
      if (FAILED.test(status)) {
        throw new ResourceFailure(
          `Resource of type '${type}' with identifier '${text(state[one.key])}' did not stabilize. ${text(state.FailureReason)}`.trim(),
        );
      }
      return one.ready ? one.ready.includes(status) : READY.has(status);
    },
    attributes: (state, work) => {
      const values: ValueMap = {};
      for (const name of spec?.attributes ?? []) {
        const value = within(state, name);
        if (value !== undefined)
          values[name] = value instanceof Date ? value.toISOString() : (value as Value);
      }
      const own = text(state[arnMember] ?? state.Arn) || (work.id.startsWith("arn:") ? work.id : "");
      if (own) values[arnMember] = own;
      if (own && spec?.attributes.includes("Arn")) values.Arn = own;
      return {
        ...one.told?.(work.id),
        ...values,
        ...(own ? { __arn: own } : {}),
        ...(state[one.key] ? { __name: state[one.key] } : {}),
      };
    },
    steps: [
      ...(one.steps ?? []),
      ...(one.update
        ? [
            {
              of: one.update,
              updateOnly: true,
              run: async (work: Work) => {
                const { [one.key]: key, ...others } = identity(work);
                const given = rename(pick(work.p, ...(one.update ?? [])));
                await work.r.call(
                  service,
                  `Update${one.kind}`,
                  compact({
                    [one.updateKey ?? one.key]: key,
                    ...others,
                    ...given,
                    ...(await one.change?.(work)),
                  }),
                );
              },
            },
          ]
        : []),
    ],
    delete: { op: `Delete${one.kind}`, input: identity },
    ...(spec?.tagProperty === undefined ? {} : { tags: sagemakerTags }),
    ...(one.slow ? { gone: () => false } : {}),
    ...(one.name === undefined ? {} : { nameProperty: one.name }),
  });
  return one.name && one.limit ? named(handler, one.name, one.limit) : handler;
}

/** A member, or one further down: `A.B`. */
function within(state: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (at, name) =>
        typeof at === "object" && at !== null ? (at as Record<string, unknown>)[name] : undefined,
      state,
    );
}
