import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

describe("Logs Insights", () => {
  let cloud: Cloud;
  const logGroupName = "app";
  const logs = (operation: string, input: object = {}) => cloud.call("cloudwatch-logs", operation, input);
  let now: number;
  beforeEach(async () => {
    cloud = await startCloud();
    await logs("CreateLogGroup", { logGroupName });
    await logs("CreateLogStream", { logGroupName, logStreamName: "web/1" });
    now = cloud.runtime.clock.now();
  });
  afterEach(() => cloud.close());

  const put = (...messages: (string | object)[]) =>
    logs("PutLogEvents", {
      logGroupName,
      logStreamName: "web/1",
      logEvents: messages.map((one, index) => ({
        timestamp: now - 60_000 + index,
        message: typeof one === "string" ? one : JSON.stringify(one),
      })),
    });
  const start = (queryString: string, more: object = {}) =>
    logs("StartQuery", {
      logGroupName,
      startTime: Math.floor(now / 1000) - 3600,
      endTime: Math.floor(now / 1000) + 60,
      queryString,
      ...more,
    });
  const ask = async (queryString: string) => {
    const { queryId } = await start(queryString);
    const answer = await logs("GetQueryResults", { queryId });
    return (answer.results as { field: string; value: string }[][]).map((row) =>
      Object.fromEntries(
        row.filter(({ field }) => field !== "@ptr").map(({ field, value }) => [field, value]),
      ),
    );
  };

  it("shows time and message, newest first, where a query names no fields", async () => {
    await put("one", "two", "three");
    const { queryId } = await start("limit 2");
    const { results, status, statistics, queryLanguage } = await logs("GetQueryResults", { queryId });
    expect(results[0].map((one: { field: string }) => one.field)).toEqual(["@timestamp", "@message", "@ptr"]);
    expect(results[0][0].value).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
    expect(results.map((row: { value: string }[]) => row[1]?.value)).toEqual(["three", "two"]);
    expect({ status, queryLanguage }).toEqual({ status: "Complete", queryLanguage: "CWLI" });
    expect(statistics).toMatchObject({ recordsMatched: 3, recordsScanned: 3, logGroupsScanned: 1 });
    const pointer = results[0][2].value;
    const { logRecord } = await logs("GetLogRecord", { logRecordPointer: pointer });
    expect(logRecord).toMatchObject({ "@message": "three", "@logStream": "web/1" });
  });

  it("filters by fields of JSON messages, expressions and lists", async () => {
    await put(
      { level: "ERROR", http: { status: 500 }, ms: 12 },
      { level: "INFO", http: { status: 200 }, ms: 3, ok: true },
      { level: "WARN", http: { status: 404 }, ms: 40 },
    );
    const levels = async (filter: string) =>
      (await ask(`fields level | filter ${filter} | sort level`)).map((row) => row.level);
    expect(await levels("http.status >= 400 and not (level = 'WARN')")).toEqual(["ERROR"]);
    expect(await levels("level in ['WARN', 'INFO']")).toEqual(["INFO", "WARN"]);
    expect(await levels("level not in ['WARN', 'INFO']")).toEqual(["ERROR"]);
    expect(await levels("@message like /(?i)err/")).toEqual(["ERROR"]);
    expect(await levels('@message not like "ERR"')).toEqual(["INFO", "WARN"]);
    expect(await levels("ispresent(ok) and ok = 1")).toEqual(["INFO"]);
    expect(await levels("ms * 2 + 1 > 20 or strlen(level) = 4")).toEqual(["ERROR", "INFO", "WARN"]);
  });

  it("counts by group and period", async () => {
    await put({ p: "/a", ms: 10 }, { p: "/b", ms: 30 }, { p: "/a", ms: 20 }, "no JSON");
    expect(await ask("stats count(*), avg(ms) as mean, max(ms) by p | sort mean desc | limit 2")).toEqual([
      { p: "/b", "count(*)": "1", mean: "30", "max(ms)": "30" },
      { p: "/a", "count(*)": "2", mean: "15", "max(ms)": "20" },
    ]);
    expect(await ask("stats count(ms) as n, sum(ms)/count(ms) as mean, latest(p) as last")).toEqual([
      { n: "3", mean: "20", last: "/a" },
    ]);
    const [row] = await ask("stats count(*) by bin(1d)");
    expect(row).toMatchObject({ "count(*)": "4", "bin(1d)": expect.stringMatching(/ 00:00:00\.000$/) });
  });

  it("parses messages by a glob and by an expression", async () => {
    await put("[ERROR] user=ann took 12 ms", "[INFO] user=bob took 7 ms");
    expect(
      await ask('parse @message "[*] user=* took * ms" as level, user, ms | display user, ms | sort ms'),
    ).toEqual([
      { user: "bob", ms: "7" },
      { user: "ann", ms: "12" },
    ]);
    expect(
      await ask(
        "parse @message /(user)=(?<who>\\w+)/ | stats count_distinct(who) as n, median(strlen(who)) as m",
      ),
    ).toEqual([{ n: "2", m: "3" }]);
  });

  it("keeps queries and lists them as AWS writes them", async () => {
    const { queryId } = await start("fields @message");
    const { queries } = await logs("DescribeQueries", { logGroupName, status: "Complete" });
    expect(queries).toEqual([
      {
        queryLanguage: "CWLI",
        queryId,
        queryString: `SOURCE "app" START=${Math.floor(now / 1000) - 3600}000 END=${Math.floor(now / 1000) + 60}999 | fields @message`,
        status: "Complete",
        createTime: expect.any(Number),
        logGroupName,
      },
    ]);
    expect((await logs("DescribeQueries", { status: "Scheduled" })).queries).toEqual([]);
    expect((await logs("ListLogGroupsForQuery", { queryId })).logGroupIdentifiers).toEqual([logGroupName]);
    await expect(logs("ListLogGroupsForQuery", { queryId: "none" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  it.each([
    ["fields @message |", "MalformedQueryException"],
    ["filter a = ", "MalformedQueryException"],
    ["frobnicate x", "MalformedQueryException"],
    ["filter nosuch(x) = 1", "MalformedQueryException"],
    ["filter @message like /(a+)+b/", "MalformedQueryException"],
    [`filter ${"(".repeat(3000)}`, "MalformedQueryException"],
    ["limit 0", "MalformedQueryException"],
    ['parse @message "a*b" as c, d', "MalformedQueryException"],
    ["pattern @message", "UnsupportedOperationException"],
  ])("refuses %s", async (query, code) => {
    await expect(start(query)).rejects.toMatchObject({ code });
  });

  it("wants groups that are there, said in one way", async () => {
    await expect(start("fields a", { logGroupName: "gone" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
      message: expect.stringContaining("Log group 'gone' does not exist for account ID '111122223333'"),
    });
    await expect(start("fields a", { logGroupNames: ["app"] })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });

  it("saves definitions of queries", async () => {
    const queryString = "fields @message";
    const { queryDefinitionId } = await logs("PutQueryDefinition", { name: "a/b", queryString });
    await logs("PutQueryDefinition", { name: "a/c", queryString, queryDefinitionId, logGroupNames: ["x"] });
    const { queryDefinitions } = await logs("DescribeQueryDefinitions", { queryDefinitionNamePrefix: "a/" });
    expect(queryDefinitions).toMatchObject([{ name: "a/c", queryDefinitionId, logGroupNames: ["x"] }]);
    expect(await logs("DeleteQueryDefinition", { queryDefinitionId })).toMatchObject({ success: true });
    await expect(logs("DeleteQueryDefinition", { queryDefinitionId })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });
});
