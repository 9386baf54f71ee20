/** Which service principals Organizations knows: those of services that IAM knows, and some named otherwise. */
import { services } from "@sagekeep/policy";
import { invalidInput } from "./errors.ts";

/** Principals whose name is no action prefix; "AWS services that you can use with AWS Organizations". */
const OTHERS = new Set([
  "agentless.inspector2",
  "aws-artifact-account-sync",
  "config-multiaccountsetup",
  "cost-optimization-hub.bcm",
  "ipam",
  "license-management.marketplace",
  "macie",
  "member.org.stacksets.cloudformation",
  "reachabilityanalyzer.networkinsights",
  "storage-lens.s3",
  "stacksets.cloudformation",
]);
let known: Set<string> | undefined;

/** @throws InvalidInput for what is no service */
export function checkServicePrincipal(principal: string): void {
  const name = /^([a-z0-9.-]+)\.amazonaws\.com$/.exec(principal)?.[1];
  known ??= new Set(services());
  // the last label names the service, those before it a part of it
  const service = name?.slice(name.lastIndexOf(".") + 1);
  if (name === undefined || service === undefined || !(OTHERS.has(name) || known.has(service))) {
    throw invalidInput("UNRECOGNIZED_SERVICE_PRINCIPAL", "You specified an unrecognized service principal.");
  }
}
