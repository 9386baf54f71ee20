/** What every stack of a platform shares: its name, its tags, and values handed from one stack to another. */

import type { Platform } from "@sagekeep/spec";
import {
  BootstraplessSynthesizer,
  CfnOutput,
  type CfnResource,
  type CfnTag,
  Fn,
  Stack,
} from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { exportName, Scope } from "../scope.ts";

export interface PlatformStackProps {
  readonly platform: Platform;
  /** What the stack holds, one sentence. */
  readonly summary: string;
}

export class PlatformStack extends Stack {
  readonly platform: Platform;
  readonly summary: string;
  /** ARNs and imported values of the platform. */
  readonly arns: Scope;

  /** @param id last part of the stack's name: `network` makes `bank-marketing-network` */
  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    const { platform, summary } = props;
    super(scope, `${platform.name}-${id}`, {
      description: summary,
      env: { account: platform.account, region: platform.region },
      synthesizer: new BootstraplessSynthesizer(),
      analyticsReporting: false,
    });
    this.platform = platform;
    this.summary = summary;
    this.arns = new Scope(platform, (name) => Fn.importValue(name));
  }

  /** Exports a value under the platform's name, for later stacks and for people. */
  hand(name: string, value: string, description: string): void {
    const id = name.replace(/[^A-Za-z0-9]/g, "");
    new CfnOutput(this, id, { value, description, exportName: exportName(this.platform, name) });
  }

  /** Tags of one resource: the platform's own, `platform`, and what is given. */
  labels(extra: Readonly<Record<string, string>> = {}): CfnTag[] {
    const all = { ...this.platform.tags, platform: this.platform.name, ...extra };
    return Object.entries(all).map(([key, value]) => ({ key, value }));
  }

  /** Writes down beside a resource why it is as it is. */
  explain(resource: CfnResource, notes: Readonly<Record<string, unknown>>): void {
    if (Object.keys(notes).length > 0) resource.addMetadata("Sagekeep", notes);
  }
}

/** Letters and digits of a name, as a logical id: `team-a` → `TeamA`. */
export function logical(...names: readonly string[]): string {
  return names
    .flatMap((name) => name.split(/[^A-Za-z0-9]+/))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
