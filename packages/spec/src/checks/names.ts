/** Names Sagekeep composes must be names AWS takes: roles up to 64 characters, buckets up to 63. */

import type { Findings } from "../findings.ts";
import { personaNames } from "../personas.ts";
import { entriesOf, field, listOf, textOf } from "../raw.ts";
import { accessPointName, bucketName, jobRoleName, LOG_BUCKET, roleName } from "../resource-names.ts";

/** Names the platform uses beside data sets: its log bucket, SageMaker's default bucket. */
const RESERVED = [LOG_BUCKET, "default"];
const ROLE = 64;
const BUCKET = 63;
const ACCESS_POINT = 50;

export function checkNames(findings: Findings, raw: unknown): void {
  const platform = textOf(field(raw, "name")) ?? "";
  const region = textOf(field(raw, "region")) ?? "us-east-1";
  const known = personaNames(Object.fromEntries(entriesOf(field(raw, "personas"))));
  for (const [team, value] of entriesOf(field(raw, "teams"))) {
    const personas = entriesOf(field(value, "users")).map(
      ([, user]) => textOf(user) ?? textOf(field(user, "persona")) ?? "",
    );
    const names = [...new Set(personas)]
      .filter((one) => known.includes(one))
      .map((persona) => roleName(platform, team, persona));
    const longest = [
      ...names,
      jobRoleName(platform, team, "processing"),
      jobRoleName(platform, team, "monitoring"),
    ].sort((one, other) => other.length - one.length)[0]!;
    if (longest.length > ROLE)
      findings.add({
        code: "SPEC0401",
        path: ["teams", team],
        at: "key",
        message: `role name \`${longest}\` has ${longest.length} characters`,
        label: `IAM takes ${ROLE}`,
        help: "shorten the name of the platform, the team or the persona",
      });
  }
  for (const [data, value] of entriesOf(field(raw, "data"))) {
    if (RESERVED.includes(data))
      findings.add({
        code: "SPEC0402",
        path: ["data", data],
        at: "key",
        message: `\`${data}\` is a name the platform itself uses`,
        label: "taken",
        help: "choose another name for the data set",
      });
    checkAccessPoints(findings, platform, data, value);
    const name = bucketName(platform, data, "000000000000", region);
    if (name.length > BUCKET)
      findings.add({
        code: "SPEC0401",
        path: ["data", data],
        at: "key",
        message: `bucket name \`${name}\` has ${name.length} characters`,
        label: `S3 takes ${BUCKET}`,
        help: "shorten the name of the platform or of the data set",
      });
  }
}

/** Access point names have 3 to 50 characters. */
function checkAccessPoints(findings: Findings, platform: string, data: string, value: unknown): void {
  if (field(value, "accessPoints") === false) return;
  const teams = [
    field(value, "owner"),
    ...listOf(field(value, "readers")),
    ...listOf(field(value, "writers")),
  ];
  const names = teams.flatMap((team) =>
    typeof team === "string" ? [accessPointName(platform, data, team)] : [],
  );
  const long = names.find((name) => name.length > ACCESS_POINT);
  if (long === undefined) return;
  findings.add({
    code: "SPEC0401",
    path: ["data", data],
    at: "key",
    message: `access point name \`${long}\` has ${long.length} characters`,
    label: `S3 takes ${ACCESS_POINT}`,
    help: "shorten the names, or write `accessPoints: false`",
  });
}
