/**
 * Reference twin: whether S3 regards a policy as public.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
import { isIP } from "node:net";
import type { PolicyDocument, Statement } from "@sagekeep/policy";

const fixedKeys =
  /^(aws:(sourcearn|sourcevpc|sourcevpce|sourcevpcarn|sourceowner|sourceaccount|sourceorgid|sourceorgpaths|vpceaccount|vpceorgid|vpceorgpaths|userid|principalarn|principalaccount|principalorgid|principalorgpaths)|s3:(dataaccesspointarn|dataaccesspointaccount|accesspointnetworkorigin|x-amz-server-side-encryption-aws-kms-key-id))$/i;
const fixedOperators = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;
const ipOperator = /^(ForAnyValue:)?IpAddress$/i;

function narrow(range: string): boolean {
  const bits = /\/(\d+)$/.exec(range)?.[1];
  const address = range.replace(/\/\d+$/, "");
  const family = isIP(address);
  if (family === 0) return false;
  return (
    bits === undefined ||
    (Number(bits) >= (family === 6 ? 32 : 8) && Number(bits) <= (family === 6 ? 128 : 32))
  );
}

function pinned(statement: Statement): boolean {
  return Object.entries(statement.Condition ?? {}).some(([operator, keys]) =>
    Object.entries(keys).some(([key, value]) => {
      const values = (Array.isArray(value) ? value : [value]).map(String);
      if (values.length === 0) return false;
      if (ipOperator.test(operator)) return /^aws:sourceip$/i.test(key) && values.every(narrow);
      if (!fixedOperators.test(operator) || !fixedKeys.test(key)) return false;
      return values.every((text) => {
        const point = /^s3:dataaccesspointarn$/i.test(key) && /:s3:[^:]*:\d{12}:accesspoint\/\*$/.test(text);
        const checked = point ? text.slice(0, -1) : text;
        return checked !== "" && !checked.includes("*") && !checked.includes("?") && !checked.includes("${");
      });
    }),
  );
}

/** Whether any statement grants to everybody without pinning the request to fixed values. */
export function grantsToPublic(document: PolicyDocument): boolean {
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return (statements as Statement[]).some((statement) => {
    if (statement.Effect !== "Allow") return false;
    const principal = statement.Principal;
    const aws = typeof principal === "object" ? principal.AWS : undefined;
    const entries = aws === undefined ? [] : typeof aws === "string" ? [aws] : aws;
    const everybody =
      statement.NotPrincipal !== undefined ||
      principal === "*" ||
      entries.some((entry) => /[*?]/.test(entry));
    return everybody && !pinned(statement);
  });
}
