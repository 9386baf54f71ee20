/** VPC endpoints, each with its policy. S3 is a gateway endpoint: it costs nothing and needs no address. */

import type { EndpointName } from "@sagekeep/spec";
import { CfnVPCEndpoint } from "aws-cdk-lib/aws-ec2";
import { endpointPolicy } from "../policies/endpoints.ts";
import { logical, type PlatformStack } from "./platform-stack.ts";
import type { Subnets } from "./subnets.ts";

/** Endpoints whose service name starts with `aws.sagemaker` (PrivateLink guide, "AWS services that integrate"). */
const AWS_SAGEMAKER: readonly EndpointName[] = ["studio", "notebook", "experiments", "partner-app"];

export function serviceName(region: string, name: EndpointName): string {
  if (AWS_SAGEMAKER.includes(name)) return `aws.sagemaker.${region}.${name}`;
  return `com.amazonaws.${region}.${name}`;
}

/** Makes the endpoints of the network; hands the id of each to later stacks as `network:endpoint:NAME`. */
export function buildEndpoints(
  stack: PlatformStack,
  subnets: Pick<Subnets, "vpc" | "privateIds" | "privateTables">,
  securityGroup: string,
  names: readonly EndpointName[],
): Map<EndpointName, string> {
  const { region } = stack.platform;
  const ids = new Map<EndpointName, string>();
  for (const name of names) {
    const policy = endpointPolicy(stack.arns, name);
    const gateway = name === "s3";
    const endpoint = new CfnVPCEndpoint(stack, `${logical(name)}Endpoint`, {
      vpcId: subnets.vpc,
      serviceName: serviceName(region, name),
      vpcEndpointType: gateway ? "Gateway" : "Interface",
      ...(policy === undefined ? {} : { policyDocument: policy }),
      ...(gateway
        ? { routeTableIds: [...subnets.privateTables] }
        : { subnetIds: [...subnets.privateIds], securityGroupIds: [securityGroup], privateDnsEnabled: true }),
      tags: stack.labels({ Name: `${stack.platform.name}-${name}` }),
    });
    if (policy === undefined)
      stack.explain(endpoint, {
        policy: "none: the browser's Studio traffic is signed by no IAM principal; the URL is bound instead",
      });
    ids.set(name, endpoint.attrId);
    stack.hand(`network:endpoint:${name}`, endpoint.attrId, `endpoint ${name}`);
  }
  return ids;
}
