import { expect, it } from "vitest";
import { loadModel } from "./services.ts";
import { writeXmlStructure } from "./xml.ts";

const written = async (service: "ec2" | "iam", operation: string, value: object) =>
  writeXmlStructure("a", (await loadModel(service)).operation(operation)!.output, value);

it("writes EC2's dates with milliseconds also where there are none, IAM's without (as AWS was recorded)", async () => {
  const date = new Date("2026-01-02T03:04:05Z");
  const flows = await written("ec2", "DescribeFlowLogs", { FlowLogs: [{ CreationTime: date }] });
  expect(flows).toContain(">2026-01-02T03:04:05.000Z<");
  const user = await written("iam", "GetUser", { User: { CreateDate: date } });
  expect(user).toContain(">2026-01-02T03:04:05Z<");
});
