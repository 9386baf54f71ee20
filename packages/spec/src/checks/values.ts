/** What two values of the file say together: storage limits, expiry dates, identity modes, perimeter. */

import type { Findings } from "../findings.ts";
import { entriesOf, field, listOf, textOf } from "../raw.ts";

/** `today` is an ISO date, so that a test can choose it. */
export function checkValues(findings: Findings, raw: unknown, today: string): void {
  for (const [name, value] of entriesOf(field(raw, "domains"))) {
    const storage = field(value, "storage");
    const initial = field(storage, "default") ?? 5;
    const max = field(storage, "max") ?? 100;
    if (typeof initial === "number" && typeof max === "number" && initial > max)
      findings.add({
        code: "SPEC0501",
        path: ["domains", name, "storage"],
        message: `default storage of ${initial} GB is more than the maximum of ${max} GB`,
        label: "default above max",
        help: `raise \`max\` to ${initial} or lower \`default\``,
      });
    if (field(value, "auth") === "SSO" && field(raw, "identityCenter") === undefined) {
      const groups = entriesOf(field(raw, "teams")).filter(
        ([, team]) => field(team, "domain") === name && listOf(field(team, "groups")).length > 0,
      );
      if (groups.length > 0)
        findings.add({
          code: "SPEC0502",
          path: ["domains", name, "auth"],
          message: `teams of domain \`${name}\` name Identity Center groups, the file names no instance`,
          label: "SSO without `identityCenter`",
          help: "add `identityCenter: { instance: arn:aws:sso:::instance/ssoins-…, groups: { … } }`",
        });
    }
  }
  for (const [team, value] of entriesOf(field(raw, "teams"))) {
    const domain = field(field(raw, "domains"), textOf(field(value, "domain")) ?? "");
    const sso = field(domain, "auth") === "SSO";
    const groups = entriesOf(field(field(raw, "identityCenter"), "groups")).map(([name]) => name);
    for (const [index, group] of listOf(field(value, "groups")).entries()) {
      if (!sso && domain !== undefined)
        findings.add({
          code: "SPEC0502",
          path: ["teams", team, "groups", index],
          message: `group \`${String(group)}\` needs a domain in Identity Center mode`,
          label: "the domain's auth is IAM",
          help: "set `auth: SSO` on the domain, or remove `groups`",
        });
      else if (field(raw, "identityCenter") !== undefined && !groups.includes(String(group)))
        findings.add({
          code: "SPEC0502",
          path: ["teams", team, "groups", index],
          message: `unknown group \`${String(group)}\``,
          label: "not in `identityCenter.groups`",
          help: "add its id under `identityCenter.groups`",
        });
    }
    for (const [user, written] of entriesOf(field(value, "users")))
      if (field(written, "identity") !== undefined && !sso && domain !== undefined)
        findings.add({
          code: "SPEC0502",
          path: ["teams", team, "users", user, "identity"],
          message: `user \`${user}\` names an Identity Center identity in a domain with IAM auth`,
          label: "the domain's auth is IAM",
          help: "set `auth: SSO` on the domain, or remove `identity`",
        });
  }
  for (const [index, value] of listOf(field(raw, "exceptions")).entries())
    checkExpiry(findings, value, index, today);
}

function checkExpiry(findings: Findings, value: unknown, index: number, today: string): void {
  const written = textOf(field(value, "expires"));
  if (written === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(written)) return;
  const path = ["exceptions", index, "expires"];
  const date = new Date(`${written}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== written)
    findings.add({
      code: "SPEC0503",
      path,
      message: `\`${written}\` is not a day of the calendar`,
      label: "expected a date",
    });
  else if (written <= today)
    findings.add({
      code: "SPEC0503",
      path,
      message: `the exception expired on ${written}`,
      label: "expired",
      help: "remove the exception, or have it approved again with a new date",
    });
  else if (date.getTime() - Date.parse(`${today}T00:00:00Z`) > 366 * 86_400_000)
    findings.add({
      code: "SPEC0503",
      path,
      message: `the exception runs until ${written}, more than a year`,
      label: "too far away",
      help: "an exception lasts a year at most: choose an earlier date",
    });
}
