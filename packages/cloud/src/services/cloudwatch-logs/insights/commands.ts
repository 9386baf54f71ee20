/** The commands of a Logs Insights query, read into steps over rows. */
import { AwsError } from "../../../wire/errors.ts";
import { type Expression, Reader, readExpression, type Scope } from "./expressions.ts";
import { malformed, words } from "./lexer.ts";
import { compareValues, truth, type Value } from "./values.ts";

/** One event, or one group of `stats`, on its way through the commands. */
export interface Row {
  fields: Map<string, Value>;
  /** The event's pointer; groups have none. */
  pointer?: string;
}

export interface Table {
  rows: Row[];
  /** Columns to show, in order. */
  columns: string[];
  /** A command chose them: events' time and message come only with those that parsing added. */
  chosen: boolean;
  /** Columns of times. */
  times: Set<string>;
  sorted: boolean;
  limited: boolean;
  now: number;
  /** Events that came through the filters: counted when they are grouped or at the end. */
  matched?: number;
}
export type Step = (table: Table) => void;

const scopeOf = (row: Row, now: number): Scope => ({ field: (name) => row.fields.get(name), now });

interface Column extends Expression {
  as: string;
}

function columns(reader: Reader): Column[] {
  const list: Column[] = [];
  do {
    const one = readExpression(reader);
    list.push({ ...one, as: reader.take("as") ? reader.name() : one.text });
  } while (reader.take(","));
  return list;
}

function show(table: Table, list: readonly Column[]): void {
  table.chosen = true;
  for (const one of list) {
    if (!table.columns.includes(one.as)) table.columns.push(one.as);
    if (one.time || (one.name && table.times.has(one.name))) table.times.add(one.as);
  }
  for (const row of table.rows) {
    for (const one of list) {
      if (one.name !== one.as) row.fields.set(one.as, one.value(scopeOf(row, table.now)));
    }
  }
}

function fields(reader: Reader): Step {
  const list = columns(reader);
  return (table) => show(table, list);
}

function display(reader: Reader): Step {
  const list = columns(reader);
  return (table) => {
    table.columns = [];
    show(table, list);
  };
}

function filter(reader: Reader): Step {
  const { value } = readExpression(reader);
  return (table) => {
    table.rows = table.rows.filter((row) => truth(value(scopeOf(row, table.now))));
  };
}

/** What the names of a `parse` stand for in a text. */
type Extract = (text: string) => (string | undefined)[];

/** `user=* took * ms`: each star up to where the next piece is first found, the last one to the end. */
function glob(pattern: string): { extract: Extract; captures: number } {
  const [first = "", ...rest] = pattern.split("*");
  const extract: Extract = (text) => {
    let at = text.indexOf(first);
    if (at < 0) return [];
    at += first.length;
    const found: string[] = [];
    for (const [index, piece] of rest.entries()) {
      const end = piece === "" && index === rest.length - 1 ? text.length : text.indexOf(piece, at);
      if (end < 0) return [];
      found.push(text.slice(at, end));
      at = end + piece.length;
    }
    return found;
  };
  return { extract, captures: rest.length };
}

function parse(reader: Reader): Step {
  const single = reader.word.kind !== "string" && reader.word.kind !== "regex";
  const from = single ? reader.name() : "@message";
  const { start, kind, text } = reader.word;
  let names: string[] = [];
  let extract: Extract;
  let captures: number;
  if (kind === "string") {
    reader.next();
    ({ extract, captures } = glob(text));
    reader.expect("as");
  } else {
    const expression = reader.regex();
    extract = (value) => {
      const match = expression.exec(value);
      return match?.groups ? named.map((name) => match.groups?.[name]) : (match?.slice(1) ?? []);
    };
    const named = [...expression.source.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map((match) => match[1]!);
    captures = named.length || new RegExp(`${expression.source}|`).exec("")!.length - 1;
    names = named;
  }
  if (kind === "string" || reader.take("as")) {
    names = [];
    do names.push(reader.name());
    while (reader.take(","));
  }
  if (!names.length || names.length > captures) {
    throw malformed("the expression has not as many captures as there are names", start, reader.word.start);
  }
  return (table) => {
    for (const name of names) if (!table.columns.includes(name)) table.columns.push(name);
    for (const row of table.rows) {
      const found = extract(String(row.fields.get(from) ?? ""));
      for (const [index, name] of names.entries()) {
        if (found[index] !== undefined) row.fields.set(name, found[index]);
      }
    }
  };
}

function stats(reader: Reader): Step {
  const list = columns(reader);
  const by = reader.take("by") ? columns(reader) : [];
  return (table) => {
    table.matched ??= table.rows.length;
    const groups = new Map<string, { keys: Value[]; scopes: Scope[] }>();
    // oldest first, for `earliest` and `latest`
    for (const row of [...table.rows].sort((a, b) =>
      compareValues(a.fields.get("@timestamp"), b.fields.get("@timestamp")),
    )) {
      const scope = scopeOf(row, table.now);
      const keys = by.map((one) => one.value(scope));
      const id = JSON.stringify(keys.map((key) => key ?? null));
      const group = groups.get(id) ?? { keys, scopes: [] };
      group.scopes.push(scope);
      groups.set(id, group);
    }
    if (!by.length && groups.size === 0) groups.set("", { keys: [], scopes: [] });
    for (const one of [...by, ...list]) {
      if (one.time || (one.name && table.times.has(one.name))) table.times.add(one.as);
    }
    table.columns = [...by, ...list].map((one) => one.as);
    table.chosen = true;
    table.sorted = false;
    table.rows = [...groups.values()].map(({ keys, scopes }) => {
      const made = new Map<string, Value>(by.map((one, index) => [one.as, keys[index]]));
      const scope = { ...(scopes.at(-1) ?? { field: () => undefined, now: table.now }), group: scopes };
      for (const one of list) made.set(one.as, one.value(scope));
      return { fields: made };
    });
  };
}

function sort(reader: Reader): Step {
  const keys: { value: Expression["value"]; down: boolean; text: string }[] = [];
  do {
    const { value, text } = readExpression(reader);
    const down = reader.take("desc");
    if (!down) reader.take("asc");
    keys.push({ value, down, text });
  } while (reader.take(","));
  return (table) => {
    table.sorted = true;
    const keyed = table.rows.map((row) => ({
      row,
      // a column of `stats` may be named by its words: `count(*)`
      values: keys.map(({ value, text }) => row.fields.get(text) ?? value(scopeOf(row, table.now))),
    }));
    keyed.sort((a, b) => {
      for (const [index, { down }] of keys.entries()) {
        const [x, y] = [a.values[index], b.values[index]];
        const order = compareValues(x, y);
        // what is missing stays last
        if (order) return down && x !== undefined && y !== undefined ? -order : order;
      }
      return 0;
    });
    table.rows = keyed.map(({ row }) => row);
  };
}

function limit(reader: Reader): Step {
  const word = reader.next();
  const most = word.kind === "number" ? Number(word.text) : Number.NaN;
  if (!Number.isInteger(most) || most < 1 || most > 10_000) {
    throw malformed(`invalid limit ${word.text}`, word.start, word.end);
  }
  return (table) => {
    newestFirst(table);
    table.matched ??= table.rows.length;
    table.limited = true;
    table.rows = table.rows.slice(0, most);
  };
}

function dedup(reader: Reader): Step {
  const names: string[] = [];
  do names.push(reader.name());
  while (reader.take(","));
  return (table) => {
    newestFirst(table);
    const seen = new Set<string>();
    table.rows = table.rows.filter((row) => {
      const id = JSON.stringify(names.map((name) => row.fields.get(name) ?? null));
      return !seen.has(id) && seen.add(id);
    });
  };
}

/** Events that nothing has put in order come newest first. */
export function newestFirst(table: Table): void {
  if (table.sorted || !table.rows[0]?.pointer) return;
  table.rows.sort((a, b) => compareValues(b.fields.get("@timestamp"), a.fields.get("@timestamp")));
  table.sorted = true;
}

const COMMANDS: Record<string, (reader: Reader) => Step> = {
  fields,
  display,
  filter,
  parse,
  stats,
  sort,
  limit,
  head: limit,
  dedup,
};
const ELSEWHERE = /^(?:pattern|diff|anomaly|unmask|unnest|filterindex|source|join|lookup|subquery)$/;

/** The steps of a query. @throws MalformedQueryException, and by name for commands that are not built */
export function readQuery(query: string): Step[] {
  const reader = new Reader(words(query), query);
  const steps: Step[] = [];
  do {
    const word = reader.next();
    const name = word.kind === "name" ? word.text.toLowerCase() : "";
    if (ELSEWHERE.test(name)) {
      throw new AwsError(
        "UnsupportedOperationException",
        `The command ${name} of Logs Insights is not supported by the Sagekeep local cloud.`,
      );
    }
    const read = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!read) throw reader.unexpected(word);
    steps.push(read(reader));
  } while (reader.take("|"));
  if (reader.word.kind !== "end") throw reader.unexpected();
  return steps;
}
