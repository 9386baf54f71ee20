/** Runs the SQL in an embedded DuckDB over events, whatever their source. DuckDB loads on first use. */

import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolkitError } from "../../errors.ts";
import type { TrailEvent } from "./events.ts";
import { columns, table } from "./sql.ts";

export type Row = Record<string, unknown>;

/** @throws ToolkitError when the SQL is wrong, with DuckDB's words */
export async function queryEvents(
  events: AsyncIterable<TrailEvent>,
  sql: string,
): Promise<{ rows: Row[]; read: number }> {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-trail-"));
  try {
    const file = join(folder, "events.ndjson");
    const read = await write(events, file);
    const { DuckDBInstance } = await import("@duckdb/node-api").catch((error: unknown) => {
      throw new ToolkitError("TRAIL0003", "DuckDB is not installed", {
        help: "it is an optional package: `npm install @duckdb/node-api`",
        cause: error,
      });
    });
    // only what is in the table can be read: no other files, no network
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    try {
      const types = Object.entries(columns)
        .map(([name, type]) => `${name}: '${type}'`)
        .join(", ");
      await connection.run(
        `CREATE TABLE ${table} AS SELECT * FROM read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited', columns = {${types}})`,
      );
      await connection.run("SET enable_external_access = false");
      const result = await connection.runAndReadAll(sql).catch((error: Error) => {
        throw new ToolkitError("TRAIL0004", `the query failed: ${error.message}`, {
          help: `the table is \`${table}\` with the columns ${Object.keys(columns).join(", ")}`,
          exit: "invalid",
        });
      });
      return { rows: result.getRowObjectsJson() as Row[], read };
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Events as rows: lower-case names, parameters as text, as Athena sees them. */
async function write(events: AsyncIterable<TrailEvent>, file: string): Promise<number> {
  const out = createWriteStream(file);
  let count = 0;
  for await (const event of events) {
    count++;
    if (!out.write(`${JSON.stringify(rowOf(event))}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  return count;
}

function rowOf(event: TrailEvent): Row {
  const { userIdentity: by } = event;
  const context = by?.sessionContext;
  return {
    eventtime: event.eventTime,
    eventsource: event.eventSource,
    eventname: event.eventName,
    awsregion: event.awsRegion,
    sourceipaddress: event.sourceIPAddress,
    errorcode: event.errorCode,
    errormessage: event.errorMessage,
    requestid: event.requestID,
    eventid: event.eventID,
    vpcendpointid: event.vpcEndpointId,
    readonly: event.readOnly === undefined ? undefined : String(event.readOnly),
    requestparameters: event.requestParameters ? JSON.stringify(event.requestParameters) : undefined,
    useridentity: {
      type: by?.type,
      arn: by?.arn,
      username: by?.userName,
      sessioncontext: {
        sessionissuer: { arn: context?.sessionIssuer?.arn, username: context?.sessionIssuer?.userName },
        sourceidentity: context?.sourceIdentity,
      },
    },
    resources: (event.resources ?? []).map((one) => ({
      arn: one.ARN,
      accountid: one.accountId,
      type: one.type,
    })),
  };
}
