/** Pages of a website endpoint that S3 writes itself: errors in HTML, with the facts in headers besides. */
import { STATUS_CODES } from "node:http";
import type { WireResponse } from "../../../wire/answer.ts";
import { hostIdOf } from "../../../wire/answer.ts";
import type { AwsError } from "../../../wire/errors.ts";

type Said = Pick<AwsError, "code" | "message" | "members">;

/** @param second why the site's own error document could not be shown instead */
export function errorPage(status: number, error: Said, requestId: string, second?: Said): WireResponse {
  const title = `${status} ${STATUS_CODES[status] ?? "Error"}`;
  const ids = [`RequestId: ${requestId}`, `HostId: ${hostIdOf(requestId)}`];
  const body = [
    "<html>",
    `<head><title>${title}</title></head>`,
    "<body>",
    `<h1>${title}</h1>`,
    list([...facts(error), ...ids]),
    ...(second
      ? [
          "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>",
          list(facts(second)),
        ]
      : []),
    "<hr/>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
  return { status, headers: { ...errorHeaders(error), "content-type": "text/html; charset=utf-8" }, body };
}

/** What an error answer tells in headers, under whatever page. */
export function errorHeaders({ code, message, members }: Said): Record<string, string> {
  const details = Object.entries(members).filter(([, value]) => typeof value === "string");
  return {
    "x-amz-error-code": code,
    "x-amz-error-message": message,
    ...Object.fromEntries(
      details.map(([name, value]) => [
        `x-amz-error-detail-${name.toLowerCase()}`,
        encodeURI(value as string),
      ]),
    ),
  };
}

function facts({ code, message, members }: Said): string[] {
  const more = Object.entries(members).filter(([, value]) => typeof value === "string");
  return [`Code: ${code}`, `Message: ${message}`, ...more.map(([name, value]) => `${name}: ${value}`)];
}

const list = (items: readonly string[]): string =>
  ["<ul>", ...items.map((item) => `<li>${escapeHtml(item)}</li>`), "</ul>"].join("\n");

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (one) => ESCAPES[one] as string);
