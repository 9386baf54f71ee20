import { expect, it } from "vitest";
import { lifecycleRules } from "./bucket-lifecycle.ts";

it("gives rules their dates, and refuses what is none before the bucket is made", () => {
  const of = (ExpirationDate: string) =>
    lifecycleRules({ Rules: [{ Status: "Enabled", ExpirationDate }] }, "Bucket");
  expect(of("2030-01-02T00:00:00Z")).toEqual([
    { Status: "Enabled", Filter: { Prefix: "" }, Expiration: { Date: new Date("2030-01-02T00:00:00Z") } },
  ]);
  for (const short of ["2019-10-01", "2019-10-01T00:00:00", "2019-10-01T00:00:00.000Z"]) {
    expect(of(short)).toMatchObject([{ Expiration: { Date: new Date("2019-10-01T00:00:00Z") } }]);
  }
  for (const bad of ["some day", "2017-08-08 00:08", "1502150400"]) {
    expect(() => of(bad)).toThrow(
      `Properties validation failed for resource Bucket with message:\n#/LifecycleConfiguration/Rules/0/ExpirationDate: string [${bad}] does not match pattern ^`,
    );
  }
  expect(() =>
    lifecycleRules(
      { Rules: [{ Status: "Enabled", Transitions: [{ StorageClass: "GLACIER", TransitionDate: "x" }] }] },
      "B",
    ),
  ).toThrow("TransitionDate: string [x]");
});
