import { describe, expect, it } from "vitest";
import { isPolicyDate } from "./date-condition.ts";
import { checkIdentityPolicy, policySize } from "./document.ts";
import { allAwsManaged } from "./managed/aws-managed.ts";

const good = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:111122223333:q" };
const text = (statement: unknown, version: string | undefined = "2012-10-17") =>
  JSON.stringify({ ...(version !== "" && { Version: version }), Statement: statement });
const complaint = (document: string) => {
  try {
    checkIdentityPolicy(document);
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("policy documents", () => {
  it("of AWS itself are all taken", () => {
    for (const one of allAwsManaged()) checkIdentityPolicy(one.document, "inline");
  });

  it.each([
    [text({ ...good, Effect: "ALLOW" }), "The policy failed legacy parsing"],
    [text({ ...good, Effect: "Perhaps" }), "Syntax errors in policy."],
    [text({ ...good, Effect: "ALLOW" }, ""), "Policy document must be version 2012-10-17 or greater."],
    [
      text({ ...good, Condition: { DateLessThan: { "aws:CurrentTime": "soon" } } }),
      "The policy failed legacy parsing",
    ],
    [text({ ...good, Condition: { NoSuchOperator: {} } }), "none"],
    [text({ ...good, Condition: { NoSuchOperator: { k: "v" } } }), "Syntax errors in policy."],
    [text({ ...good, Resource: "arn:aws:sqs::q" }), "The policy failed legacy parsing"],
    [
      text({ ...good, Resource: "arn:mars:sqs:::q" }),
      'Partition "mars" is not valid for resource "arn:mars:sqs:::q".',
    ],
    [text({ ...good, Resource: "queue" }), 'Resource queue must be in ARN format or "*".'],
    [text({ ...good, Action: "no:such:thing", Resource: "q" }), 'Resource q must be in ARN format or "*".'],
    [text({ ...good, Action: "no:such:thing" }), "Actions/Condition can contain only one colon."],
    [text({ Effect: "Deny", Action: "nothing" }), "Policy statement must contain resources."],
    [
      text({ ...good, Resource: "arn:aws:iam::111122223333:lamp" }),
      expect.stringMatching(/^IAM resource path must/),
    ],
    [text({ ...good, Resource: "arn:aws:iam::111122223333:role/*" }), "none"],
    ["[]", "Syntax errors in policy."],
    [
      `{"Version":"2012-10-17","Statement":${"[".repeat(5000)}${"]".repeat(5000)}}`,
      "Syntax errors in policy.",
    ],
  ])("%.120s", (document, expected) => {
    expect(complaint(document)).toEqual(expected);
  });

  it("count no white space between tokens towards quotas", () => {
    expect(policySize('{ "a b" :\n\t"c\\" d" }')).toBe('{"a b":"c\\" d"}'.length);
  });

  it("take dates as IAM reads them", () => {
    for (const date of ["0", "1893456000", "2016", "2016-12", "2016-12-13T02:00:00Z", "01T", "-5-01-01"]) {
      expect(isPolicyDate(date), date).toBe(true);
    }
    for (const date of ["", "soon", "2016-13", "2016-12-13T25", "2016-12-13T02:00:00+1", "1-2-3-4"]) {
      expect(isPolicyDate(date), date).toBe(false);
    }
  });
});
