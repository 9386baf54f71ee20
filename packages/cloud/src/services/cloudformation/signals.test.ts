/** Wait conditions and signals, over HTTP and by SignalResource; time limits of stacks. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
const errors: unknown[] = [];
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0, onError: (error) => errors.push(error) });
});
afterAll(async () => {
  await cloud.close();
  expect(errors).toEqual([]);
});

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const stackOf = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const reasons = async (StackName: string): Promise<string[]> =>
  (await cfn("DescribeStackEvents", { StackName })).StackEvents.map(
    (one: { LogicalResourceId: string; ResourceStatus: string; ResourceStatusReason?: string }) =>
      `${one.LogicalResourceId} ${one.ResourceStatus} ${one.ResourceStatusReason ?? ""}`.trim(),
  );

/** Starts the stack without waiting, and gives the physical id of `logicalId` once there is one. */
async function begin(StackName: string, template: object, logicalId: string, more: object = {}) {
  const done = cfn("CreateStack", { StackName, TemplateBody: JSON.stringify(template), ...more });
  for (;;) {
    const { StackResources = [] } = await cfn("DescribeStackResources", { StackName }).catch(() => ({}));
    const found = StackResources.find(
      (one: { LogicalResourceId: string; PhysicalResourceId?: string }) =>
        one.LogicalResourceId === logicalId && one.PhysicalResourceId,
    );
    if (found) return { done, id: found.PhysicalResourceId as string };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function ended(StackName: string): Promise<string> {
  for (;;) {
    const { StackStatus } = await stackOf(StackName);
    if (!StackStatus.endsWith("_IN_PROGRESS")) return StackStatus;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const withHandle = (Count: number, Timeout = "3600") => ({
  Resources: {
    Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
    Wait: {
      Type: "AWS::CloudFormation::WaitCondition",
      Properties: { Handle: { Ref: "Handle" }, Timeout, Count },
    },
  },
  Outputs: { Data: { Value: { "Fn::GetAtt": ["Wait", "Data"] } } },
});
const put = (url: string, body: unknown) =>
  fetch(url, { method: "PUT", body: typeof body === "string" ? body : JSON.stringify(body) });

describe("a wait condition", () => {
  it("completes with the data of its signals", async () => {
    const { id } = await begin("two", withHandle(2), "Handle");
    expect(id).toContain("cloudformation-waitcondition-us-east-1/arn%3Aaws%3Acloudformation");
    expect((await put(id, { Status: "SUCCESS", UniqueId: "a", Data: "first", Reason: "r" })).status).toBe(
      200,
    );
    // the same unique id again, and what is no signal, do not count
    await put(id, { Status: "SUCCESS", UniqueId: "a", Data: "again", Reason: "r" });
    await put(id, "nonsense");
    expect((await stackOf("two")).StackStatus).toBe("CREATE_IN_PROGRESS");
    await put(id, { Status: "SUCCESS", UniqueId: "b", Data: "second", Reason: "r" });
    expect(await ended("two")).toBe("CREATE_COMPLETE");
    const [{ OutputValue }] = (await stackOf("two")).Outputs;
    expect(JSON.parse(OutputValue)).toEqual({ a: "again", b: "second" });
  });

  it("refuses another's signature and another method", async () => {
    const { id } = await begin("strange", withHandle(1), "Handle");
    const forged = id.replace(/Signature=[^&]+/, "Signature=abc");
    const answer = await put(forged, { Status: "SUCCESS", UniqueId: "a", Data: "", Reason: "" });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<Code>AccessDenied</Code>");
    expect((await fetch(id)).status).toBe(405);
    await put(id, { Status: "FAILURE", UniqueId: "i-1", Reason: "no luck", Data: "" });
    expect(await ended("strange")).toBe("ROLLBACK_COMPLETE");
    expect(await reasons("strange")).toContain(
      "Wait CREATE_FAILED WaitCondition received failed message: 'no luck' for uniqueId: i-1",
    );
  });

  it("fails when its time is over", async () => {
    await begin("late", withHandle(1, "600"), "Wait");
    await cloud.runtime.clock.advance(601_000);
    expect(await ended("late")).toBe("ROLLBACK_COMPLETE");
    expect(await reasons("late")).toContain(
      "Wait CREATE_FAILED WaitCondition timed out. Received 0 conditions when expecting 1",
    );
  });

  it("waits for SignalResource where it has a creation policy", async () => {
    const template = {
      Resources: {
        Wait: {
          Type: "AWS::CloudFormation::WaitCondition",
          CreationPolicy: { ResourceSignal: { Count: "1", Timeout: "PT15M" } },
        },
      },
    };
    await begin("policy", template, "Wait");
    const signal = { StackName: "policy", LogicalResourceId: "Wait", UniqueId: "i-1", Status: "SUCCESS" };
    await expect(cfn("SignalResource", { ...signal, LogicalResourceId: "Nobody" })).rejects.toThrow(
      "Resource Nobody does not exist for stack policy",
    );
    await cfn("SignalResource", signal);
    expect(await ended("policy")).toBe("CREATE_COMPLETE");
    expect(await reasons("policy")).toContain(
      "Wait CREATE_IN_PROGRESS Received SUCCESS signal with UniqueId i-1",
    );
    await expect(cfn("SignalResource", signal)).rejects.toThrow(/is in CREATE_COMPLETE state and can not be/);
    await begin("policy2", template, "Wait");
    await cfn("SignalResource", { ...signal, StackName: "policy2", Status: "FAILURE" });
    expect(await ended("policy2")).toBe("ROLLBACK_COMPLETE");
    expect((await reasons("policy2")).join("\n")).toContain("Received 1 FAILURE signal(s) out of 1.");
  });
});

describe("a stack", () => {
  it("is rolled back when it takes longer than TimeoutInMinutes", async () => {
    await begin("slow", withHandle(1, "43200"), "Handle", { TimeoutInMinutes: 5 });
    await cloud.runtime.clock.advance(301_000);
    expect(await ended("slow")).toBe("ROLLBACK_COMPLETE");
    expect(await reasons("slow")).toContain(
      "slow ROLLBACK_IN_PROGRESS Stack creation time exceeded the specified timeout. Rollback requested by user.",
    );
  });

  it("keeps the status it had when its deletion is not begun because of an export in use", async () => {
    const exporting = {
      Resources: { P: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: "v" } } },
      Outputs: { O: { Value: { Ref: "P" }, Export: { Name: "shared" } } },
    };
    const importing = {
      Resources: {
        P: {
          Type: "AWS::SSM::Parameter",
          Properties: { Type: "String", Value: { "Fn::ImportValue": "shared" } },
        },
      },
    };
    await cfn("CreateStack", { StackName: "exporter", TemplateBody: JSON.stringify(exporting) });
    for (const StackName of ["user-a", "user-b"])
      await cfn("CreateStack", { StackName, TemplateBody: JSON.stringify(importing) });
    await cfn("DeleteStack", { StackName: "exporter" });
    expect(await stackOf("exporter")).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      StackStatusReason: "Export shared cannot be deleted as it is in use by user-a and user-b",
    });
    for (const StackName of ["user-a", "user-b", "exporter"]) await cfn("DeleteStack", { StackName });
    await expect(stackOf("exporter")).rejects.toThrow("does not exist");
  });
});
