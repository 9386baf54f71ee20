/** A mounted service's model: its operations, modeled errors and HTTP routes, made from the schemas of its SDK client. */
import type { Router } from "./routes.ts";
import { routerOf } from "./routes.ts";
import type { StaticSchema, StructureShape, Traits } from "./shape.ts";
import { structureOf, traitsOf } from "./shape.ts";

export type ProtocolName = "json" | "query" | "ec2" | "rest-xml" | "rest-json" | "cbor";

/** Facts of a service that its schemas lack (generated/meta.json). */
export interface ServiceMeta {
  readonly serviceId: string;
  readonly signingName: string;
  readonly protocol: Exclude<ProtocolName, "cbor">;
  readonly jsonVersion?: "1.0" | "1.1";
  readonly namespace: string;
  readonly xmlNamespace?: string;
  readonly version: string;
  /** Prefix of `X-Amz-Target`. */
  readonly target: string;
  readonly queryCompatible?: boolean;
}

export interface OperationModel {
  readonly name: string;
  readonly input: StructureShape;
  readonly output: StructureShape;
  /** False when the operation returns nothing at all (no result element). */
  readonly hasOutput: boolean;
  readonly traits: Traits;
  /** Method, path pattern (with static query), status. */
  readonly http: readonly [string, string, number] | undefined;
}

export interface ErrorModel {
  readonly name: string;
  readonly shape: StructureShape;
  /** Code on the wire in the query protocols, and for `x-amzn-query-error`. */
  readonly code: string;
  readonly status: number;
  readonly queryStatus: number;
  readonly fault: "client" | "server";
}

/** A service's schemas and what follows from them. */
export class ServiceModel {
  readonly key: string;
  readonly meta: ServiceMeta;
  readonly #schemas: Readonly<Record<string, unknown>>;
  readonly #operations = new Map<string, OperationModel | undefined>();
  readonly #errors = new Map<string, ErrorModel>();
  readonly #router: { value?: Router } = {};

  constructor(key: string, meta: ServiceMeta, schemas: Readonly<Record<string, unknown>>) {
    this.key = key;
    this.meta = meta;
    this.#schemas = schemas;
    for (const schema of Object.values(schemas)) {
      if (!Array.isArray(schema) || schema[0] !== -3) continue;
      const error = errorModel(schema);
      this.#errors.set(error.name, error);
      if (!this.#errors.has(error.code)) this.#errors.set(error.code, error);
    }
  }

  /** The operation of that name, or `undefined` when the service has none. */
  operation(name: string): OperationModel | undefined {
    const known = this.#operations.get(name);
    if (known) return known;
    const schema = Object.hasOwn(this.#schemas, `${name}$`) ? this.#schemas[`${name}$`] : undefined;
    if (!Array.isArray(schema) || schema[0] !== 9) return undefined;
    const traits = traitsOf(schema[3]);
    const operation: OperationModel = {
      name,
      input: structureOf(schema[4] as StaticSchema),
      output: structureOf(schema[5] as StaticSchema),
      hasOutput: !isUnit(schema[5]),
      traits,
      http: traits.http as OperationModel["http"],
    };
    this.#operations.set(name, operation);
    return operation;
  }

  /** Names of all operations of the service, supported or not. */
  get operationNames(): string[] {
    return Object.values(this.#schemas)
      .filter((schema): schema is unknown[] => Array.isArray(schema) && schema[0] === 9)
      .map((schema) => String(schema[2]))
      .sort();
  }

  /** A modeled error by its shape name, or by its code on the wire. */
  error(name: string): ErrorModel | undefined {
    return this.#errors.get(name);
  }

  get errors(): ErrorModel[] {
    return [...new Set(this.#errors.values())];
  }

  /** HTTP routes of a REST service, made on first use. */
  get router(): Router {
    this.#router.value ??= routerOf(this);
    return this.#router.value;
  }
}

function isUnit(schema: unknown): boolean {
  const target = typeof schema === "function" ? schema() : schema;
  return typeof target === "string";
}

function errorModel(schema: readonly unknown[]): ErrorModel {
  const traits = traitsOf(schema[3]);
  const name = String(schema[2]);
  const fault = traits.error === "server" ? "server" : "client";
  const status = (traits.httpError as number | undefined) ?? (fault === "server" ? 500 : 400);
  const query = traits.awsQueryError as [string, number] | undefined;
  return {
    name,
    shape: structureOf(schema),
    code: query?.[0] ?? name,
    status,
    queryStatus: query?.[1] ?? status,
    fault,
  };
}
