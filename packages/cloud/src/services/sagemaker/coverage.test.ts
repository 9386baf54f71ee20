import { describe, expect, it } from "vitest";
import { unfilledKeys } from "./authorization/condition-keys.ts";
import { operations as known } from "./engine/model.ts";
import { service } from "./service.ts";

describe("the SageMaker API", () => {
  it("has a handler and an authorization rule for every operation of the SDK", () => {
    expect(Object.keys(known).filter((name) => !(name in service.operations))).toEqual([]);
    expect(Object.keys(service.operations).filter((name) => !(name in known))).toEqual([]);
    expect(Object.keys(service.operations).filter((name) => !(name in service.authorization))).toEqual([]);
  });

  it("fills every condition key that IAM's reference gives to an operation", () => {
    expect(unfilledKeys(known)).toEqual([]);
  });
});
