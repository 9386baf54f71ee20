/** A request's head as the wire layer reads it: Node's parsed headers, the request target taken apart without normalising. */
import type { IncomingMessage } from "node:http";
import { AwsError } from "./errors.ts";

export interface RequestHead {
  readonly method: string;
  /** Request target as sent, origin form: `/bucket/key?versioning`. */
  readonly url: string;
  /** Lower-case names; several of one name joined with `, ` as Node does. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Values of the headers that came in several lines: a signature joins them with a comma alone. */
  readonly repeated?: Readonly<Record<string, readonly string[]>> | undefined;
  /** True over TLS. */
  readonly secure?: boolean;
}

/** The headers that came in several lines; `undefined` when none did. */
export function repeatedHeaders({ rawHeaders: raw, headers }: IncomingMessage): RequestHead["repeated"] {
  if (raw.length === Object.keys(headers).length * 2) return undefined;
  const values = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    const known = values.get(name);
    if (known) known.push(raw[at + 1] as string);
    else values.set(name, [raw[at + 1] as string]);
  }
  return Object.fromEntries([...values].filter(([, list]) => list.length > 1));
}

/** The value of a header, or `undefined`. */
export function headerOf(head: Pick<RequestHead, "headers">, name: string): string | undefined {
  const value = head.headers[name];
  return typeof value === "object" ? value.join(", ") : value;
}

/** Path (raw, encoded) and query (raw) of a request target; an absolute-form target loses scheme and host. */
export function splitTarget(url: string): { path: string; query: string } {
  let target = url;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target);
  if (scheme) target = target.slice(scheme[0].length);
  const hash = target.indexOf("#");
  if (hash !== -1) target = target.slice(0, hash);
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  return { path: path.startsWith("/") ? path : `/${path}`, query: mark === -1 ? "" : target.slice(mark + 1) };
}

/** Decoded name-value pairs of a query string; `+` is a space, a name without `=` has an empty value. */
export function parseQuery(query: string): [string, string][] {
  if (query === "") return [];
  const pairs: [string, string][] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = equals === -1 ? part : part.slice(0, equals);
    pairs.push([decodeUri(name, true), equals === -1 ? "" : decodeUri(part.slice(equals + 1), true)]);
  }
  return pairs;
}

/** Decodes percent-encoding; throws `InvalidURI` for what is none. */
export function decodeUri(text: string, plusIsSpace = false): string {
  const spaced = plusIsSpace && text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.", { status: 400 });
  }
}

/** Host without port, lower case; empty when there is none. */
export function hostNameOf(head: RequestHead): string {
  const host = (headerOf(head, "host") ?? headerOf(head, ":authority") ?? "").toLowerCase();
  return host.startsWith("[") ? host.slice(0, host.indexOf("]") + 1) : (host.split(":")[0] ?? "");
}
