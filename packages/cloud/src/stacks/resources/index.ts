/** Every resource type that this local cloud can make. */
import { bucketTypes } from "./bucket.ts";
import { catalogTypes } from "./catalog.ts";
import { cloudFormationTypes } from "./cloudformation.ts";
import { endpointServiceTypes } from "./ec2/endpoint-services.ts";
import { endpointTypes } from "./ec2/endpoints.ts";
import { ipamTypes } from "./ec2/ipam.ts";
import { launchingTypes } from "./ec2/launching.ts";
import { routingTypes } from "./ec2/routing.ts";
import { securityTypes } from "./ec2/security.ts";
import { sharingTypes } from "./ec2/sharing.ts";
import { transitTypes } from "./ec2/transit.ts";
import { vpcTypes } from "./ec2/vpc.ts";
import { vpnTypes } from "./ec2/vpn.ts";
import { firewallTypes } from "./firewall.ts";
import type { ResourceHandler } from "./handler.ts";
import { deviceTypes } from "./iam/devices.ts";
import { policyTypes } from "./iam/policies.ts";
import { principalTypes } from "./iam/principals.ts";
import { certificateTypes } from "./iam/server-certificate.ts";
import { identityCenterTypes } from "./identity-center.ts";
import { kmsTypes } from "./kms.ts";
import { latticeTypes } from "./lattice.ts";
import { monitoringTypes } from "./monitoring.ts";
import { named } from "./naming.ts";
import { operationTypes } from "./operations.ts";
import { organizationTypes } from "./organizations.ts";
import { registryTypes } from "./registry.ts";
import { sagemakerTypes } from "./sagemaker/index.ts";
import { secretTypes } from "./secrets.ts";
import { stackSetTypes } from "./stack-set.ts";
import { storageTypes } from "./storage.ts";
import { waitConditionTypes } from "./wait-condition.ts";

/** Types whose name is the physical id: property, longest name, prefix of generated ones. */
const NAMED: readonly [type: string, property: string, limit: number, prefix?: string][] = [
  ["AWS::SSM::Parameter", "Name", 1000, "CFN-"],
  ["AWS::Logs::LogGroup", "LogGroupName", 512],
  ["AWS::Logs::LogStream", "LogStreamName", 512],
  ["AWS::Logs::MetricFilter", "FilterName", 512],
  ["AWS::Logs::SubscriptionFilter", "FilterName", 512],
  ["AWS::CloudTrail::Trail", "TrailName", 128],
  ["AWS::CloudWatch::Alarm", "AlarmName", 255],
  ["AWS::CloudWatch::Dashboard", "DashboardName", 255],
];

let table: Map<string, ResourceHandler> | undefined;

function handlers(): Map<string, ResourceHandler> {
  if (table) return table;
  table = new Map(
    [
      bucketTypes,
      catalogTypes,
      certificateTypes,
      cloudFormationTypes,
      deviceTypes,
      endpointServiceTypes,
      endpointTypes,
      firewallTypes,
      identityCenterTypes,
      kmsTypes,
      ipamTypes,
      latticeTypes,
      launchingTypes,
      monitoringTypes,
      operationTypes,
      organizationTypes,
      policyTypes,
      principalTypes,
      registryTypes,
      routingTypes,
      sagemakerTypes,
      secretTypes,
      securityTypes,
      sharingTypes,
      stackSetTypes,
      storageTypes,
      transitTypes,
      vpcTypes,
      vpnTypes,
      waitConditionTypes,
    ].flatMap((one) => Object.entries(one)),
  );
  for (const [type, property, limit, prefix] of NAMED) {
    const handler = table.get(type);
    if (handler) table.set(type, named(handler, property, limit, prefix));
  }
  return table;
}

/** The handler of a type; `undefined` when this local cloud has none. */
export function handlerOf(type: string): ResourceHandler | undefined {
  return handlers().get(type);
}

/** Names of all supported types, sorted. */
export function supportedTypes(): string[] {
  return [...handlers().keys()].sort();
}
