/** Lab 1: domain, network, roles, users. */
import type { Lab } from "../../model.ts";
import { furtherReading } from "./further-reading.ts";
import { introduction } from "./introduction.ts";
import { quiz } from "./quiz.ts";
import { addresses } from "./steps/capacity.ts";
import { deploy } from "./steps/deploy.ts";
import { parameterEndpoint, sagemakerEndpoint } from "./steps/endpoint-policies.ts";
import { flowLogs } from "./steps/flow-logs.ts";
import { identityCenter } from "./steps/identity-center.ts";
import {
  deniedServices,
  describeDomain,
  listParameters,
  noEndpointNoPath,
  readParameter,
  serviceCatalog,
} from "./steps/inside-studio.ts";
import { firewall, nat, noInternet } from "./steps/internet.ts";
import { isolatedJob, jobNetwork } from "./steps/jobs.ts";
import { escalation, exactPassRole } from "./steps/pass-role.ts";
import { prepareData } from "./steps/prepare-data.ts";
import { presignedForOthers } from "./steps/presigned-for-others.ts";
import { presignedFromAddress } from "./steps/presigned-from-address.ts";
import { presignedFromVpc, presignedInsideVpc } from "./steps/presigned-from-vpc.ts";
import { presignedLifetime } from "./steps/presigned-lifetime.ts";

import { securityGroups } from "./steps/security-groups.ts";

export const lab: Lab = {
  slug: "01-domain",
  number: 1,
  title: "Domain, network, roles, users",
  minutes: 75,
  introduction,
  steps: [
    deploy,
    presignedFromVpc,
    presignedInsideVpc,
    presignedFromAddress,
    presignedLifetime,
    presignedForOthers,
    listParameters,
    noEndpointNoPath,
    deniedServices,
    describeDomain,
    serviceCatalog,
    noInternet,
    nat,
    firewall,
    readParameter,
    parameterEndpoint,
    sagemakerEndpoint,
    jobNetwork,
    isolatedJob,
    prepareData,
    escalation,
    exactPassRole,
    flowLogs,
    identityCenter,
    addresses,
    securityGroups,
  ],
  quiz,
  furtherReading,
};
