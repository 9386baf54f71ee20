/**
 * Properties that AWS's handlers take and ours cannot make true. They fail their resource by name: a property that is
 * dropped would look like one that is in force (`dropped-properties.test.ts` finds those).
 */
import { ResourceFailure } from "../engine/failure.ts";
import type { ValueMap } from "../template/value.ts";

const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  "AWS::CloudTrail::Trail": ["AggregationConfigurations"],
  "AWS::CloudWatch::Alarm": [
    "WarmUpConfiguration",
    "EvaluationWindow",
    "EvaluationInterval",
    "EvaluationCriteria",
  ],
  "AWS::EC2::EIP": ["TransferAddress", "IpamPoolId"],
  "AWS::EC2::FlowLog": ["TagFieldSpecifications"],
  "AWS::EC2::IPAM": [
    "EnablePrivateGua",
    "MeteredAccount",
    "DefaultResourceDiscoveryOrganizationalUnitExclusions",
  ],
  "AWS::EC2::IPAMPool": ["AwsService", "PublicIpSource", "PubliclyAdvertisable"],
  "AWS::EC2::IPAMScope": ["ExternalAuthorityConfiguration"],
  "AWS::EC2::NatGateway": ["AvailabilityZoneAddresses", "VpcId"],
  "AWS::EC2::NetworkInterface": ["ConnectionTrackingSpecification", "PublicIpDnsHostnameTypeSpecification"],
  "AWS::EC2::Route": ["OdbNetworkArn"],
  "AWS::EC2::Subnet": [
    "EnableLniAtDeviceIndex",
    "Ipv4IpamPoolId",
    "Ipv4NetmaskLength",
    "Ipv6IpamPoolId",
    "Ipv6NetmaskLength",
  ],
  "AWS::EC2::SubnetCidrBlock": ["Ipv6IpamPoolId", "Ipv6NetmaskLength"],
  "AWS::EC2::TransitGateway": ["EncryptionSupport"],
  "AWS::EC2::VPC": ["VpcEncryptionControl"],
  "AWS::EC2::VPCCidrBlock": ["Ipv6IpamPoolId", "Ipv6NetmaskLength"],
  "AWS::EC2::VPCEndpointService": [
    "PayerResponsibility",
    "ContributorInsightsEnabled",
    "SupportedIpAddressTypes",
    "SupportedRegions",
    "PrivateDnsNameConfiguration",
  ],
  "AWS::EC2::VPCPeeringConnection": ["AssumeRoleRegion"],
  "AWS::EC2::VPNConnection": [
    "RemoteIpv6NetworkCidr",
    "LocalIpv6NetworkCidr",
    "OutsideIpAddressType",
    "TunnelBandwidth",
    "VpnConcentratorId",
    "PreSharedKeyStorage",
    "TransportTransitGatewayAttachmentId",
    "TunnelInsideIpVersion",
  ],
  "AWS::EFS::FileSystem": ["ReplicationConfiguration"],
  "AWS::IAM::SAMLProvider": ["AddPrivateKey", "RemovePrivateKey", "PrivateKeyList"],
  "AWS::Logs::LogGroup": ["FieldIndexPolicies", "ResourcePolicyDocument", "BearerTokenAuthenticationEnabled"],
  "AWS::Logs::MetricFilter": ["FieldSelectionCriteria", "EmitSystemFieldDimensions"],
  "AWS::Logs::QueryDefinition": ["Parameters"],
  "AWS::NetworkFirewall::Firewall": [
    "AvailabilityZoneMappings",
    "AvailabilityZoneChangeProtection",
    "TransitGatewayId",
    "EnabledAnalysisTypes",
  ],
  "AWS::NetworkFirewall::LoggingConfiguration": ["EnableMonitoringDashboard"],
  "AWS::SecretsManager::Secret": ["Type"],
  "AWS::ServiceCatalog::CloudFormationProduct": ["SourceConnection"],
  "AWS::ServiceCatalog::CloudFormationProvisionedProduct": ["ProvisioningPreferences"],
  "AWS::VpcLattice::ResourceConfiguration": ["ResourceConfigurationAuthType"],
  "AWS::VpcLattice::Service": ["DnsEntry", "IdleTimeoutSeconds"],
  "AWS::VpcLattice::ServiceNetworkServiceAssociation": ["DnsEntry"],
};

/** @throws ResourceFailure for properties that could only be dropped */
export function refuseUnsupported(type: string, properties: ValueMap): void {
  const found = (UNSUPPORTED[type] ?? []).filter((name) => properties[name] !== undefined);
  if (found.length === 0) return;
  const names = found.length === 1 ? `Property ${found[0]}` : `Properties [${found.join(", ")}]`;
  const verb = found.length === 1 ? "is" : "are";
  throw new ResourceFailure(`${names} of ${type} ${verb} not supported by the Sagekeep local cloud`);
}
