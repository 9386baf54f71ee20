/**
 * The questions as SQL that DuckDB and Athena both understand, on one table with the columns of Athena's own
 * CloudTrail table. https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html
 */

export interface TrailFilter {
  /** A Studio user (source identity), an IAM user, or a role. */
  user?: string;
  /** Several users, e.g. a team's. */
  users?: readonly string[];
  /** Part of an ARN or name that the call is about. */
  resource?: string;
  /** Only failures; a text narrows to error codes that contain it. */
  error?: boolean | string;
  /** Event name, e.g. `CreateApp`. */
  event?: string;
  since?: Date;
  until?: Date;
  /** @default 100 */
  limit?: number;
}

export const table = "cloudtrail_logs";

/** Column → type, in a notation both engines share. */
export const columns: Readonly<Record<string, string>> = {
  eventtime: "VARCHAR",
  eventsource: "VARCHAR",
  eventname: "VARCHAR",
  awsregion: "VARCHAR",
  sourceipaddress: "VARCHAR",
  errorcode: "VARCHAR",
  errormessage: "VARCHAR",
  requestid: "VARCHAR",
  eventid: "VARCHAR",
  vpcendpointid: "VARCHAR",
  readonly: "VARCHAR",
  requestparameters: "VARCHAR",
  useridentity:
    "STRUCT(type VARCHAR, arn VARCHAR, username VARCHAR, sessioncontext STRUCT(sessionissuer STRUCT(arn VARCHAR, username VARCHAR), sourceidentity VARCHAR))",
  resources: "STRUCT(arn VARCHAR, accountid VARCHAR, type VARCHAR)[]",
};

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
/** A pattern that contains the text itself: `%` and `_` in it are no wildcards. */
const containing = (text: string) => `${quote(`%${text.replace(/[\\%_]/g, "\\$&")}%`)} ESCAPE '\\'`;

const who =
  "COALESCE(useridentity.sessioncontext.sourceidentity, useridentity.username, useridentity.sessioncontext.sessionissuer.username, useridentity.arn)";

function isUser(user: string): string {
  const name = quote(user);
  return `(useridentity.sessioncontext.sourceidentity = ${name} OR useridentity.username = ${name} OR useridentity.sessioncontext.sessionissuer.username = ${name} OR useridentity.arn = ${name})`;
}

/** SELECT for a filter. */
export function selectEvents(filter: TrailFilter): string {
  const where: string[] = [];
  if (filter.user) where.push(isUser(filter.user));
  if (filter.users) where.push(filter.users.length ? `(${filter.users.map(isUser).join(" OR ")})` : "1 = 0");
  if (filter.resource) {
    const like = containing(filter.resource);
    where.push(`(requestparameters LIKE ${like} OR CAST(resources AS VARCHAR) LIKE ${like})`);
  }
  if (filter.error === true) where.push("errorcode IS NOT NULL");
  else if (filter.error) where.push(`errorcode LIKE ${containing(filter.error)}`);
  if (filter.event) where.push(`eventname = ${quote(filter.event)}`);
  if (filter.since) where.push(`eventtime >= ${quote(iso(filter.since))}`);
  if (filter.until) where.push(`eventtime <= ${quote(iso(filter.until))}`);
  return [
    `SELECT eventtime, ${who} AS who, eventsource, eventname, errorcode, errormessage, sourceipaddress, vpcendpointid, requestparameters`,
    `FROM ${table}`,
    ...(where.length ? [`WHERE ${where.join("\n  AND ")}`] : []),
    "ORDER BY eventtime DESC",
    `LIMIT ${Math.max(1, Math.floor(filter.limit ?? 100))}`,
  ].join("\n");
}

const iso = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;

/** The table for Athena over a trail's bucket. */
export function athenaTable(location: string): string {
  const hive = (type: string): string =>
    type
      .replaceAll("VARCHAR", "string")
      .replace(/STRUCT\(([\s\S]*)\)\[\]/, "array<struct<$1>>")
      .replaceAll("STRUCT(", "struct<")
      .replaceAll(")", ">")
      .replace(/(\w+) (string|struct)/g, "$1:$2")
      .replaceAll(", ", ",");
  const list = Object.entries(columns).map(([name, type]) => `  ${name} ${hive(type)}`);
  return [
    `CREATE EXTERNAL TABLE ${table} (`,
    list.join(",\n"),
    ")",
    "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'",
    "STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'",
    "OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'",
    `LOCATION ${quote(location)};`,
  ].join("\n");
}
