/**
 * When is a bucket policy public? When a statement allows a principal, and under conditions, that are not fixed.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */

/** Condition keys that pin down who comes in, when their values are fixed. */
const FIXING_KEYS = new Set([
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:principalarn",
  "aws:principalaccount",
  "aws:sourcearn",
  "aws:sourceaccount",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourceowner",
  "aws:userid",
  "aws:sourceip",
  "s3:dataaccesspointarn",
  "s3:dataaccesspointaccount",
]);
const EQUALS = /^(?:foranyvalue:|forallvalues:)?(?:string(?:equals|equalsignorecase|like)|arn(?:equals|like)|ipaddress)$/;

interface Statement {
  Effect?: string;
  Principal?: unknown;
  NotPrincipal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** @param _owner the bucket's account: its own principals are fixed like any other's */
export function isPublicPolicy(document: string, _owner: string): boolean {
  const { Statement } = JSON.parse(document) as { Statement?: Statement | Statement[] };
  return listOf(Statement).some((statement) => isPublicStatement(statement as Statement));
}

function isPublicStatement(statement: Statement): boolean {
  if (statement.Effect !== "Allow") return false;
  if (statement.NotPrincipal === undefined && !namesAnyone(statement.Principal)) return false;
  return !isFixed(statement.Condition ?? {});
}

function namesAnyone(principal: unknown): boolean {
  if (principal === "*") return true;
  if (typeof principal !== "object" || principal === null) return false;
  return listOf((principal as { AWS?: unknown }).AWS).some((one) => String(one).includes("*"));
}

function isFixed(condition: Record<string, Record<string, unknown>>): boolean {
  return Object.entries(condition).some(
    ([operator, keys]) =>
      EQUALS.test(operator.toLowerCase()) &&
      Object.entries(keys).some(
        ([key, values]) =>
          FIXING_KEYS.has(key.toLowerCase()) &&
          listOf(values).length > 0 &&
          listOf(values).every((value) => isFixedValue(key.toLowerCase(), String(value))),
      ),
  );
}

function isFixedValue(key: string, value: string): boolean {
  if (value.includes("${")) return false;
  if (key === "aws:sourceip") return isNarrow(value);
  if (key === "aws:principalorgpaths" || key === "aws:sourceorgpaths") return !value.startsWith("*");
  if (key === "s3:dataaccesspointarn") {
    // the access point's name may be open as long as its account is not
    const [, , , , account = ""] = value.split(":");
    return account !== "" && !/[*?]/.test(account);
  }
  return !/[*?]/.test(value);
}

/** An address range no wider than /8, or /32 in IPv6. */
function isNarrow(range: string): boolean {
  const [address = "", bits] = range.split("/");
  const v6 = address.includes(":");
  return bits === undefined ? !address.includes("*") : Number(bits) >= (v6 ? 32 : 8);
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
