/** Expressions of Logs Insights, read into functions. */
import { type Aggregate, aggregates, plain } from "./functions.ts";
import { malformed, type Word } from "./lexer.ts";
import { compareValues, durationOf, expressionOf, numberOf, truth, type Value } from "./values.ts";

/** What an expression is evaluated over: one event, and in `stats` all of its group. */
export interface Scope {
  field(name: string): Value;
  now: number;
  group?: readonly Scope[];
}
export interface Expression {
  value: (scope: Scope) => Value;
  /** The field's name, when it is no more than that. */
  name?: string;
  /** The words of it, for a column without a name. */
  text: string;
  /** It is of times, and printed so. */
  time?: boolean;
  aggregate?: boolean;
}

/** A place in the words. */
export class Reader {
  readonly #words: readonly Word[];
  readonly #query: string;
  #at = 0;
  #depth = 0;
  constructor(list: readonly Word[], query: string) {
    this.#words = list;
    this.#query = query;
  }
  get word(): Word {
    return this.#words[this.#at]!;
  }
  /** Takes the word if it is this sign or keyword. */
  take(text: string): boolean {
    const { word } = this;
    if (word.kind === "string" || word.kind === "regex" || word.kind === "quoted-name") return false;
    if (word.kind === "end" || word.text.toLowerCase() !== text) return false;
    this.#at++;
    return true;
  }
  peek(text: string, ahead = 0): boolean {
    const word = this.#words[this.#at + ahead];
    return word !== undefined && /^(?:name|sign)$/.test(word.kind) && word.text.toLowerCase() === text;
  }
  next(): Word {
    const { word } = this;
    if (word.kind !== "end") this.#at++;
    return word;
  }
  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected();
  }
  /** Reads what is inside of something. @throws MalformedQueryException when it is too deep */
  inside<T>(read: () => T): T {
    if (++this.#depth > 100)
      throw malformed("the query is nested too deeply", this.word.start, this.word.end);
    const result = read();
    this.#depth--;
    return result;
  }
  unexpected(word = this.word): Error {
    const what = word.kind === "end" ? "end of the query" : `symbol found ${word.text}`;
    return malformed(`unexpected ${what} at position ${word.start}`, word.start, word.end);
  }
  textFrom(start: number): string {
    return this.#query.slice(start, this.#words[this.#at - 1]?.end ?? start).trim();
  }
  name(): string {
    const word = this.next();
    if (word.kind !== "name" && word.kind !== "quoted-name") throw this.unexpected(word);
    return word.text;
  }
  regex(): RegExp {
    const word = this.next();
    const found = word.kind === "regex" ? expressionOf(word.text) : undefined;
    if (!found) throw malformed(`invalid regular expression ${word.text}`, word.start, word.end);
    return found;
  }
}

type Evaluate = Expression["value"];
const flag = (yes: boolean): number => (yes ? 1 : 0);

export function readExpression(reader: Reader): Expression {
  const start = reader.word.start;
  const single = reader.word;
  const marks = { time: false, aggregate: false };
  const value = either(reader, marks);
  const text = reader.textFrom(start);
  const alone = /name$/.test(single.kind) && (text === single.text || text === `\`${single.text}\``);
  return { value, text: alone ? single.text : text, ...(alone && { name: single.text }), ...marks };
}

interface Marks {
  time: boolean;
  aggregate: boolean;
}

function either(reader: Reader, marks: Marks): Evaluate {
  let left = both(reader, marks);
  while (reader.take("or")) {
    const [a, b] = [left, both(reader, marks)];
    left = (scope) => flag(truth(a(scope)) || truth(b(scope)));
  }
  return left;
}

function both(reader: Reader, marks: Marks): Evaluate {
  let left = negation(reader, marks);
  while (reader.take("and")) {
    const [a, b] = [left, negation(reader, marks)];
    left = (scope) => flag(truth(a(scope)) && truth(b(scope)));
  }
  return left;
}

function negation(reader: Reader, marks: Marks): Evaluate {
  if (!reader.take("not")) return comparison(reader, marks);
  const inner = reader.inside(() => negation(reader, marks));
  return (scope) => flag(!truth(inner(scope)));
}

const COMPARE: Record<string, (order: number) => boolean> = {
  "=": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

function comparison(reader: Reader, marks: Marks): Evaluate {
  const left = sums(reader, marks);
  if (reader.word.kind === "sign" && Object.hasOwn(COMPARE, reader.word.text)) {
    const holds = COMPARE[reader.next().text]!;
    const right = sums(reader, marks);
    return (scope) => {
      const [a, b] = [left(scope), right(scope)];
      return flag(a !== undefined && b !== undefined && holds(compareValues(a, b)));
    };
  }
  const negated = (reader.peek("like", 1) || reader.peek("in", 1)) && reader.take("not");
  if (reader.take("like") || reader.take("=~")) {
    const test = likeness(reader);
    return (scope) => {
      const value = left(scope);
      return flag(value !== undefined && test(String(value)) !== negated);
    };
  }
  if (reader.take("in")) {
    const list = members(reader, marks);
    return (scope) => {
      const value = left(scope);
      return flag(
        value !== undefined && list.some((one) => compareValues(value, one(scope)) === 0) !== negated,
      );
    };
  }
  return left;
}

function likeness(reader: Reader): (text: string) => boolean {
  if (reader.word.kind === "regex") {
    const expression = reader.regex();
    return (text) => expression.test(text);
  }
  const word = reader.next();
  if (word.kind !== "string") throw reader.unexpected(word);
  // `%` is a wildcard only where it stands
  return (text) => text.includes(word.text.replace(/^%|%$/g, ""));
}

function members(reader: Reader, marks: Marks): Evaluate[] {
  reader.expect("[");
  const list = [sums(reader, marks)];
  while (reader.take(",")) list.push(sums(reader, marks));
  reader.expect("]");
  return list;
}

type Sum = (a: number, b: number) => number;
const arithmetic =
  (a: Evaluate, b: Evaluate, work: Sum): Evaluate =>
  (scope) => {
    const [x, y] = [numberOf(a(scope)), numberOf(b(scope))];
    const result = x === undefined || y === undefined ? Number.NaN : work(x, y);
    return Number.isFinite(result) ? result : undefined;
  };

function level(signs: Record<string, Sum>, inner: (reader: Reader, marks: Marks) => Evaluate) {
  return (reader: Reader, marks: Marks): Evaluate => {
    let left = inner(reader, marks);
    while (reader.word.kind === "sign" && Object.hasOwn(signs, reader.word.text)) {
      const work = signs[reader.next().text]!;
      left = arithmetic(left, inner(reader, marks), work);
    }
    return left;
  };
}
const powers = level({ "^": (a, b) => a ** b }, unary);
const products = level({ "*": (a, b) => a * b, "/": (a, b) => a / b, "%": (a, b) => a % b }, powers);
const sums = level({ "+": (a, b) => a + b, "-": (a, b) => a - b }, products);

function unary(reader: Reader, marks: Marks): Evaluate {
  if (!reader.take("-")) return primary(reader, marks);
  const inner = reader.inside(() => unary(reader, marks));
  return (scope) => {
    const number = numberOf(inner(scope));
    return number === undefined ? undefined : -number;
  };
}

function primary(reader: Reader, marks: Marks): Evaluate {
  if (reader.take("(")) {
    const inner = reader.inside(() => either(reader, marks));
    reader.expect(")");
    return inner;
  }
  const word = reader.next();
  if (word.kind === "number") return () => Number(word.text);
  if (word.kind === "string") return () => word.text;
  if (word.kind === "quoted-name") return (scope) => scope.field(word.text);
  if (word.kind !== "name") throw reader.unexpected(word);
  if (reader.take("(")) return call(reader, word, marks);
  if (/^(?:true|false)$/.test(word.text)) return () => flag(word.text === "true");
  return (scope) => scope.field(word.text);
}

function call(reader: Reader, word: Word, marks: Marks): Evaluate {
  const name = word.text.toLowerCase();
  if (/^(?:bin|datefloor|dateceil)$/.test(name)) return periods(reader, name, marks);
  const args: Evaluate[] = [];
  if (reader.take("*")) args.push(() => 1);
  else if (!reader.peek(")")) {
    do args.push(reader.inside(() => either(reader, marks)));
    while (reader.take(","));
  }
  reader.expect(")");
  if (name === "frommillis" || name === "tomillis") {
    marks.time = name === "frommillis";
    return (scope) => args[0]?.(scope);
  }
  if (Object.hasOwn(aggregates, name)) {
    marks.aggregate = true;
    return aggregate(aggregates[name]!, args);
  }
  const work = Object.hasOwn(plain, name) ? plain[name] : undefined;
  if (!work) throw malformed(`Invalid arguments or unknown function ${word.text}`, word.start, word.end);
  return (scope) =>
    work(
      args.map((one) => one(scope)),
      scope.now,
    );
}

const aggregate =
  (work: Aggregate, [of = () => 1, parameter]: Evaluate[]): Evaluate =>
  (scope) =>
    work(
      (scope.group ?? [scope]).map((one) => of(one)),
      parameter?.(scope),
    );

/** `bin(5m)`, `datefloor(@timestamp, 1h)` */
function periods(reader: Reader, name: string, marks: Marks): Evaluate {
  let of: Evaluate = (scope) => scope.field("@timestamp");
  if (name !== "bin") {
    of = either(reader, marks);
    reader.expect(",");
  }
  const word = reader.next();
  const length = word.kind === "duration" ? durationOf(word.text) : undefined;
  if (length === undefined) throw malformed(`unsupported period ${word.text}`, word.start, word.end);
  reader.expect(")");
  marks.time = true;
  const round = name === "dateceil" ? Math.ceil : Math.floor;
  return (scope) => {
    const time = numberOf(of(scope));
    return time === undefined ? undefined : round(time / length) * length;
  };
}
