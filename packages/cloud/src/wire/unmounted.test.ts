/** Services that are not here say so in a form that their clients read. */
import { expect, it } from "vitest";
import { identify, writeError } from "./codec.ts";

const ask = async (
  service: string,
  headers: Record<string, string> = {},
): Promise<[string, number, string]> => {
  const credential = `AKIDEXAMPLE/20260102/us-east-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${"0".repeat(64)}`;
  const date = { "x-amz-date": "20260102T030405Z" };
  const target = await identify({
    method: "POST",
    url: "/",
    headers: { host: "localhost", authorization, ...date, ...headers },
  });
  const { status, headers: answered, body } = writeError(target, target.problem, "r");
  return [String(answered["content-type"]), status, String(body)];
};

it.each(["route53", "cloudfront"])("%s in XML", async (service) => {
  const [type, status, body] = await ask(service);
  expect([type, status]).toEqual(["application/xml", 501]);
  expect(body).toContain(
    `<ErrorResponse><Error><Code>NotImplemented</Code><Message>The service ${service} is not supported by this local cloud.</Message></Error>`,
  );
});

it("others in the protocol that they are spoken to in", async () => {
  expect((await ask("lambda"))[0]).toBe("application/json");
  expect((await ask("dynamodb", { "x-amz-target": "DynamoDB_20120810.ListTables" }))[2]).toContain(
    '"__type":"UnsupportedOperationException"',
  );
  const form = { "content-type": "application/x-www-form-urlencoded" };
  expect((await ask("sns", form))[2]).toContain("<Code>UnsupportedOperation</Code>");
});
