import fc from "fast-check";
import { expect, test } from "vitest";
import { Choices, randomPolicySet, randomRequest } from "../../test/random-case.ts";
import { authorize, explain } from "../index.ts";
import { referenceAuthorize } from "./reference.ts";

test("engine and reference agree on 20,000 random requests", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7fffffff }), (seed) => {
      const choices = new Choices(seed);
      const policies = randomPolicySet(choices);
      for (let i = 0; i < 10; i++) {
        const request = randomRequest(choices);
        const { outcome, by } = authorize(request, policies);
        const twin = referenceAuthorize(request, policies);
        if (outcome !== twin.outcome || by !== twin.by)
          expect({ request, outcome, by }).toEqual({ request, ...twin });
        if (i > 0) continue;
        const explained = explain(request, policies);
        expect({ outcome: explained.outcome, by: explained.by }).toEqual({ outcome, by });
      }
    }),
    { numRuns: 2000, verbose: 0 },
  );
});
