/** The domain, its profiles, and ways into Studio. */

import type { Platform } from "@sagekeep/spec";
import type { UserReadout } from "../output.ts";
import { placeholder } from "./attempt.ts";
import { because, type Can, type Probe } from "./probe.ts";

/** A name no resource has: destructive probes are judged on it. */
const NOBODY = "d-sagekeepcheck";

export function domainProbes(platform: Platform, user: UserReadout, can: Can): Probe[] {
  const id = placeholder(user.domainIdExport);
  const colleague = platform.users.find((one) => one.name !== user.name && one.domain === user.domain);
  const administers = can("domain-administration");
  return [
    {
      action: "sagemaker:DescribeDomain",
      describe: "describe the own domain",
      request: { service: "sagemaker", operation: "DescribeDomain", input: { DomainId: id } },
      allowed: can("read"),
      why: because(can, "read"),
    },
    {
      action: "sagemaker:ListUserProfiles",
      describe: "list user profiles",
      request: { service: "sagemaker", operation: "ListUserProfiles", input: { MaxResults: 10 } },
      allowed: can("read"),
      why: because(can, "read"),
    },
    {
      action: "sagemaker:CreateUserProfile",
      describe: "create a user profile without the team's tag",
      request: {
        service: "sagemaker",
        operation: "CreateUserProfile",
        input: { DomainId: id, UserProfileName: "sagekeep-check" },
      },
      undo: {
        service: "sagemaker",
        operation: "DeleteUserProfile",
        input: { DomainId: id, UserProfileName: "sagekeep-check" },
      },
      allowed: false,
      why: administers
        ? "an administrator must tag a profile with the own team"
        : "explicitly denied to this persona",
    },
    {
      action: "sagemaker:DeleteDomain",
      describe: "delete a domain",
      request: { service: "sagemaker", operation: "DeleteDomain", input: { DomainId: NOBODY } },
      allowed: false,
      why: "explicitly denied to every persona",
    },
    {
      action: "sagemaker:CreateNotebookInstance",
      describe: "create a notebook instance",
      request: {
        service: "sagemaker",
        operation: "CreateNotebookInstance",
        input: {
          NotebookInstanceName: "sagekeep-check",
          InstanceType: "ml.t3.medium",
          RoleArn: user.roleArn,
        },
      },
      undo: {
        service: "sagemaker",
        operation: "DeleteNotebookInstance",
        input: { NotebookInstanceName: "sagekeep-check" },
      },
      allowed: false,
      why: "explicitly denied to every persona",
    },
    {
      action: "sagemaker:CreatePresignedDomainUrl",
      describe: colleague ? `open Studio as ${colleague.name}` : "open Studio as somebody else",
      request: {
        service: "sagemaker",
        operation: "CreatePresignedDomainUrl",
        input: { DomainId: id, UserProfileName: colleague?.name ?? "sagekeep-check" },
      },
      allowed: false,
      why: "explicitly denied: only the sign-in role opens Studio",
    },
  ];
}
