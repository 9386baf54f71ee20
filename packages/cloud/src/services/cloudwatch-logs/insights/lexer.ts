/** The words of a Logs Insights query. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
import { AwsError } from "../../../wire/errors.ts";

export interface Word {
  kind: "name" | "quoted-name" | "string" | "regex" | "number" | "duration" | "sign" | "end";
  text: string;
  start: number;
  end: number;
}

/** A query that cannot be read, with the place where. */
export function malformed(message: string, start: number, end: number): AwsError {
  return new AwsError("MalformedQueryException", message, {
    members: { queryCompileError: { message, location: { startCharOffset: start, endCharOffset: end } } },
  });
}

const WORD =
  /(?<space>\s+|#[^\n]*)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|`(?<quoted>[^`]+)`|(?<duration>\d+(?:ms|s|m|h|d|w|mo|q|y)\b)|(?<number>\d+(?:\.\d+)?)|(?<name>[@$A-Za-z_][\w@.]*)|(?<sign>!=|<=|>=|=~|[=<>+\-*%^(),|[\]/])/y;
const REGEX = /\/((?:[^/\\\n]|\\.)+)\//y;

/** A slash begins a regular expression after these, and divides elsewhere. */
const beforeRegex = (before: Word | undefined): boolean =>
  before !== undefined &&
  (before.text === "=~" ||
    (before.kind === "name" && before.text.toLowerCase() === "like") ||
    before.text === "," ||
    before.text === "[");

/** @throws MalformedQueryException */
export function words(query: string): Word[] {
  const list: Word[] = [];
  let at = 0;
  while (at < query.length) {
    // a field to parse is followed by the expression itself
    const parsing = list.at(-2)?.text.toLowerCase() === "parse" && list.at(-1)?.kind.endsWith("name");
    if (query[at] === "/" && (parsing || beforeRegex(list.at(-1)))) {
      REGEX.lastIndex = at;
      const match = REGEX.exec(query);
      if (!match) throw malformed("the regular expression has no end", at, query.length);
      list.push({ kind: "regex", text: match[1]!, start: at, end: REGEX.lastIndex });
      at = REGEX.lastIndex;
      continue;
    }
    WORD.lastIndex = at;
    const match = WORD.exec(query);
    if (!match) throw malformed(`unexpected symbol found ${query[at]} at position ${at}`, at, at + 1);
    const { space, string, quoted, duration, number, name, sign } = match.groups!;
    const end = WORD.lastIndex;
    if (string !== undefined) {
      list.push({ kind: "string", text: string.slice(1, -1).replace(/\\(["'\\])/g, "$1"), start: at, end });
    } else if (space === undefined) {
      const text = (quoted ?? duration ?? number ?? name ?? sign)!;
      const kind = quoted
        ? "quoted-name"
        : duration
          ? "duration"
          : number
            ? "number"
            : name
              ? "name"
              : "sign";
      list.push({ kind, text, start: at, end });
    }
    at = end;
  }
  list.push({ kind: "end", text: "", start: query.length, end: query.length });
  return list;
}
