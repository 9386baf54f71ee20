import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { compilePattern } from "./filter-pattern.ts";

describe("filter patterns", () => {
  const cases: [pattern: string, message: string, matches: boolean][] = [
    ["", "anything", true],
    ["ERROR", "an ERROR here", true],
    ["ERROR", "an error here", false],
    ["ERROR Timeout", "Timeout of ERROR", true],
    ["?ERROR ?WARN", "WARN: x", true],
    ["?ERROR ?WARN", "INFO", false],
    ["ERROR -Exit", "ERROR Exit", false],
    ['"exit code"', "bad exit code 3", true],
    ["%a[0-9]+b%", "xxa12b", true],
    ['{ $.action = "REJECT" }', '{"action":"REJECT"}', true],
    ['{ $.n > 3 && $.s = "a*" }', '{"n":4,"s":"abc"}', true],
    ['{ ($.n > 3) || ($.s != "x") }', '{"n":1,"s":"x"}', false],
    ["{ $.a.b[1] = 2 }", '{"a":{"b":[1,2]}}', true],
    ["{ $.gone NOT EXISTS }", "{}", true],
    ["{ $.x IS NULL }", '{"x":null}', true],
    ["{ $.n > 3 }", "not json", false],
    ["[ip, user, status=4*]", "1.2.3.4 joe 404", true],
    ["[ip, user, status=4*]", "1.2.3.4 joe 200", false],
    ["[..., size > 100, ms]", 'a b "c d" 200 7', true],
    ["[a, b = x || b = y]", "1 y", true],
    // the last field is the rest of the line: "[w1=ERROR, w2]" of the user guide is for lines of seven words
    ["[a]", "1 2", true],
    ["[w1=ERROR, w2]", "ERROR 09/25/2014 12:00:02 Failed to process request", true],
    ["[w1=ERROR, w2]", "ERROR", false],
    ["[a, b = *x, c]", 'one "two x" three four', true],
    ['{ $.list[*] = "b" }', '{"list":["a","b"]}', true],
    ["{ $.items[*].n > 2 }", '{"items":[{"n":1},{"n":3}]}', true],
    ["{ $.* = 7 }", '{"a":1,"b":7}', true],
    ["{ $.['a.b'] = 1 }", '{"a.b":1}', true],
    ["{ $.items[*].gone NOT EXISTS }", '{"items":[{"n":1}]}', true],
  ];
  it.each(cases)("%s on %s: %s", (pattern, message, matches) => {
    expect(compilePattern(pattern)(message) !== undefined).toBe(matches);
  });
  it.each([
    "{ $.a = }",
    "{ a = 1 }",
    "[a",
    "{ ($.a = 1 }",
    "%(a+)+%",
    "%(ERROR|WARN)%",
    "%hello!%",
    "%caf\u00e9%",
    '"ERROR',
    "{ $.a EXISTS }",
    "{ $.a IS NOT NULL }",
    "{ $.a == 1 }",
    "{ $.a > 0 AND $.a < 2 }",
    '{ $.a > "b" }',
    "{ $.a[*].* = 1 }",
    "{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }",
    "{ $.a = %b% || $.a = %c% || $.a = %d% }",
    "{ $..a = 1 }",
    "{ $.a[-1] = 1 }",
    "[..., status, ...]",
    "[word, word]",
  ])("refuses %s", (pattern) => {
    expect(() => compilePattern(pattern)).toThrow("Invalid filter pattern");
  });
});

describe("log events", () => {
  let cloud: Cloud;
  const logGroupName = "/aws/sagemaker/jobs";
  const logStreamName = "a/b-1";
  const logs = (operation: string, input: object = {}) => cloud.call("cloudwatch-logs", operation, input);
  const code = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: { code: string }) => error.code,
    );
  beforeEach(async () => {
    cloud = await startCloud();
    await logs("CreateLogGroup", { logGroupName });
    await logs("CreateLogStream", { logGroupName, logStreamName });
  });
  afterEach(() => cloud.close());
  const put = (...messages: string[]) => {
    const now = cloud.runtime.clock.now();
    const logEvents = messages.map((message, index) => ({
      timestamp: now - messages.length + index,
      message,
    }));
    return logs("PutLogEvents", { logGroupName, logStreamName, logEvents });
  };
  const texts = (answer: { events: { message: string }[] }) => answer.events.map((one) => one.message);

  it("are read forwards and backwards to where the token stays the same", async () => {
    await put("1", "2", "3", "4", "5");
    const head = await logs("GetLogEvents", { logGroupName, logStreamName, startFromHead: true, limit: 2 });
    expect(texts(head)).toEqual(["1", "2"]);
    const rest = await logs("GetLogEvents", {
      logGroupName,
      logStreamName,
      nextToken: head.nextForwardToken,
    });
    expect(texts(rest)).toEqual(["3", "4", "5"]);
    const end = await logs("GetLogEvents", { logGroupName, logStreamName, nextToken: rest.nextForwardToken });
    expect(end.events).toEqual([]);
    expect(end.nextForwardToken).toBe(rest.nextForwardToken);
    const tail = await logs("GetLogEvents", { logGroupName, logStreamName, limit: 2 });
    expect(texts(tail)).toEqual(["4", "5"]);
    const before = await logs("GetLogEvents", {
      logGroupName,
      logStreamName,
      limit: 2,
      nextToken: tail.nextBackwardToken,
    });
    expect(texts(before)).toEqual(["2", "3"]);
  });

  it("are searched over streams, page by page", async () => {
    await logs("CreateLogStream", { logGroupName, logStreamName: "other" });
    await put("ERROR a", "ok", "ERROR b");
    const now = cloud.runtime.clock.now();
    const logEvents = [{ timestamp: now, message: "ERROR c" }];
    await logs("PutLogEvents", { logGroupName, logStreamName: "other", logEvents });
    const first = await logs("FilterLogEvents", { logGroupName, filterPattern: "ERROR", limit: 2 });
    expect(texts(first)).toEqual(["ERROR a", "ERROR b"]);
    const second = await logs("FilterLogEvents", {
      logGroupName,
      filterPattern: "ERROR",
      limit: 2,
      nextToken: first.nextToken,
    });
    expect(texts(second)).toEqual(["ERROR c"]);
    expect(second.nextToken).toBeUndefined();
  });

  it("go when their retention is over", async () => {
    await put("old");
    await logs("PutRetentionPolicy", { logGroupName, retentionInDays: 1 });
    await cloud.runtime.clock.advance(2 * 86_400_000);
    expect(texts(await logs("GetLogEvents", { logGroupName, logStreamName }))).toEqual([]);
    expect(await code(logs("PutRetentionPolicy", { logGroupName, retentionInDays: 2 }))).toBe(
      "InvalidParameterException",
    );
  });

  it("must be in order, and in a stream that is there", async () => {
    const now = cloud.runtime.clock.now();
    const logEvents = [
      { timestamp: now, message: "b" },
      { timestamp: now - 1, message: "a" },
    ];
    expect(await code(logs("PutLogEvents", { logGroupName, logStreamName, logEvents }))).toBe(
      "InvalidParameterException",
    );
    expect(await code(logs("PutLogEvents", { logGroupName, logStreamName: "no", logEvents }))).toBe(
      "ResourceNotFoundException",
    );
    expect(await code(logs("CreateLogGroup", { logGroupName }))).toBe("ResourceAlreadyExistsException");
  });
});
