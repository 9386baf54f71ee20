/** Links of a lab: inner ones must lead somewhere, outer ones go over HTTPS to hosts that are known. */
import type { Lab } from "../model.ts";

/** Hosts that the labs may point at: standards, AWS's own documentation, the project, data and papers. */
const hosts = [
  "docs.aws.amazon.com",
  "aws.amazon.com",
  "repost.aws",
  "github.com",
  "archive.ics.uci.edu",
  "doi.org",
  "nodejs.org",
  "csrc.nist.gov",
  "datatracker.ietf.org",
  "www.rfc-editor.org",
  "calculator.aws",
  "registry.opendata.aws",
  "boto3.amazonaws.com",
  "awscli.amazonaws.com",
];

/** @param targets what inner links (`#1.2`, `#01-domain`) may name. @returns what is wrong, or nothing */
export function checkLink(url: string, targets: ReadonlySet<string>): string | undefined {
  if (url.startsWith("#"))
    return targets.has(url.slice(1)) ? undefined : `the link \`${url}\` leads to no step, lab or diagram`;
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return `\`${url}\` is no link: expected https://…, or #step`;
  }
  if (parsed.protocol !== "https:") return `\`${url}\` does not use HTTPS`;
  if (!hosts.includes(parsed.hostname))
    return `\`${url}\` leads to ${parsed.hostname}, which is not on the list of hosts`;
  return undefined;
}

/** What inner links may name, over all labs. */
export function linkTargets(labs: readonly Lab[], diagrams: readonly string[]): ReadonlySet<string> {
  return new Set([
    ...labs.flatMap(({ slug, steps }) => [slug, ...steps.map(({ id }) => id)]),
    ...diagrams.map((name) => `diagram-${name}`),
  ]);
}

/** Really fetches a page. @returns what is wrong, or nothing */
export async function fetchLink(url: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(20_000);
    let answer = await fetch(url, { method: "HEAD", redirect: "follow", signal });
    if (!answer.ok) answer = await fetch(url, { redirect: "follow", signal });
    await answer.body?.cancel();
    return answer.ok ? undefined : `\`${url}\` answers ${answer.status}`;
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    return `\`${url}\` cannot be fetched: ${cause?.message ?? message}`;
  }
}
