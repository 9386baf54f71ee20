import { expect, test } from "vitest";
import { fillIn } from "./placeholders.ts";

const bench = {
  account: "111122223333",
  region: "eu-west-1",
  platform: "workshop",
  async exported(name: string) {
    if (name === "keys:jobs") return "arn:aws:kms:eu-west-1:111122223333:key/k";
    throw new Error(`no \`${name}\``);
  },
};

test("placeholders are filled, IAM's variables stay", async () => {
  const text =
    '{"a":"arn:aws:s3:::b-{{account}}-{{ region }}/${aws:PrincipalTag/team}/*","k":"{{keys:jobs}}"}';
  expect(await fillIn(bench, text)).toBe(
    '{"a":"arn:aws:s3:::b-111122223333-eu-west-1/${aws:PrincipalTag/team}/*","k":"arn:aws:kms:eu-west-1:111122223333:key/k"}',
  );
});

test("an unknown name is an error, not an empty string", async () => {
  await expect(fillIn(bench, "{{keys:jbos}}")).rejects.toThrow("no `keys:jbos`");
});
