/**
 * What a request claims about its signature: Signature Version 4 in the Authorization header or in the query
 * (presigned), Version 2 in an S3 query or header. Reading only; sigv4.ts verifies.
 * See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { AuthError } from "./errors.ts";
import type { RequestHead } from "./request.ts";
import { headerOf, parseQuery, splitTarget } from "./request.ts";

export interface SignatureClaim {
  readonly kind: "header" | "query" | "query-v2" | "header-v2";
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  readonly signature: string;
  /** `20150830T123600Z`; empty for Version 2. */
  readonly date: string;
  /** `20150830`, from the credential scope. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  /** Names of the signed headers, lower case, in the order given. */
  readonly signedHeaders: readonly string[];
  /** Seconds that a presigned URL lives; for Version 2 the epoch second of its end. */
  readonly expires: number | undefined;
}

const algorithm = "AWS4-HMAC-SHA256";

/** The claim of a request, or `undefined` when it has none (an anonymous request). Throws an `AuthError` for half of one. */
export function readSignature(head: RequestHead): SignatureClaim | undefined {
  const authorization = headerOf(head, "authorization");
  const { query } = splitTarget(head.url);
  const presigned = /(?:^|&)X-Amz-(?:Algorithm|Signature|Credential)=/i.test(query);
  const presignedV2 = !presigned && /(?:^|&)(?:AWSAccessKeyId|Signature)=/.test(query);
  // an empty header is as good as none
  if (authorization) {
    if (presigned || presignedV2)
      throw incomplete("Only one auth mechanism allowed.", { flaw: "twice", given: authorization });
    return fromHeader(authorization, head);
  }
  if (presigned) return fromQuery(query);
  if (presignedV2) return fromQueryV2(query);
  return undefined;
}

function fromHeader(text: string, head: RequestHead): SignatureClaim {
  const sessionToken = headerOf(head, "x-amz-security-token") || undefined;
  if (/^AWS /.test(text)) {
    const [, accessKeyId = "", signature = ""] = /^AWS ([^:\s]+):(\S+)$/.exec(text) ?? [];
    if (!signature) {
      const message = "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature";
      throw incomplete(message, { flaw: "type", given: text });
    }
    const date = headerOf(head, "x-amz-date") ?? headerOf(head, "date") ?? "";
    if (!date) throw incomplete(noDate, { flaw: "no-date" });
    return { kind: "header-v2", accessKeyId, sessionToken, signature, ...noScope, date, expires: undefined };
  }
  if (!text.startsWith(algorithm)) {
    const given = text.split(/\s/, 1)[0] ?? "";
    throw incomplete(`Unsupported AWS 'algorithm': '${given}'`, { flaw: "type", given: text });
  }
  const date = amzDate(headerOf(head, "x-amz-date") ?? headerOf(head, "date"));
  // what stands before the signature is the same in all requests of a client to a service that day
  const mark = text.lastIndexOf("Signature=") + 10;
  const known = text.length - mark === 64 ? scopes.get(text.slice(0, mark)) : undefined;
  if (known && date !== undefined) {
    const { accessKeyId, day, region, service, signedHeaders } = known;
    const signature = text.slice(mark);
    return {
      kind: "header",
      sessionToken,
      signature,
      date,
      signedHeaders,
      expires: undefined,
      accessKeyId,
      day,
      region,
      service,
    };
  }
  const parts = new Map<string, string>();
  for (let at = algorithm.length; at < text.length; ) {
    const comma = text.indexOf(",", at);
    const end = comma === -1 ? text.length : comma;
    const equals = text.indexOf("=", at);
    if (equals !== -1 && equals < end)
      parts.set(text.slice(at, equals).trim(), text.slice(equals + 1, end).trim());
    at = end + 1;
  }
  const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => !parts.get(name));
  if (missing.length > 0 || date === undefined) {
    const asked = missing.map((name) => `Authorization header requires '${name}' parameter.`);
    if (date === undefined) {
      asked.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
    }
    const flaw = missing.length > 0 ? "components" : "no-date";
    throw incomplete(`${asked.join(" ")} Authorization=${text.slice(0, 300)}`, { flaw });
  }
  const signature = parts.get("Signature") as string;
  const signedHeaders = (parts.get("SignedHeaders") as string).toLowerCase().split(";");
  const scope = scopeOf(parts.get("Credential") as string, "header");
  if (text.endsWith(`Signature=${signature}`)) {
    if (scopes.size >= 2000) scopes.clear();
    scopes.set(text.slice(0, mark), { ...scope, signedHeaders });
  }
  return { kind: "header", sessionToken, signature, date, signedHeaders, expires: undefined, ...scope };
}

/** What Authorization headers said, by their text up to the signature. */
const scopes = new Map<
  string,
  Pick<SignatureClaim, "accessKeyId" | "day" | "region" | "service" | "signedHeaders">
>();

function fromQuery(query: string): SignatureClaim {
  const parts = new Map(parseQuery(query).map(([name, text]) => [name.toLowerCase(), text]));
  const need = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders"];
  // elsewhere a presigned request lives for a quarter of an hour where it does not say
  if (/\/s3\/aws4_request$/.test(parts.get("x-amz-credential") ?? "")) need.push("Expires");
  const missing = need.filter((name) => !parts.get(`x-amz-${name.toLowerCase()}`));
  if (missing.length > 0) {
    const asked = missing.map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`);
    throw incomplete(asked.join(" "), { flaw: "components", query: "yes" });
  }
  const given = parts.get("x-amz-algorithm");
  if (given !== algorithm)
    throw incomplete(`Unsupported AWS 'algorithm': '${given}'`, { flaw: "algorithm", query: "yes" });
  const dated = parts.get("x-amz-date");
  const date = /^\d{8}T\d{6}Z$/.test(dated ?? "") ? dated : undefined;
  if (date === undefined) {
    throw incomplete("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"", {
      query: "yes",
    });
  }
  const expires = parts.get("x-amz-expires");
  if (expires !== undefined) checkExpires(expires);
  return {
    kind: "query",
    sessionToken: parts.get("x-amz-security-token") || undefined,
    signature: parts.get("x-amz-signature") as string,
    date,
    signedHeaders: (parts.get("x-amz-signedheaders") as string).toLowerCase().split(";"),
    expires: expires === undefined ? undefined : Number(expires),
    ...scopeOf(parts.get("x-amz-credential") as string, "query"),
  };
}

function checkExpires(text: string): void {
  const week = 604800;
  const wrong = !/^-?\d{1,15}$/.test(text)
    ? "X-Amz-Expires should be a number"
    : Number(text) < 0
      ? "X-Amz-Expires must be non-negative"
      : Number(text) > week
        ? `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${week} seconds`
        : undefined;
  if (wrong) throw incomplete(wrong, { query: "yes" });
}

function fromQueryV2(query: string): SignatureClaim {
  const parts = new Map(parseQuery(query));
  const expires = parts.get("Expires") ?? "";
  if (!expires || !parts.get("AWSAccessKeyId") || !parts.get("Signature")) {
    const message =
      "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters";
    throw new AuthError("missing-authentication", message, { said: message });
  }
  if (!/^\d{1,10}$/.test(expires) || Number(expires) >= 2 ** 32) {
    const message = `Invalid date (should be seconds since epoch): ${expires}`;
    throw new AuthError("missing-authentication", message, { said: message });
  }
  return {
    kind: "query-v2",
    accessKeyId: parts.get("AWSAccessKeyId") ?? "",
    sessionToken: parts.get("x-amz-security-token") || undefined,
    signature: parts.get("Signature") ?? "",
    ...noScope,
    date: "",
    expires: Number(expires),
  };
}

const noScope = { day: "", region: "", service: "s3", signedHeaders: [] as readonly string[] };

function scopeOf(
  credential: string,
  place: "header" | "query",
): Pick<SignatureClaim, "accessKeyId" | "day" | "region" | "service"> {
  const parts = credential.split("/");
  const detail = place === "query" ? { query: "yes" } : undefined;
  if (parts.length < 5) {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
      { ...detail, flaw: "credential" },
    );
  }
  const [day = "", region = "", service = "", terminal = ""] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join("/");
  if (terminal !== "aws4_request") {
    throw new AuthError(
      "signature-mismatch",
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminal}'.`,
      { ...detail, flaw: "terminal", given: terminal },
    );
  }
  if (accessKeyId === "") {
    throw incomplete("A non-empty Access Key (AKID) must be provided in the credential.", {
      ...detail,
      flaw: "no-key",
    });
  }
  return { accessKeyId, day, region, service: service.toLowerCase() };
}

const noDate = "AWS authentication requires a valid Date or x-amz-date header";

/** `20150830T123600Z` from that form or an HTTP date. */
function amzDate(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^\d{8}T\d{6}Z$/.test(text)) return text;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/[-:]|\.\d+/g, "");
}

function incomplete(message: string, detail: Record<string, string> = {}): AuthError {
  return new AuthError("incomplete-signature", message, detail);
}
