/** The readers of JSON, XML and forms, on what they must refuse and what they must keep. */
import { describe, expect, it } from "vitest";
import { awsQueryNaming, ec2Naming, parseForm, readForm } from "./form.ts";
import { parseJson, readJsonStructure } from "./json.ts";
import { loadModel } from "./services.ts";
import type { StructureShape } from "./shape.ts";
import { escapeXml, readXmlStructure, writeXmlMembers } from "./xml.ts";
import { parseXml } from "./xml-parser.ts";

const inputOf = async (
  service: Parameters<typeof loadModel>[0],
  operation: string,
): Promise<StructureShape> => (await loadModel(service)).operation(operation)?.input as StructureShape;

describe("JSON", () => {
  const read = async (operation: string, text: string): Promise<unknown> =>
    readJsonStructure(await inputOf("kms", operation), parseJson(Buffer.from(text)));

  it.each([
    ['{"KeyId":1}', "NUMBER_VALUE can not be converted to a String"],
    ['{"KeyId":true}', "TRUE_VALUE can not be converted to a String"],
    ['{"KeyId":{}}', "Start of structure or map found where not expected."],
    ['{"KeyId":[]}', "Start of list found where not expected"],
    ['{"GrantTokens":"x"}', "Unrecognized collection type class java.lang.String"],
    ['{"GrantTokens":{}}', "Start of structure or map found where not expected."],
    ['{"EncryptionContext":[]}', "Start of list found where not expected"],
    ['{"EncryptionContext":{"a":1}}', "NUMBER_VALUE can not be converted to a String"],
    ['{"DryRun":"yes"}', "STRING_VALUE can not be converted to a Boolean"],
    ['{"Plaintext":"*"}', "Blob is not valid base64-encoded data."],
    ['{"KeyId":"a"', "The request could not be parsed as JSON."],
  ])("refuses %s", async (text, message) => {
    await expect(read("Encrypt", text)).rejects.toMatchObject({ code: "SerializationException", message });
  });

  it("keeps map keys that are special in JavaScript, ignores nulls and unknown members", async () => {
    const input = (await read(
      "Encrypt",
      '{"KeyId":null,"Nope":1,"__proto__":{"x":1},"EncryptionContext":{"__proto__":"a","constructor":"b"}}',
    )) as Record<string, object>;
    expect(Object.keys(input)).toEqual(["EncryptionContext"]);
    expect(Object.entries(input.EncryptionContext as object)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe("forms", () => {
  it("read lists with and without their item name, with gaps, in order", async () => {
    const shape = await inputOf("iam", "TagRole");
    for (const text of [
      "Tags.member.1.Key=a&Tags.member.10.Key=c&Tags.member.2.Key=b",
      "Tags.1.Key=a&Tags.2.Key=b&Tags.10.Key=c",
    ]) {
      expect(readForm(shape, parseForm(text), awsQueryNaming)).toEqual({
        Tags: [{ Key: "a" }, { Key: "b" }, { Key: "c" }],
      });
    }
  });

  it("read EC2's names", async () => {
    const shape = await inputOf("ec2", "DescribeVpcs");
    const text =
      "Filter.1.Name=tag%3AName&Filter.1.Value.1=a+b&Filter.1.Value.2=c&VpcId.1=vpc-1&DryRun=true&MaxResults=5";
    expect(readForm(shape, parseForm(text), ec2Naming)).toEqual({
      Filters: [{ Name: "tag:Name", Values: ["a b", "c"] }],
      VpcIds: ["vpc-1"],
      DryRun: true,
      MaxResults: 5,
    });
    expect(() => readForm(shape, parseForm("MaxResults=x"), ec2Naming)).toThrow(
      /Invalid value 'x' for MaxResults/,
    );
  });
});

describe("XML", () => {
  it("carries every text through an element", () => {
    for (const text of ["<&>\"'", "a\r\nb\tc", "日本 😀", "]]>", " spaced ", "", "\u0085\u2028"]) {
      expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(text);
    }
    expect(parseXml(`<a>${escapeXml("\u0000\u0008")}</a>`).text).toBe("\ufffd\ufffd");
    // S3 writes references that XML 1.0 does not allow, as in the answer quoted in minio/minio-py#716
    expect(escapeXml("a\u0019\u0007\ufffe", true)).toBe("a&#x19;&#x7;&#xfffe;");
  });

  it("reads CDATA, comments, prefixes and entities", () => {
    const root = parseXml(
      '<?xml version="1.0"?><!-- c --><x:a xmlns:x="u" b="1&amp;2"><![CDATA[<raw>]]>&#65;&#x42;<c/></x:a>\n',
    );
    expect(root).toMatchObject({ name: "a", text: "<raw>AB", children: [{ name: "c" }] });
    expect(root.attributes.b).toBe("1&2");
  });

  it("round-trips nested lists and structures of S3", async () => {
    const shape = (await inputOf("s3", "PutBucketLifecycleConfiguration")).member("LifecycleConfiguration")
      ?.shape as StructureShape;
    const value = {
      Rules: [
        {
          ID: "a",
          Status: "Enabled",
          Filter: { And: { Prefix: "p/", Tags: [{ Key: "k", Value: "<v>" }] } },
          Transitions: [{ Days: 30, StorageClass: "GLACIER" }],
        },
      ],
    };
    expect(
      readXmlStructure(
        shape,
        parseXml(`<LifecycleConfiguration>${writeXmlMembers(shape, value)}</LifecycleConfiguration>`),
      ),
    ).toEqual(value);
  });
});
