/** Answers that AWS was recorded to give (localstack's snapshots of February 2026). */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  await logs("CreateLogGroup", { logGroupName: "app" });
});
afterAll(() => cloud.close());

const logs = (operation: string, input: object) => cloud.call("cloudwatch-logs", operation, input);
const failure = (operation: string, input: object): Promise<string> =>
  logs(operation, input).then(
    () => "no failure",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

it("refuses a group by name and by ARN at once", async () => {
  expect(await failure("DescribeLogStreams", { logGroupName: "app", logGroupIdentifier: "app" })).toBe(
    "ValidationException: LogGroup name and LogGroup ARN are mutually exclusive parameters.",
  );
});

it("leaves two members out of a search by pattern", async () => {
  const [byPattern] = (await logs("DescribeLogGroups", { logGroupNamePattern: "pp" })).logGroups;
  expect(Object.keys(byPattern).sort()).toEqual(
    ["arn", "creationTime", "logGroupArn", "logGroupClass", "logGroupName", "metricFilterCount"].sort(),
  );
  const [byPrefix] = (await logs("DescribeLogGroups", { logGroupNamePrefix: "app" })).logGroups;
  expect(byPrefix).toMatchObject({ storedBytes: 0, deletionProtectionEnabled: false });
});

it("tells a stream's token once it has events", async () => {
  await logs("CreateLogStream", { logGroupName: "app", logStreamName: "s" });
  const stream = async () => (await logs("DescribeLogStreams", { logGroupName: "app" })).logStreams[0];
  expect(await stream()).not.toHaveProperty("uploadSequenceToken");
  const logEvents = [{ timestamp: Date.now(), message: "hello" }];
  await logs("PutLogEvents", { logGroupName: "app", logStreamName: "s", logEvents });
  expect(await stream()).toHaveProperty("uploadSequenceToken");
});

it("names the policy that is not there, and the scope of those that are", async () => {
  expect(await failure("DeleteResourcePolicy", { policyName: "gone" })).toBe(
    "ResourceNotFoundException: Policy with name [gone] does not exist.",
  );
  const policyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "route53.amazonaws.com" }, Action: "logs:*", Resource: "*" },
    ],
  });
  const { resourcePolicy } = await logs("PutResourcePolicy", { policyName: "p", policyDocument });
  expect(resourcePolicy).toMatchObject({ policyScope: "ACCOUNT", lastUpdatedTime: expect.any(Number) });
});

it("checks where a subscription goes before it says that nothing can", async () => {
  const filter = { logGroupName: "app", filterName: "f", filterPattern: "" };
  const destinationArn = "arn:aws:kinesis:us-east-1:111122223333:stream/s";
  expect(await failure("PutSubscriptionFilter", { ...filter, destinationArn })).toBe(
    "InvalidParameterException: destinationArn for vendor kinesis cannot be used without roleArn",
  );
  const abroad = "arn:aws:lambda:us-east-1:999988887777:function:f";
  expect(await failure("PutSubscriptionFilter", { ...filter, destinationArn: abroad })).toMatch(
    /^AccessDeniedException: Cross-account lambda invocation passing is not allowed/,
  );
});
