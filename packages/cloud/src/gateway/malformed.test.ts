/**
 * Twenty thousand malformed requests, each answered with an AWS error of the right code in the caller's protocol:
 * no crash, no hang, no internal error. Seeded; the seed of a failure is in its message.
 */
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { internetPath } from "../network/path.ts";
import type { WireResponse } from "../wire/codec.ts";
import { writeJsonStructure } from "../wire/json.ts";
import type { OperationModel } from "../wire/model.ts";
import type { RequestHead } from "../wire/request.ts";
import { Samples } from "../wire/sample-values.ts";
import { loadModel, metaOf, type ServiceKey, serviceKeys } from "../wire/services.ts";
import type { Shape, Use } from "../wire/shape.ts";
import { signRequest } from "../wire/sign-request.ts";
import { parseXml } from "../wire/xml-parser.ts";
import { Exchange } from "./exchange.ts";

const count = 20_000;
const seed = Number(process.env.SAGEKEEP_SEED ?? 20_261_123);
const rootKey = {
  accessKeyId: "AKIAROOTROOTROOTROOT",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

let cloud: Cloud;
let exchange: Exchange;
const internal: unknown[] = [];
beforeAll(async () => {
  cloud = await startCloud();
  exchange = new Exchange(cloud.runtime, {
    account: cloud.account,
    region: cloud.region,
    rootKeys: new Map([[rootKey.accessKeyId, { secret: rootKey.secretAccessKey, account: cloud.account }]]),
    onError: (error) => internal.push(error),
  });
  await Promise.all(serviceKeys.map(loadModel));
});
afterAll(() => cloud.close());

/** Mulberry32. */
function generator(state: number): () => number {
  let a = state >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Case {
  kind: string;
  head: RequestHead;
  body: Uint8Array;
  /** Codes that AWS answers with; a pattern where several services differ. */
  expected: RegExp;
}

class Malformer {
  readonly #random: () => number;
  readonly #operations: { key: ServiceKey; operation: OperationModel }[] = [];
  constructor(random: () => number) {
    this.#random = random;
  }
  async load(): Promise<this> {
    for (const key of serviceKeys) {
      const model = await loadModel(key);
      for (const name of model.operationNames)
        this.#operations.push({ key, operation: model.operation(name) as OperationModel });
    }
    return this;
  }
  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }
  integer(below: number): number {
    return Math.floor(this.#random() * below);
  }
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.integer(256));
  }
  of(...protocols: string[]): { key: ServiceKey; operation: OperationModel } {
    for (;;) {
      const found = this.pick(this.#operations);
      if (protocols.includes(metaOf(found.key).protocol)) return found;
    }
  }
  sign(key: ServiceKey, head: RequestHead, body: Uint8Array): RequestHead {
    const service = metaOf(key).signingName;
    return signRequest({ ...head, headers: { host: "127.0.0.1:4690", ...head.headers } }, body, {
      ...rootKey,
      region: "us-east-1",
      service,
    });
  }
  json(
    key: ServiceKey,
    operation: string,
    body: string | Uint8Array,
    more: Record<string, string> = {},
  ): { head: RequestHead; body: Uint8Array } {
    const bytes = Buffer.from(body as string);
    const meta = metaOf(key);
    const headers = {
      "x-amz-target": `${meta.target}.${operation}`,
      "content-type": `application/x-amz-json-${meta.jsonVersion}`,
      ...more,
    };
    return { head: this.sign(key, { method: "POST", url: "/", headers }, bytes), body: bytes };
  }
  form(key: ServiceKey, body: string | Uint8Array): { head: RequestHead; body: Uint8Array } {
    const bytes = Buffer.from(body as string);
    return {
      head: this.sign(
        key,
        { method: "POST", url: "/", headers: { "content-type": "application/x-www-form-urlencoded" } },
        bytes,
      ),
      body: bytes,
    };
  }
  s3(
    method: string,
    url: string,
    body: string | Uint8Array = "",
    headers: Record<string, string> = {},
  ): { head: RequestHead; body: Uint8Array } {
    const bytes = Buffer.from(body as string);
    return {
      head: this.sign(
        "s3",
        { method, url, headers: { "content-length": String(bytes.length), ...headers } },
        bytes,
      ),
      body: bytes,
    };
  }
}

/** A JSON value that is not of the shape's type. */
function wrong(shape: Shape, m: Malformer): unknown {
  switch (shape.type) {
    case "string":
      return m.pick([1, true, [], {}, 1.5]);
    case "number":
      return m.pick(["text", true, [], {}]);
    case "boolean":
      return m.pick(["yes", 1, [], {}]);
    case "timestamp":
      return m.pick(["not a date", true, [], {}]);
    case "blob":
      return m.pick([1, true, {}, [], "§§§", "A"]);
    case "list":
      return m.pick(["text", 1, true, { a: 1 }]);
    default:
      return m.pick(["text", 1, true, []]);
  }
}

const serialization = /^SerializationException$/;
const makers: Record<string, (m: Malformer) => Omit<Case, "kind">> = {
  "truncated json"(m) {
    const { key, operation } = m.of("json");
    const text = writeJsonStructure(operation.input, { ...new Samples(3).structure(operation.input) });
    const cut = text.slice(0, 1 + m.integer(text.length - 1));
    return { ...m.json(key, operation.name, cut), expected: serialization };
  },
  "random bytes as json"(m) {
    const { key, operation } = m.of("json");
    return {
      ...m.json(key, operation.name, Buffer.concat([Buffer.from([255]), m.bytes(m.integer(300))])),
      expected: serialization,
    };
  },
  "json of another kind"(m) {
    const { key, operation } = m.of("json");
    return {
      ...m.json(key, operation.name, m.pick(["[]", "1", '"x"', "null", "true", "[{}]"])),
      expected: serialization,
    };
  },
  "a member of the wrong type"(m) {
    for (;;) {
      const { key, operation } = m.of("json");
      const member = m.pick(operation.input.members) as Use | undefined;
      if (!member || member.shape.type === "document" || member.shape.type.startsWith("big")) continue;
      const input = JSON.parse(
        writeJsonStructure(operation.input, new Samples(2).structure(operation.input)),
      ) as Record<string, unknown>;
      input[member.name] = wrong(member.shape, m);
      return { ...m.json(key, operation.name, JSON.stringify(input)), expected: serialization };
    }
  },
  "deep json"(m) {
    const { key, operation } = m.of("json");
    const depth = 250 + m.integer(20_000);
    const name = m.pick(operation.input.members)?.name ?? "X";
    const [open, close] = m.pick([
      ['{"a":', "}"],
      ["[", "]"],
      ['{"__proto__":', "}"],
    ]);
    const body = `{"${name}":${open.repeat(depth)}1${m.pick([close.repeat(depth), ""])}}`;
    return { ...m.json(key, operation.name, body), expected: serialization };
  },
  "an unknown operation"(m) {
    const { key } = m.of("json");
    return {
      ...m.json(
        key,
        m.pick(["Nope", "__proto__", "constructor", "toString", "", "a b", "ListDomains$", "Éclair"]),
        "{}",
      ),
      expected: /^UnknownOperationException$/,
    };
  },
  "an unknown target prefix"(m) {
    const { key, operation } = m.of("json");
    return {
      ...m.json(key, operation.name, "{}", {
        "x-amz-target": m.pick(["", ".", "X.Y.Z", "Nope.List", "\u00ff\u00fe", `${"a.".repeat(5000)}b`]),
      }),
      expected: /^UnknownOperationException$/,
    };
  },
  "an unknown action"(m) {
    const { key } = m.of("query", "ec2");
    return {
      ...m.form(
        key,
        `Action=${m.pick(["Nope", "__proto__", "hasOwnProperty", "%00", "a+b"])}&Version=${metaOf(key).version}`,
      ),
      expected: /^InvalidAction$/,
    };
  },
  "no action"(m) {
    const { key } = m.of("query", "ec2");
    return {
      ...m.form(key, m.pick(["", "&&&", "=", "a=b", "Version=1", "\u0000"])),
      expected: /^MissingAction$/,
    };
  },
  "broken percent-encoding"(m) {
    const { key, operation } = m.of("query", "ec2");
    return {
      ...m.form(key, `Action=${operation.name}&X=${m.pick(["%zz", "%", "%e0%80", "%ff", "%c3"])}`),
      expected: /^MalformedQueryString$/,
    };
  },
  "a deep form"(m) {
    const { key, operation } = m.of("query", "ec2");
    const name = m.pick(operation.input.members)?.name ?? "X";
    return {
      ...m.form(key, `Action=${operation.name}&${name}${".1.Values".repeat(100 + m.integer(2000))}=x`),
      expected: /^MalformedQueryString$/,
    };
  },
  "a form number that is none"(m) {
    for (;;) {
      const { key, operation } = m.of("query", "ec2");
      const member = operation.input.members.find(
        (use) =>
          use.shape.type === "number" || use.shape.type === "boolean" || use.shape.type === "timestamp",
      );
      if (!member) continue;
      const xml = String(member.traits.ec2QueryName ?? member.traits.xmlName ?? member.name);
      const name =
        metaOf(key).protocol === "ec2" && !member.traits.ec2QueryName
          ? xml.charAt(0).toUpperCase() + xml.slice(1)
          : xml;
      return {
        ...m.form(
          key,
          `Action=${operation.name}&${name}=${m.pick(["abc", "1e", "--1", "0x10", "tru", "{}"])}`,
        ),
        expected: /^(?:MalformedInput|InvalidParameterValue)$/,
      };
    }
  },
  "truncated xml"(m) {
    const [url, text] = m.pick([
      ["/bucket?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"],
      ["/bucket?tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"],
      [
        "/bucket?cors",
        "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>",
      ],
    ] as const);
    return {
      ...m.s3("PUT", `${url}=`, text.slice(0, 1 + m.integer(text.length - 1))),
      expected: /^MalformedXML$/,
    };
  },
  "hostile xml"(m) {
    const text = m.pick([
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Tagging>&x;</Tagging>',
      "<Tagging>&unknown;</Tagging>",
      "<a>".repeat(500 + m.integer(3000)),
      "<a b='1' b='2'/>",
      "<Tagging></tagging>",
      "<Tagging/><Tagging/>",
      "text",
      "<Tagging a=b/>",
      "<1/>",
      "\u0000",
    ]);
    return { ...m.s3("PUT", "/bucket?tagging=", text), expected: /^MalformedXML$/ };
  },
  "a method S3 does not have here"(m) {
    return {
      ...m.s3(m.pick(["PATCH", "TRACE", "PROPFIND", "LINK"]), m.pick(["/", "/bucket", "/bucket/key"])),
      expected: /^MethodNotAllowed$/,
    };
  },
  "a path that cannot be decoded"(m) {
    return {
      ...m.s3("GET", `/bucket/${m.pick(["%", "%zz", "%c3%28", "%ff", "a%", "%e0%a4%a"])}`),
      expected: /^InvalidURI$/,
    };
  },
  "path tricks"(m) {
    const path = m.pick([
      "/../../etc/passwd",
      "//",
      "/bucket/../../x",
      "/%2e%2e/%2e%2e",
      "/bucket/%00",
      "/bucket//%2f%2f",
      "/.",
      "/bucket/a%0d%0ab",
      "/__proto__/constructor",
      `/bucket/${"a".repeat(5000)}`,
      "/arn%3Aaws%3As3:::x/y",
      "/%F0%9F%98%80",
    ]);
    return { ...m.s3(m.pick(["GET", "PUT", "DELETE"]), path), expected: /^(?:\w+)$/ };
  },
  "an unknown REST path"(m) {
    const head = m.sign(
      "efs",
      {
        method: m.pick(["GET", "POST", "PUT", "DELETE", "PATCH"]),
        url: m.pick([
          "/",
          "/nope",
          "/2015-02-01",
          "/2015-02-01/nope/x/y/z",
          "/2015-02-01/file-systems/a/b/c/d",
        ]),
        headers: {},
      },
      Buffer.alloc(0),
    );
    return { head, body: Buffer.alloc(0), expected: /^UnknownOperationException$/ };
  },
  "a service that is not here"(m) {
    const body = Buffer.from("{}");
    const service = m.pick(["dynamodb", "lambda", "__proto__", "constructor", "x".repeat(300)]);
    const head = signRequest(
      { method: "POST", url: "/", headers: { host: "localhost", "x-amz-target": "Dynamo.ListTables" } },
      body,
      { ...rootKey, region: "us-east-1", service },
    );
    return { head, body, expected: /^UnsupportedOperationException$/ };
  },
  "a broken authorization header"(m) {
    const { key, operation } = m.of("json", "query", "ec2", "rest-json", "rest-xml");
    const { head, body } = m.json(key, operation.name, "{}");
    const text = String(head.headers.authorization);
    const authorization = m.pick([
      text.slice(0, m.integer(text.length)),
      text.replace("Credential=", "Credential"),
      text.replace("/aws4_request", ""),
      text.replace("AWS4-HMAC-SHA256", "AWS4-X"),
      "Bearer x",
      "AWS4-HMAC-SHA256",
      "\u00ff\u0001",
      `AWS4-HMAC-SHA256 ${",".repeat(9000)}`,
      "AWS :",
      "",
    ]);
    return {
      head: { ...head, headers: { ...head.headers, authorization } },
      body,
      expected:
        /^(?:IncompleteSignature(?:Exception)?|AuthorizationHeaderMalformed|InvalidSignatureException|SignatureDoesNotMatch|AuthFailure|MissingAuthenticationToken(?:Exception)?|UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|MethodNotAllowed|NotImplemented|UnknownOperationException|AccessDenied|InvalidArgument|RequestTimeTooSkewed|UnsupportedOperation(?:Exception)?|InvalidToken|MalformedXML)$/,
    };
  },
  "changed after signing"(m) {
    const { key, operation } = m.of("json");
    const { head } = m.json(key, operation.name, "{}");
    return { head, body: Buffer.from('{"A":"changed"}'), expected: /^InvalidSignatureException$/ };
  },
  "odd header bytes"(m) {
    const value = Buffer.from(m.bytes(1 + m.integer(40))).toString("latin1");
    const name = m.pick([
      "x-amz-meta-a",
      "content-type",
      "x-amz-date",
      "x-amz-security-token",
      "content-encoding",
      "x-amz-content-sha256",
      "range",
      "x-amz-copy-source",
      "host",
    ]);
    const { head, body } = m.s3(m.pick(["GET", "PUT"]), "/bucket/key", "abc");
    return { head: { ...head, headers: { ...head.headers, [name]: value } }, body, expected: /^\w+$/ };
  },
  "a body that is not the chunks it says"(m) {
    const declared = m.pick([
      "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
      "STREAMING-NOPE",
    ]);
    return {
      ...m.s3("PUT", "/bucket/key", m.bytes(m.integer(200)), {
        "x-amz-content-sha256": declared,
        "x-amz-decoded-content-length": m.pick(["5", "-1", "abc", "99999999999999999999"]),
      }),
      expected: /^\w+$/,
    };
  },
  "cbor that is none"(m) {
    const { operation } = m.of("json");
    const body = m.bytes(1 + m.integer(60));
    body[0] = m.pick([0xff, 0x9f, 0x5b, 0x7b, 0x1c, 0xdf]);
    const url = `/service/GraniteServiceVersion20100801/operation/${m.pick(["PutMetricData", "ListMetrics", operation.name])}`;
    const head = m.sign(
      "cloudwatch",
      {
        method: "POST",
        url,
        headers: { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" },
      },
      body,
    );
    return { head, body, expected: /^(?:SerializationException|UnknownOperationException)$/ };
  },
  "gzip that is none"(m) {
    return {
      ...m.json("cloudwatch", "PutMetricData", m.bytes(50), { "content-encoding": "gzip" }),
      expected: serialization,
    };
  },
};

/** The error code of an answer, read as a client of the protocol would. */
async function codeOf(answer: WireResponse, head: RequestHead): Promise<string> {
  const chunks: Buffer[] = [];
  const { body } = answer;
  if (typeof body === "string" || body instanceof Uint8Array) chunks.push(Buffer.from(body as string));
  else for await (const chunk of body) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString("utf8");
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!/^[a-z0-9-]+$/.test(name) || /[^\t\x20-\x7e]/.test(value))
      throw new Error(`header ${name} cannot be sent: ${value}`);
  }
  if (head.method === "HEAD") return `Status${answer.status}`;
  const type = answer.headers["content-type"] ?? "";
  if (type.includes("json")) {
    const parsed = JSON.parse(text) as { __type?: string; message: string };
    if (typeof parsed.message !== "string") throw new Error("no message");
    return (answer.headers["x-amzn-errortype"] ?? parsed.__type ?? "").split("#").at(-1) as string;
  }
  if (type.includes("cbor")) return /#([A-Za-z]+?)gmessage/.exec(text)?.[1] ?? "";
  const root = parseXml(text);
  const error =
    root.name === "Error"
      ? root
      : (root.children.find((one) => one.name === "Error") ?? root.children[0]?.children[0]);
  return error?.children.find((one) => one.name === "Code")?.text ?? "";
}

it(`answers ${count} malformed requests with AWS's errors`, async () => {
  const m = await new Malformer(generator(seed)).load();
  const kinds = Object.keys(makers);
  const failures: string[] = [];
  const slowest = { ms: 0, kind: "" };
  for (let i = 0; i < count; i++) {
    const kind = kinds[i % kinds.length] as string;
    const made = (makers[kind] as (m: Malformer) => Omit<Case, "kind">)(m);
    internal.length = 0;
    const started = performance.now();
    let seen: string;
    let status = 0;
    try {
      const { response: answer } = await exchange.answer(
        made.head,
        Readable.from(made.body.length > 0 ? [Buffer.from(made.body)] : []),
        () => internetPath("127.0.0.1", false),
      );
      status = answer.status;
      seen = status < 300 ? `success ${status}` : await codeOf(answer, made.head);
    } catch (error) {
      seen = `threw ${(error as Error).stack}`;
    }
    const ms = performance.now() - started;
    if (ms > slowest.ms) Object.assign(slowest, { ms, kind });
    if (!made.expected.test(seen) || internal.length > 0 || (status >= 500 && status !== 501)) {
      failures.push(
        `seed ${seed}, request ${i}, ${kind}: ${seen} ${status} ${internal[0] instanceof Error ? internal[0].stack : ""} for ${made.head.method} ${made.head.url.slice(0, 100)} ${Buffer.from(made.body).toString("latin1").slice(0, 200)} ${String(made.head.headers.authorization).slice(0, 150)}`,
      );
      if (failures.length > 20) break;
    }
  }
  expect(failures).toEqual([]);
  expect(slowest.ms, `the slowest was: ${slowest.kind}`).toBeLessThan(3000);
}, 120_000);
