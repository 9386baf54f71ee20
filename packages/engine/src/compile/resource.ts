/**
 * `Resource` patterns: the five parts before the last colon that counts match separately, the rest of the ARN as one
 * text in which `*` crosses `/` and `:`.
 *
 * A short ARN (`arn:aws:sqs`) is filled up with `*` in identity-like policies; in resource and endpoint policies only
 * when it has a wildcard, and otherwise it matches nothing. Actions without resources are asked for on `*`, which only
 * `*` covers.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
import { Literal, type Piece, type PolicyKind, parseTemplate, splitAtColons } from "@sagekeep/policy";
import type { Evaluation } from "../evaluation.ts";
import { compilePattern, type Pattern } from "./pattern.ts";

/** One compiled `Resource` or `NotResource` entry; the statements of a policy that name it share it. */
export abstract class ResourcePattern {
  readonly written: string;
  abstract readonly matchesAll: boolean;
  #place = 0;
  #covered = false;

  constructor(written: string) {
    this.written = written;
  }

  /** Whether it covers the resource of the evaluation: found out once for all statements that ask. */
  covers(evaluation: Evaluation): boolean {
    if (this.#place !== evaluation.place) {
      this.#covered = this.test(evaluation);
      this.#place = evaluation.place;
    }
    return this.#covered;
  }

  protected abstract test(evaluation: Evaluation): boolean;
}

class EveryResource extends ResourcePattern {
  readonly matchesAll = true;
  protected test(): boolean {
    return true;
  }
}

class NoResource extends ResourcePattern {
  readonly matchesAll = false;
  protected test(): boolean {
    return false;
  }
}

class ArnPattern extends ResourcePattern {
  readonly matchesAll = false;
  readonly #prefix: Pattern;
  readonly #partition: Pattern;
  readonly #service: Pattern;
  readonly #region: Pattern;
  readonly #account: Pattern;
  readonly #resource: Pattern;

  constructor(written: string, parts: readonly Piece[][]) {
    super(written);
    const patterns = parts.map(compilePattern);
    this.#prefix = patterns[0] as Pattern;
    this.#partition = patterns[1] as Pattern;
    this.#service = patterns[2] as Pattern;
    this.#region = patterns[3] as Pattern;
    this.#account = patterns[4] as Pattern;
    this.#resource = patterns[5] as Pattern;
  }

  protected test(e: Evaluation): boolean {
    if (e.c5 < 0) return false;
    const { arn } = e;
    return (
      this.#resource.test(arn, e.c5 + 1, arn.length, e) &&
      this.#service.test(arn, e.c2 + 1, e.c3, e) &&
      this.#account.test(arn, e.c4 + 1, e.c5, e) &&
      this.#region.test(arn, e.c3 + 1, e.c4, e) &&
      this.#partition.test(arn, e.c1 + 1, e.c2, e) &&
      this.#prefix.test(arn, 0, e.c1, e)
    );
  }
}

/**
 * An ARN whose first five parts are plain text, as most are: the text up to the fifth colon is compared at once. It
 * holds five colons, so a text that begins with it has its fifth colon at the same place.
 */
class PlainPrefixArn extends ResourcePattern {
  readonly matchesAll = false;
  readonly #prefix: Literal;
  readonly #rest: Pattern;
  /** The whole ARN, or its beginning when the pattern ends in its only `*`. */
  readonly #whole: Literal | undefined;
  readonly #open: boolean;

  constructor(written: string, prefix: string, rest: readonly Piece[]) {
    super(written);
    this.#prefix = new Literal(prefix);
    this.#rest = compilePattern(rest);
    this.#open = rest[rest.length - 1]?.kind === "many";
    const literal = this.#open ? rest.slice(0, -1) : rest;
    const plain = literal.every((piece) => piece.kind === "literal");
    this.#whole = plain
      ? new Literal(prefix + literal.map((piece) => (piece.kind === "literal" ? piece.text : "")).join(""))
      : undefined;
  }

  protected test(e: Evaluation): boolean {
    const { arn } = e;
    const whole = this.#whole;
    if (whole !== undefined) return this.#open ? whole.isAt(arn, 0) : arn === whole.text;
    return this.#prefix.isAt(arn, 0) && this.#rest.test(arn, this.#prefix.length, arn.length, e);
  }
}

/** The text of parts without wildcards and variables, each followed by its colon; `undefined` for others. */
function plainPrefix(parts: readonly Piece[][]): string | undefined {
  let prefix = "";
  for (const part of parts) {
    for (const piece of part) {
      if (piece.kind !== "literal") return undefined;
      prefix += piece.text;
    }
    prefix += ":";
  }
  return prefix;
}

/** Kinds whose short ARNs match only when they hold a wildcard. */
const strictKinds: ReadonlySet<PolicyKind> = new Set([
  "resource",
  "bucket",
  "key",
  "trust",
  "accessPoint",
  "endpoint",
  "scp",
]);

/** Compiles one entry of `Resource` or `NotResource`. */
export function compileResource(written: string, kind: PolicyKind, variables: boolean): ResourcePattern {
  if (/^\*+$/.test(written)) return new EveryResource(written);
  const parts = splitAtColons(parseTemplate(written, { variables, wildcards: true }), 6);
  if (parts.length < 6) {
    const wild = parts.some((part) => part.some((piece) => piece.kind === "many" || piece.kind === "one"));
    if (kind === "rcp" || (strictKinds.has(kind) && !wild)) return new NoResource(written);
    while (parts.length < 6) parts.push([{ kind: "many" }]);
  }
  // INVARIANT (five colons): the first five parts hold no colon of their own, except through `${$}`-like escapes.
  const prefix = plainPrefix(parts.slice(0, 5));
  if (prefix !== undefined && prefix.split(":").length === 6)
    return new PlainPrefixArn(written, prefix, parts[5] as Piece[]);
  return new ArnPattern(written, parts);
}
