import fc from "fast-check";
import { expect, test } from "vitest";
import { formatArn, isAccountId, parseArn } from "./arn.ts";

test("splits the six parts, the last with its colons", () => {
  expect(parseArn("arn:aws:logs:us-east-1:111122223333:log-group:/aws/x:*")).toEqual({
    partition: "aws",
    service: "logs",
    region: "us-east-1",
    account: "111122223333",
    resource: "log-group:/aws/x:*",
  });
  expect(parseArn("arn:aws:s3:::b/k:v")?.resource).toBe("b/k:v");
});

test.each(["", "arn", "arn:aws:s3", "arn:aws:s3::b", "urn:aws:s3:::b"])("%j is no ARN", (text) => {
  expect(parseArn(text)).toBeUndefined();
});

test("what is split can be joined again", () => {
  const part = fc.string({ maxLength: 8 }).map((text) => text.replaceAll(":", ""));
  fc.assert(
    fc.property(part, part, part, part, fc.string(), (a, b, c, d, e) => {
      const text = `arn:${a}:${b}:${c}:${d}:${e}`;
      expect(formatArn(parseArn(text) as NonNullable<ReturnType<typeof parseArn>>)).toBe(text);
    }),
  );
});

test("an account id is twelve digits", () => {
  expect(
    ["111122223333", "11112222333", "1111222233334", "11112222333a", "١١١١٢٢٢٢٣٣٣٣"].map(isAccountId),
  ).toEqual([true, false, false, false, false]);
});
