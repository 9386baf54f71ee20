/** Who one is, IAM, and the platform's parameters. */

import { type Platform, parameterName } from "@sagekeep/spec";
import { because, type Can, type Probe } from "./probe.ts";

export function identityProbes(): Probe[] {
  return [
    {
      action: "sts:GetCallerIdentity",
      describe: "ask who one is",
      request: { service: "sts", operation: "GetCallerIdentity", input: {} },
      allowed: true,
      why: "always allowed by AWS",
    },
    {
      action: "iam:CreateUser",
      describe: "create an IAM user",
      request: { service: "iam", operation: "CreateUser", input: { UserName: "sagekeep-check" } },
      allowed: false,
      why: "no persona changes IAM",
    },
  ];
}

export function settingsProbes(platform: Platform, can: Can): Probe[] {
  return [
    {
      action: "ssm:GetParameter",
      describe: "read a parameter of the platform",
      request: {
        service: "ssm",
        operation: "GetParameter",
        input: { Name: parameterName(platform.name, "vpc-id") },
      },
      allowed: can("settings"),
      why: because(can, "settings"),
    },
    {
      action: "ssm:DescribeParameters",
      describe: "list the account's parameters",
      request: { service: "ssm", operation: "DescribeParameters", input: {} },
      allowed: false,
      why: "parameters are read by name, not listed",
    },
  ];
}
