/**
 * The types of a service handler, taken from the official SDK clients.
 *
 * A handler is a plain function whose input and output are those of the SDK command of the same name.
 * Import the client as a type only (`import type * as Iam from "@aws-sdk/client-iam"`): nothing of it runs.
 */
import type { Readable } from "node:stream";

/** The shape every SDK command class has; the input must be read from `.input`, its constructor is overloaded. */
type Command<I, O> = abstract new (
  // biome-ignore lint/suspicious/noExplicitAny: matches the SDK's overloaded constructors
  ...args: any[]
) => {
  input: I;
  // biome-ignore lint/suspicious/noExplicitAny: only the output type is read
  resolveMiddleware(...args: any[]): (...args: any[]) => Promise<{ output: O }>;
};

/**
 * A validated input: the SDK types a required member `K: T | undefined` and an optional one `K?: T`,
 * so after validation the required ones lose `undefined`.
 */
export type Checked<I> = {
  [K in keyof I]: Record<never, never> extends Pick<I, K>
    ? Body<I[K], InputBody>
    : Body<Exclude<I[K], undefined>, InputBody>;
};

/** What a handler returns: the SDK's output without `$metadata`, streaming members as our own body type. */
export type Result<O> = { [K in keyof Omit<O, "$metadata">]: Body<Omit<O, "$metadata">[K], OutputBody> };

/** A streaming request body: read it once, to its end or until it throws (a checksum or signature is wrong). */
export interface InputBody extends AsyncIterable<Buffer> {
  /** Length in bytes of the decoded body, when the client said so (`x-amz-decoded-content-length`, `content-length`). */
  readonly length: number | undefined;
  /**
   * All of it, decoded and checked, when it is a small one that has come in; `undefined` for one to be read as it comes.
   * Throws as reading does.
   */
  whole(): Buffer | undefined;
  /** The body as a Node stream, for piping. */
  stream(): Readable;
  /** The whole body; throws an `AwsError` when it is longer than `limit` bytes. @default no limit */
  bytes(limit?: number): Promise<Buffer>;
}

/** A streaming response body: give `ContentLength` beside a stream whenever it is known. */
export type OutputBody = Readable | AsyncIterable<Uint8Array> | Uint8Array | string;

/** SDK streams are recognised by a method only they have; blobs and plain members stay as they are. */
type Body<T, B> = [NonNullable<T>] extends [never]
  ? T
  : true extends IsStream<NonNullable<T>>
    ? B | Extract<T, undefined>
    : T;
type IsStream<T> = T extends { transformToByteArray: unknown } ? true : T extends Readable ? true : never;

/** A handler of the command `C` with the context `Ctx`. */
export type Handler<C, Ctx> = (input: InputOf<C>, context: Ctx) => ResultOf<C> | Promise<ResultOf<C>>;

/** The validated input of an SDK command class: `InputOf<typeof Iam.GetRoleCommand>`. */
// biome-ignore lint/suspicious/noExplicitAny: position not inferred
export type InputOf<C> = C extends Command<infer I, any> ? Checked<I> : never;
/** The output of an SDK command class, as a handler returns it. */
// biome-ignore lint/suspicious/noExplicitAny: position not inferred
export type ResultOf<C> = C extends Command<any, infer O> ? Result<O> : never;

/**
 * The handlers of a service: one optional function for each `…Command` that the client module `M` exports.
 *
 * @example
 * const handlers: Handlers<typeof import("@aws-sdk/client-iam"), CallContext> = {
 *   GetRole({ RoleName }, context) { return { Role: … }; },
 * };
 */
export type Handlers<M, Ctx> = {
  [K in keyof M as K extends `${infer Name}Command`
    ? Name extends "" | "$"
      ? never
      : Name
    : never]?: Handler<M[K], Ctx>;
};

/** Handlers without their types: what the dispatcher sees. */
export type AnyHandler<Ctx> = (input: never, context: Ctx) => unknown;
