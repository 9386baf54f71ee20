import { describe, expect, it } from "vitest";
import { checkStackPolicy, isStackPolicy, type UpdateAction } from "./stack-policy.ts";

const policy = (...Statement: object[]) => JSON.stringify({ Statement });
const open = { Effect: "Allow", Action: "Update:*", Principal: "*", Resource: "*" };
const check = (
  text: string | undefined,
  action: UpdateAction,
  logicalId = "Data",
  type = "AWS::S3::Bucket",
) => {
  try {
    checkStackPolicy(text, action, { logicalId, type });
    return "allowed";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("a stack policy", () => {
  it("allows everything when there is none, and only what it names when there is one", () => {
    expect(check(undefined, "Update:Delete")).toBe("allowed");
    expect(check(policy(open), "Update:Replace")).toBe("allowed");
    expect(check(policy({ ...open, Action: "Update:Modify" }), "Update:Replace")).toMatch(
      /^Action not allowed by stack policy/,
    );
    expect(check(policy({ ...open, Resource: "LogicalResourceId/Web*" }), "Update:Modify", "WebServer")).toBe(
      "allowed",
    );
    expect(
      check(policy({ ...open, NotResource: "LogicalResourceId/Data", Resource: undefined }), "Update:Modify"),
    ).toMatch(/not allowed/);
  });
  it("is about anybody's updates, or empty", () => {
    // as recorded on AWS by LocalStack's suite
    for (const text of ["{}", policy(), policy(open), policy({ ...open, Action: ["Update:Modify"] })]) {
      expect(isStackPolicy(text), text).toBe(true);
    }
    expect(check("{}", "Update:Delete")).toBe("allowed");
    for (const text of [
      "not JSON",
      "[]",
      JSON.stringify({ Statements: [open] }),
      policy({ ...open, Principal: "arn:aws:iam::111122223333:user/ana" }),
      policy({ ...open, Principal: undefined }),
      policy({ ...open, Action: "Delete:*" }),
      policy({ ...open, Effect: "Maybe" }),
      policy({ ...open, Resource: undefined }),
    ]) {
      expect(isStackPolicy(text), text).toBe(false);
    }
  });
  it("lets a denial win, by resource, action and type", () => {
    const deny = {
      Effect: "Deny",
      Action: ["Update:Replace", "Update:Delete"],
      Principal: "*",
      Resource: "LogicalResourceId/Data",
    };
    expect(check(policy(open, deny), "Update:Replace")).toBe(
      "Action denied by stack policy: Statement [#2] does not allow [Update:Replace] for resource [Data]",
    );
    expect(check(policy(open, deny), "Update:Modify")).toBe("allowed");
    const byType = {
      Effect: "Deny",
      Action: "Update:*",
      Principal: "*",
      Resource: "*",
      Condition: { StringLike: { ResourceType: ["AWS::RDS::*", "AWS::S3::*"] } },
    };
    expect(check(policy(byType, open), "Update:Modify")).toMatch(/Statement \[#1\]/);
    expect(check(policy(byType, open), "Update:Modify", "V", "AWS::EC2::VPC")).toBe("allowed");
  });
});
