import { expect, it } from "vitest";
import { identify, writeError, writeOutput } from "./codec.ts";
import { AwsError } from "./errors.ts";
import type { OperationModel, ServiceModel } from "./model.ts";
import { readQueryInput } from "./protocols/query.ts";

const asked = async (accept: string) =>
  identify({
    method: "POST",
    url: "/",
    headers: {
      accept,
      "content-type": "application/x-www-form-urlencoded",
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261201/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0",
    },
  });

it("STS answers in JSON when asked, times as numbers", async () => {
  const target = await asked("application/json");
  const operation = target.model?.operation("GetSessionToken") as OperationModel;
  const Expiration = new Date(1_700_000_000_000);
  const { headers, body } = writeOutput(target, operation, { Credentials: { Expiration } }, "id");
  expect(headers["content-type"]).toBe("application/json");
  expect(JSON.parse(String(body))).toEqual({
    GetSessionTokenResponse: {
      GetSessionTokenResult: { Credentials: { Expiration: 1_700_000_000 } },
      ResponseMetadata: { RequestId: "id" },
    },
  });
  const failed = writeError(target, new AwsError("ExpiredTokenException", "It is old."), "id");
  expect(JSON.parse(String(failed.body))).toEqual({
    Error: { Code: "ExpiredTokenException", Message: "It is old.", Type: "Sender" },
    RequestId: "id",
  });
});

it("and when the form says so, as boto 2 does", async () => {
  const target = await asked("*/*");
  const form = "Action=GetCallerIdentity&Version=2011-06-15&ContentType=JSON";
  const { operation } = readQueryInput(target, target.model as ServiceModel, Buffer.from(form));
  expect(String(writeOutput(target, operation, {}, "id").body)).toMatch(/^\{"GetCallerIdentityResponse"/);
});

it("and in XML otherwise", async () => {
  const target = await asked("*/*");
  const operation = target.model?.operation("GetCallerIdentity") as OperationModel;
  expect(String(writeOutput(target, operation, {}, "id").body)).toMatch(/^<GetCallerIdentityResponse/);
});
