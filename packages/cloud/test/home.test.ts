/** A cloud is of an account and a region that it can really play; anything else is said before anything is made. */
import { expect, test } from "vitest";
import { startCloud } from "../src/cloud.ts";

test.each(["", "123", "1111222233334", "111122223333\n", "abcdefghijkl"])(
  "refuses the account %j",
  async (account) => {
    await expect(startCloud({ account })).rejects.toMatchObject({
      code: "CLOUD0011",
      help: expect.any(String),
    });
  },
);

test.each(["", "mars", "us-gov-west-1", "cn-north-1", "US-EAST-1", "us-east-1a"])(
  "refuses the region %j",
  async (region) => {
    await expect(startCloud({ region })).rejects.toMatchObject({
      code: "CLOUD0011",
      message: expect.stringContaining(`\`${region}\``),
    });
  },
);

test.each(["us-east-1", "ap-southeast-2", "mx-central-1"])("is of %s", async (region) => {
  const cloud = await startCloud({ region, account: "000000000000" });
  expect([cloud.region, cloud.account]).toEqual([region, "000000000000"]);
  await cloud.close();
});
