/**
 * HTTP routing of the REST services: method, path pattern and static query of each operation, matched against a request.
 * S3's operations are chosen by the level of the path (service, bucket, object) and the query keys, see s3.ts.
 */
import type { OperationModel, ServiceModel } from "./model.ts";
import { decodeUri } from "./request.ts";

export interface Route {
  readonly operation: OperationModel;
  readonly method: string;
  readonly segments: readonly Segment[];
  /** Query keys, and values where the pattern gives them, that must be there. */
  readonly query: readonly (readonly [string, string])[];
  /** Names of required members bound to the query. */
  readonly required: readonly string[];
}
type Segment = { readonly text: string } | { readonly label: string; readonly greedy: boolean };

export interface Match {
  readonly operation: OperationModel;
  /** Labels of the path, decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Router {
  readonly routes: readonly Route[];
  match(method: string, path: string, query: ReadonlyMap<string, string>): Match | undefined;
}

/** The routes of a REST service. */
export function routerOf(model: ServiceModel): Router {
  const routes: Route[] = [];
  for (const name of model.operationNames) {
    const operation = model.operation(name);
    if (operation?.http) routes.push(routeOf(operation, operation.http[0], operation.http[1]));
  }
  const byMethod = new Map<string, Route[]>();
  for (const route of routes) byMethod.set(route.method, [...(byMethod.get(route.method) ?? []), route]);
  for (const list of byMethod.values()) list.sort((a, b) => weight(b) - weight(a));
  return {
    routes,
    match(method, path, query) {
      const parts = path.split("/").slice(1);
      if (parts.length > 1 && parts.at(-1) === "") parts.pop();
      for (const route of byMethod.get(method) ?? []) {
        if (!hasQuery(route, query)) continue;
        const labels = matchPath(route.segments, parts);
        if (labels) return { operation: route.operation, labels };
      }
      return undefined;
    },
  };
}

function routeOf(operation: OperationModel, method: string, pattern: string): Route {
  const [path = "/", query = ""] = pattern.split("?");
  const segments = path
    .split("/")
    .slice(1)
    .map((part): Segment => {
      const label = /^\{(.+?)(\+?)\}$/.exec(part);
      return label ? { label: label[1] as string, greedy: label[2] === "+" } : { text: part };
    });
  if (segments.length > 1 && isText(segments.at(-1), "")) segments.pop();
  return {
    operation,
    method,
    segments,
    query: query
      .split("&")
      .filter((part) => part !== "" && !part.startsWith("x-id="))
      .map((part) => {
        const [key = "", value = ""] = part.split("=");
        return [key, value] as const;
      }),
    required: operation.input.members
      .filter((use) => use.required && use.traits.httpQuery)
      .map((use) => String(use.traits.httpQuery)),
  };
}

function isText(segment: Segment | undefined, text: string): boolean {
  return segment !== undefined && "text" in segment && segment.text === text;
}

/** More literal routes come first. */
function weight(route: Route): number {
  let total = route.query.length * 100 + route.segments.length;
  for (const segment of route.segments) total += "text" in segment ? 10 : segment.greedy ? -5 : 1;
  return total;
}

/** Whether a request's query has the keys that a route needs. */
export function hasQuery(route: Route, query: ReadonlyMap<string, string>): boolean {
  return route.query.every(([key, value]) => {
    const given = query.get(key);
    return given !== undefined && (value === "" || given === value);
  });
}

function matchPath(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as Segment;
    const part = parts[i];
    if (part === undefined) return undefined;
    if ("text" in segment) {
      if (segment.text !== part) return undefined;
    } else if (segment.greedy) {
      const after = segments.length - i - 1;
      if (parts.length - i < after + 1) return undefined;
      labels[segment.label] = decodeUri(parts.slice(i, parts.length - after).join("/"));
      const rest = matchPath(segments.slice(i + 1), parts.slice(parts.length - after));
      return rest && { ...labels, ...rest };
    } else {
      if (part === "") return undefined;
      labels[segment.label] = decodeUri(part);
    }
  }
  return segments.length === parts.length ? labels : undefined;
}
