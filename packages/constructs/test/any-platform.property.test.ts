/** Whatever is valid in a file compiles: within the quotas, in order, and with the isolation it promises. */

import { parsePlatform, readPlatform } from "@sagekeep/spec";
import { arbitraryPlatform } from "@sagekeep/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { accessExpectations, comparePlatforms, fillAttempt, synthesize } from "../src/index.ts";
import { SyntheticAccount } from "./synthetic-account.ts";

const RUNS = 12;

test("a valid file reads without errors; warnings say that Studio is cut off, or from the data", () => {
  fc.assert(
    fc.property(arbitraryPlatform(), (text) => {
      const { platform, problems } = readPlatform(text);
      expect(problems.filter(({ code }) => code !== "SPEC0305" && code !== "SPEC0306")).toEqual([]);
      const { internet = "none", endpoints = [] } = platform?.network ?? {};
      if (internet === "none") expect(problems.length === 0).toBe(endpoints.includes("sagemaker.api"));
      expect(platform).toBeDefined();
    }),
    { numRuns: 100 },
  );
});

test("a valid file compiles to templates that deploy in order and keep teams apart", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryPlatform(), async (text) => {
      const platform = parsePlatform(text);
      const out = await synthesize(platform);
      expect(out.notices).toEqual([]);
      for (const stack of out.stacks) {
        expect(Buffer.byteLength(stack.body)).toBeLessThanOrEqual(51_200);
        expect(stack.body).not.toContain("Token[");
        for (const [id, resource] of Object.entries(stack.template.Resources))
          if (resource.Type === "AWS::IAM::ManagedPolicy") {
            const characters = JSON.stringify(resource.Properties?.PolicyDocument).replace(/\s/g, "").length;
            expect(characters, `${stack.name}/${id}`).toBeLessThanOrEqual(6_144);
          }
      }
      // Resolves every import in deploy order, and throws when one is missing.
      const account = new SyntheticAccount(platform, out);
      for (const one of accessExpectations(platform)) fillAttempt(one.request, account.exports);
      expect(comparePlatforms(out.stacks, (await synthesize(platform)).stacks).changes).toEqual([]);
      for (const team of platform.teams)
        for (const persona of team.personas)
          for (const other of platform.teams) {
            if (other === team) continue;
            const as = `${platform.name}-${team.name}-${persona}`;
            const arn = (kind: string) =>
              `arn:${platform.partition}:sagemaker:${platform.region}:${platform.account}:${kind}/x`;
            const theirs = { team: other.name };
            if (platform.controls.isolation.teams)
              for (const [action, kind] of [
                ["DescribeTrainingJob", "training-job"],
                ["StopProcessingJob", "processing-job"],
                ["DeleteModel", "model"],
                ["AddTags", "endpoint"],
                ["DeleteFeatureGroup", "feature-group"],
              ] as const)
                expect(
                  account.decide({
                    as,
                    action: `sagemaker:${action}`,
                    resource: arn(kind),
                    resourceTags: theirs,
                  }).allowed,
                ).toBe(false);
            for (const workload of other.workloads)
              expect(
                account.decide({
                  as,
                  action: "iam:PassRole",
                  resource: `arn:${platform.partition}:iam::${platform.account}:role/${platform.name}-${other.name}-${workload}-job`,
                  context: { "iam:PassedToService": "sagemaker.amazonaws.com" },
                }).allowed,
              ).toBe(false);
          }
    }),
    { numRuns: RUNS },
  );
});
