/**
 * Shapes: the SDK clients' static schemas, in a form that readers and writers can walk quickly.
 *
 * The clients carry arrays (`[3, namespace, name, traits, memberNames, memberSchemas, requiredCount]` for a structure,
 * and so on; see @smithy/types' StaticSchema). Each is turned into one object on first use, members only when walked.
 */

export type Traits = Readonly<Record<string, unknown>>;
export type TimestampFormat = "date-time" | "http-date" | "epoch-seconds";

/** A value of a simple type. */
export interface SimpleShape {
  readonly type:
    | "string"
    | "number"
    | "boolean"
    | "blob"
    | "timestamp"
    | "document"
    | "big-integer"
    | "big-decimal";
  /** A timestamp's own format; without it, the place where it stands decides. */
  readonly format?: TimestampFormat;
  /** A blob that streams. */
  readonly streaming?: boolean;
}

/** Where a shape is used: a member, an item, a key, a value. `traits` are those of the use and of a simple target. */
export interface Use {
  readonly name: string;
  readonly shape: Shape;
  readonly traits: Traits;
  readonly required: boolean;
}

export interface ListShape {
  readonly type: "list";
  readonly traits: Traits;
  readonly item: Use;
}
export interface MapShape {
  readonly type: "map";
  readonly traits: Traits;
  readonly key: Use;
  readonly value: Use;
}
export interface StructureShape {
  readonly type: "structure";
  readonly name: string;
  readonly namespace: string;
  readonly traits: Traits;
  readonly union: boolean;
  readonly members: readonly Use[];
  member(name: string): Use | undefined;
}
export type Shape = SimpleShape | ListShape | MapShape | StructureShape;

/** A schema as the SDK client has it. */
export type StaticSchema = number | string | (() => StaticSchema) | readonly unknown[];

const none: Traits = Object.freeze({});
const bits = [
  "httpLabel",
  "idempotent",
  "idempotencyToken",
  "sensitive",
  "httpPayload",
  "httpResponseCode",
  "httpQueryParams",
];
const bitTraits = new Map<number, Traits>();

/** Traits are an object, or for the commonest ones a number of bits. */
export function traitsOf(indicator: unknown): Traits {
  if (typeof indicator === "object" && indicator !== null) return indicator as Traits;
  if (!indicator) return none;
  const known = bitTraits.get(indicator as number);
  if (known) return known;
  const traits: Record<string, unknown> = {};
  bits.forEach((name, bit) => {
    if (((indicator as number) >> bit) & 1) traits[name] = 1;
  });
  bitTraits.set(indicator as number, traits);
  return traits;
}

const simple: Record<number, SimpleShape> = {
  0: { type: "string" },
  1: { type: "number" },
  2: { type: "boolean" },
  4: { type: "timestamp" },
  5: { type: "timestamp", format: "date-time" },
  6: { type: "timestamp", format: "http-date" },
  7: { type: "timestamp", format: "epoch-seconds" },
  15: { type: "document" },
  17: { type: "big-integer" },
  19: { type: "big-decimal" },
  21: { type: "blob" },
  42: { type: "blob", streaming: true },
};

class List implements ListShape {
  readonly type = "list";
  readonly traits: Traits;
  readonly #item: StaticSchema;
  #use: Use | undefined;
  constructor(traits: Traits, item: StaticSchema) {
    this.traits = traits;
    this.#item = item;
  }
  get item(): Use {
    this.#use ??= useOf("member", this.#item, false);
    return this.#use;
  }
}

class Dictionary implements MapShape {
  readonly type = "map";
  readonly traits: Traits;
  readonly #schemas: readonly [StaticSchema, StaticSchema];
  #uses: readonly [Use, Use] | undefined;
  constructor(traits: Traits, key: StaticSchema, value: StaticSchema) {
    this.traits = traits;
    this.#schemas = [key, value];
  }
  #both(): readonly [Use, Use] {
    this.#uses ??= [useOf("key", this.#schemas[0], true), useOf("value", this.#schemas[1], false)];
    return this.#uses;
  }
  get key(): Use {
    return this.#both()[0];
  }
  get value(): Use {
    return this.#both()[1];
  }
}

class Structure implements StructureShape {
  readonly type = "structure";
  readonly name: string;
  readonly namespace: string;
  readonly traits: Traits;
  readonly union: boolean;
  readonly #schema: readonly unknown[];
  #members: readonly Use[] | undefined;
  #byName: Map<string, Use> | undefined;
  constructor(schema: readonly unknown[]) {
    this.#schema = schema;
    this.union = schema[0] === 4;
    this.namespace = String(schema[1]);
    this.name = String(schema[2]);
    this.traits = traitsOf(schema[3]);
  }
  get members(): readonly Use[] {
    if (!this.#members) {
      const names = this.#schema[4] as string[];
      const schemas = this.#schema[5] as StaticSchema[];
      const required = (this.#schema[6] as number | undefined) ?? 0;
      this.#members = names.map((name, i) => useOf(name, schemas[i] as StaticSchema, i < required));
    }
    return this.#members;
  }
  member(name: string): Use | undefined {
    this.#byName ??= new Map(this.members.map((use) => [use.name, use]));
    return this.#byName.get(name);
  }
}

/** A structure without members: the input or output of an operation that has none. */
export const unit: StructureShape = new Structure([3, "smithy.api", "Unit", 0, [], []]);

const compiled = new WeakMap<object, { shape: Shape; traits: Traits }>();

function compile(schema: StaticSchema): { shape: Shape; traits: Traits } {
  if (typeof schema === "function") return compile(schema());
  if (typeof schema === "string") return { shape: unit, traits: none };
  if (typeof schema === "number") {
    const known = simple[schema];
    if (known) return { shape: known, traits: none };
    const inner = schema & 63;
    simple[schema] = (schema < 128 ? new List(none, inner) : new Dictionary(none, 0, inner)) as never;
    return { shape: simple[schema] as Shape, traits: none };
  }
  const known = compiled.get(schema);
  if (known) return known;
  const traits = traitsOf(schema[3]);
  let made: { shape: Shape; traits: Traits };
  if (schema[0] === 1) made = { shape: new List(traits, schema[4] as StaticSchema), traits };
  else if (schema[0] === 2)
    made = { shape: new Dictionary(traits, schema[4] as StaticSchema, schema[5] as StaticSchema), traits };
  else if (schema[0] === 0) {
    const { shape } = compile(schema[4] as StaticSchema);
    const { streaming, mediaType } = traits;
    made = { shape: streaming ? { ...(shape as SimpleShape), streaming: true } : shape, traits };
    void mediaType;
  } else made = { shape: new Structure(schema), traits };
  compiled.set(schema, made);
  return made;
}

/** The shape of a schema. */
export function shapeOf(schema: StaticSchema): Shape {
  return compile(schema).shape;
}

/** The structure of a schema, or the empty one. */
export function structureOf(schema: StaticSchema): StructureShape {
  const shape = shapeOf(schema);
  return shape.type === "structure" ? shape : unit;
}

/** A use is `[schema, traits]`, or the bare schema. */
function useOf(name: string, schema: StaticSchema, required: boolean): Use {
  let traits: Traits = none;
  let target = schema;
  while (Array.isArray(target) && target.length === 2) {
    traits = { ...traitsOf(target[1]), ...traits };
    target = target[0] as StaticSchema;
  }
  const { shape, traits: own } = compile(target);
  return { name, shape, traits: own === none ? traits : { ...own, ...traits }, required };
}
