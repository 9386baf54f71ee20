/**
 * Parameters that stand for secrets: `/aws/reference/secretsmanager/NAME`, with `:VERSION-ID` or `:LABEL`. Read in the
 * caller's name, from Secrets Manager.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
 */
import type { Parameter } from "@aws-sdk/client-ssm";
import type { CallContext } from "../../context.ts";
import { AwsError, isAwsError } from "../../wire/errors.ts";
import { invalid } from "./parameters.ts";

export const SECRETS = "/aws/reference/secretsmanager/";

/** @throws AwsError `ParameterNotFound` for a secret that is not there */
export async function referredSecret(
  context: CallContext,
  text: string,
  decrypt: boolean | undefined,
): Promise<Parameter> {
  if (!decrypt) throw invalid("WithDecryption flag must be True for retrieving a Secret Manager secret.");
  const [SecretId = "", selector] = text.slice(SECRETS.length).split(":");
  const version = selector && (/^[\da-f-]{32,64}$/i.test(selector) ? "VersionId" : "VersionStage");
  const Name = SECRETS + SecretId;
  try {
    const input = { SecretId, ...(version && { [version]: selector }) };
    const secret = await context.call("secrets-manager", "GetSecretValue", input, { kind: "caller" });
    return {
      Name,
      Type: "SecureString",
      Value: secret.SecretString ?? Buffer.from(secret.SecretBinary).toString("base64"),
      Version: 0,
      ...(selector && { Selector: `:${selector}` }),
      SourceResult: sourceResult(secret),
      LastModifiedDate: secret.CreatedDate,
      ARN: secret.ARN,
      DataType: "text",
    };
  } catch (error) {
    if (!isAwsError(error) || !/ResourceNotFound|ValidationException/.test(error.code)) throw error;
    throw new AwsError(
      "ParameterNotFound",
      `An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret ${text} not found.`,
    );
  }
}

/** Secrets Manager's answer as Systems Manager passes it on: members in lower case, but the ARN (LocalStack, recorded). */
function sourceResult(secret: Record<string, unknown>): string {
  const members = Object.entries(secret).filter(([, value]) => value !== undefined);
  return JSON.stringify(
    Object.fromEntries(
      members.map(([key, value]) => [
        key === "ARN" ? key : key.charAt(0).toLowerCase() + key.slice(1),
        value,
      ]),
    ),
  );
}
