/**
 * Who should be able to do what: real requests with the answer the platform's design gives.
 *
 * Derived from personas, teams and data sets, never from the templates, so that trying them finds what the
 * templates get wrong. `sagekeep check` makes each attempt over the wire.
 */

import { type Capability, type EndpointName, hasPath, type Platform } from "@sagekeep/spec";
import type { UserReadout } from "../output.ts";
import { readout } from "../readout.ts";
import { identityProbes, settingsProbes } from "./account-probes.ts";
import type { Attempt } from "./attempt.ts";
import { dataProbes } from "./data-probes.ts";
import { domainProbes } from "./domain-probes.ts";
import { jobProbes } from "./job-probes.ts";
import type { Probe } from "./probe.ts";

export interface Expectation {
  readonly user: string;
  readonly persona: string;
  readonly team: string;
  /** IAM action, `sagemaker:DescribeDomain`. */
  readonly action: string;
  /** What is attempted, for people. */
  readonly describe: string;
  readonly request: Attempt;
  /**
   * Whether authorization lets it through. Any answer that is not a refusal counts as allowed: probes that
   * would destroy something name resources that do not exist. `timed-out`: there is no network path to the service.
   */
  readonly expect: "allowed" | "denied" | "timed-out";
  readonly why: string;
  /** Network position to attempt it from. */
  readonly from: "studio";
  /** Undoes what the attempt made, when it was allowed. */
  readonly undo?: Attempt;
}

/** All expectations of a platform: a dozen or more a user. */
export function accessExpectations(platform: Platform): Expectation[] {
  return readout(platform).users.flatMap((user) =>
    probesOf(platform, user).map(({ allowed, ...probe }): Expectation => {
      const cut = whyCut(platform, probe.request.service);
      return {
        user: user.name,
        persona: user.persona,
        team: user.team,
        expect: cut ? "timed-out" : allowed ? "allowed" : "denied",
        from: "studio",
        ...probe,
        ...(cut && { why: cut }),
      };
    }),
  );
}

/** Why nothing leads from Studio to a service; `undefined` where something does. */
function whyCut({ network, region }: Platform, service: string): string | undefined {
  if (service === "iam") {
    return hasPath(network, region, "iam") ? undefined : "IAM has no VPC endpoint and no way out leads there";
  }
  const endpoint = service === "sagemaker" ? "sagemaker.api" : (service as EndpointName);
  return hasPath(network, region, endpoint)
    ? undefined
    : `no endpoint of \`${endpoint}\` and no way out leads there`;
}

function probesOf(platform: Platform, user: UserReadout): Probe[] {
  const can = (capability: Capability) => user.capabilities.includes(capability);
  return [
    ...identityProbes(),
    ...domainProbes(platform, user, can),
    ...settingsProbes(platform, can),
    ...dataProbes(platform, user, can),
    ...jobProbes(platform, user, can),
  ];
}
