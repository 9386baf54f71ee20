/** DNS names that VPC Lattice gives. https://docs.aws.amazon.com/vpc/latest/privatelink/resource-configuration.html */
import type { EndpointAssociationRecord, ResourceAssociationRecord, ServiceRecord } from "./records.ts";

const SERVICES_ZONE = "Z09127221KTH2CFUOHIZH";
const RESOURCES_ZONE = "Z03265862FOUNWMZOKUF4";

const servicesDomain = (region: string) => `7d67968.vpc-lattice-svcs.${region}.on.aws`;
const resourcesDomain = (region: string) => `4232ccc.vpc-lattice-rsc.${region}.on.aws`;

export const serviceDns = (service: Readonly<ServiceRecord>) => ({
  domainName: `${service.name}-${service.id.slice(4)}.${servicesDomain(service.region)}`,
  hostedZoneId: SERVICES_ZONE,
});

export const resourceDns = (association: Readonly<ResourceAssociationRecord>, configurationId: string) => ({
  domainName: `${association.id}.${configurationId}.${resourcesDomain(association.region)}`,
  hostedZoneId: RESOURCES_ZONE,
});

/** Of a resource through a VPC endpoint; `via` is its association with a service network. */
export const endpointDns = (
  endpoint: Readonly<EndpointAssociationRecord>,
  configurationId: string,
  via?: string,
) => ({
  DnsName: `${[endpoint.vpcEndpointId, via].filter(Boolean).join("-")}.${configurationId}.${resourcesDomain(endpoint.region)}`,
  HostedZoneId: RESOURCES_ZONE,
});

/** Of a service through a VPC endpoint of a service network. */
export const endpointServiceDns = (endpoint: Readonly<EndpointAssociationRecord>, via: string) => ({
  DnsName: `${endpoint.vpcEndpointId}-${via}.${servicesDomain(endpoint.region)}`,
  HostedZoneId: SERVICES_ZONE,
});
