/** Every name that points at another part of the file must point at something, and a user belongs to one team. */

import type { Findings } from "../findings.ts";
import { personaNames } from "../personas.ts";
import { entriesOf, field, listOf, textOf } from "../raw.ts";
import type { Path } from "../source.ts";
import { didYouMean } from "../suggest.ts";

export function checkReferences(findings: Findings, raw: unknown): void {
  const domains = entriesOf(field(raw, "domains")).map(([name]) => name);
  const teams = entriesOf(field(raw, "teams"));
  const teamNames = teams.map(([name]) => name);
  const personas = personaNames(Object.fromEntries(entriesOf(field(raw, "personas"))));

  if (field(raw, "domains") !== undefined && domains.length === 0)
    findings.add({
      code: "SPEC0201",
      path: ["domains"],
      at: "key",
      message: "the platform has no domain",
      label: "expected at least one",
      help: "add one: `domains: { main: { auth: IAM } }`",
    });

  const refer = (
    path: Path,
    value: unknown,
    known: readonly string[],
    code: string,
    word: string,
    plural: string,
  ) => {
    const name = textOf(value);
    if (name === undefined || known.includes(name)) return;
    const help = didYouMean(name, known, plural);
    findings.add({ code, path, message: `unknown ${word} \`${name}\``, label: `not a ${word}`, help });
  };

  for (const [team, value] of teams) {
    refer(["teams", team, "domain"], field(value, "domain"), domains, "SPEC0201", "domain", "domains");
    for (const [user, written] of entriesOf(field(value, "users"))) {
      const path = ["teams", team, "users", user];
      if (typeof written === "string") refer(path, written, personas, "SPEC0104", "persona", "personas");
      else
        refer([...path, "persona"], field(written, "persona"), personas, "SPEC0104", "persona", "personas");
    }
    const users = entriesOf(field(value, "users")).map(([name]) => name);
    for (const [space, written] of entriesOf(field(value, "spaces")))
      refer(
        ["teams", team, "spaces", space, "owner"],
        field(written, "owner"),
        users,
        "SPEC0205",
        "user",
        "users of the team",
      );
  }

  for (const [name, value] of entriesOf(field(raw, "data"))) {
    refer(["data", name, "owner"], field(value, "owner"), teamNames, "SPEC0202", "team", "teams");
    for (const list of ["readers", "writers"] as const)
      for (const [index, team] of listOf(field(value, list)).entries())
        refer(["data", name, list, index], team, teamNames, "SPEC0202", "team", "teams");
  }

  for (const [name, value] of entriesOf(field(raw, "personas")))
    refer(
      ["personas", name, "extends"],
      field(value, "extends"),
      personas,
      "SPEC0104",
      "persona",
      "personas",
    );

  for (const [index, value] of listOf(field(raw, "exceptions")).entries()) {
    refer(["exceptions", index, "team"], field(value, "team"), teamNames, "SPEC0202", "team", "teams");
    refer(
      ["exceptions", index, "persona"],
      field(value, "persona"),
      personas,
      "SPEC0104",
      "persona",
      "personas",
    );
  }
  checkUsersOnce(findings, teams);
}

/** User profile names must differ in the whole file: source identity and logs know a user by name alone. */
function checkUsersOnce(findings: Findings, teams: readonly [string, unknown][]): void {
  const seen = new Map<string, { team: string; domain: string | undefined; name: string }>();
  for (const [team, value] of teams)
    for (const [user] of entriesOf(field(value, "users"))) {
      const domain = textOf(field(value, "domain"));
      // SageMaker and EFS tell names apart by case, people do not.
      const before = seen.get(user.toLowerCase());
      if (before === undefined) {
        seen.set(user.toLowerCase(), { team, domain, name: user });
        continue;
      }
      const where =
        before.domain !== domain
          ? `two domains, \`${before.domain}\` and \`${domain}\``
          : `two teams, \`${before.team}\` and \`${team}\``;
      findings.add({
        code: "SPEC0204",
        path: ["teams", team, "users", user],
        at: "key",
        message: `user \`${user}\` is in ${where}`,
        label: `already a user of team \`${before.team}\``,
        help: `remove one of them, or give the second profile a name of its own, such as \`${user}-${domain ?? team}\``,
      });
    }
}
