/**
 * Compiles a platform: builds the CDK app, reads the templates back. Loaded only by `synthesize`, because
 * AWS CDK takes most of the time.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Platform } from "@sagekeep/spec";
import { App, type Stack } from "aws-cdk-lib/core";
import { noticesOf } from "./notices.ts";
import type { Synthesized, SynthesizedStack, Template } from "./output.ts";
import { readout } from "./readout.ts";
import { buildStacks, type DeployedStackOf } from "./stacks/build-stacks.ts";
import { GuardrailsStack } from "./stacks/guardrails-stack.ts";
import { PlatformStack } from "./stacks/platform-stack.ts";

export interface CompileOptions {
  readonly deployedStackOf?: DeployedStackOf;
  /** Today as an ISO date. */
  readonly today: string;
}

export function compile(platform: Platform, options: CompileOptions): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "sagekeep-synth-"));
  try {
    const app = new App({ outdir, analyticsReporting: false, treeMetadata: false, stackTraces: false });
    buildStacks(app, platform, options.deployedStackOf);
    const assembly = app.synth();
    const stacks = assembly.stacks.map((artifact): SynthesizedStack => {
      const text = readFileSync(artifact.templateFullPath, "utf8");
      const template = JSON.parse(text) as Template;
      const source = app.node.findChild(artifact.id) as Stack;
      const named = Object.values(template.Resources).some((one) => one.Type.startsWith("AWS::IAM::"));
      return {
        name: artifact.stackName,
        template,
        body: JSON.stringify(template),
        dependsOn: artifact.dependencies.map((one) => one.id).filter((id) => !id.endsWith(".assets")),
        account: platform.account,
        region: platform.region,
        capabilities: named ? ["CAPABILITY_NAMED_IAM"] : [],
        tags: { ...platform.tags, platform: platform.name },
        parameters: {},
        summary: source instanceof PlatformStack ? source.summary : "",
        target: source instanceof GuardrailsStack ? "management" : "platform",
      };
    });
    // Guardrails depend on nothing, and are deployed by somebody else: last.
    stacks.sort((one, other) => Number(one.target === "management") - Number(other.target === "management"));
    return { stacks, readout: readout(platform), notices: noticesOf(platform, stacks, options.today) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
