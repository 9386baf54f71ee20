/**
 * Lists of what the local cloud has none of (instances, volumes, images, …): nobody can make one here, so an
 * empty list is the truth, and an id is of none. Making one of them answers "not supported".
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";

interface None {
  /** Member of the answer that lists them. */
  list: string;
  /** Member of the request that chooses by id or name. */
  ids?: string;
  code?: string;
  sentence?: (id: string) => string;
}

const quoted = (what: string) => (id: string) => `The ${what} '${id}' does not exist`;
const by = (list: string, ids: string, code: string, sentence: (id: string) => string): None => ({
  list,
  ids,
  code,
  sentence,
});
const instance = (list: string): None =>
  by(list, "InstanceIds", "InvalidInstanceID.NotFound", quoted("instance ID"));

const NONE: Record<string, None> = {
  DescribeAddressTransfers: { list: "AddressTransfers" },
  DescribeBundleTasks: { list: "BundleTasks" },
  DescribeByoipCidrs: { list: "ByoipCidrs" },
  DescribeCapacityReservationFleets: { list: "CapacityReservationFleets" },
  DescribeCapacityReservations: by(
    "CapacityReservations",
    "CapacityReservationIds",
    "InvalidCapacityReservationId.NotFound",
    quoted("capacity reservation ID"),
  ),
  DescribeClientVpnEndpoints: by(
    "ClientVpnEndpoints",
    "ClientVpnEndpointIds",
    "InvalidClientVpnEndpointId.NotFound",
    (id) => `Endpoint ${id} does not exist`,
  ),
  DescribeCoipPools: { list: "CoipPools" },
  DescribeConversionTasks: { list: "ConversionTasks" },
  DescribeExportImageTasks: { list: "ExportImageTasks" },
  DescribeExportTasks: { list: "ExportTasks" },
  DescribeFastLaunchImages: { list: "FastLaunchImages" },
  DescribeFastSnapshotRestores: { list: "FastSnapshotRestores" },
  DescribeFleets: by("Fleets", "FleetIds", "InvalidFleetId.NotFound", quoted("fleet ID")),
  DescribeHostReservations: { list: "HostReservationSet" },
  DescribeHosts: by("Hosts", "HostIds", "InvalidHostID.NotFound", quoted("host ID")),
  DescribeIamInstanceProfileAssociations: by(
    "IamInstanceProfileAssociations",
    "AssociationIds",
    "InvalidAssociationID.NotFound",
    quoted("association ID"),
  ),
  DescribeImages: by(
    "Images",
    "ImageIds",
    "InvalidAMIID.NotFound",
    (id) => `The image id '[${id}]' does not exist`,
  ),
  DescribeImportImageTasks: { list: "ImportImageTasks" },
  DescribeImportSnapshotTasks: { list: "ImportSnapshotTasks" },
  DescribeInstanceConnectEndpoints: by(
    "InstanceConnectEndpoints",
    "InstanceConnectEndpointIds",
    "InvalidInstanceConnectEndpointId.NotFound",
    quoted("instance connect endpoint ID"),
  ),
  DescribeInstanceCreditSpecifications: instance("InstanceCreditSpecifications"),
  DescribeInstanceEventWindows: by(
    "InstanceEventWindows",
    "InstanceEventWindowIds",
    "InvalidInstanceEventWindowID.NotFound",
    quoted("instance event window ID"),
  ),
  DescribeInstanceStatus: instance("InstanceStatuses"),
  DescribeIpamByoasn: { list: "Byoasns" },
  DescribeIpamResourceDiscoveries: { list: "IpamResourceDiscoveries" },
  DescribeIpamResourceDiscoveryAssociations: { list: "IpamResourceDiscoveryAssociations" },
  DescribeIpv6Pools: { list: "Ipv6Pools" },
  DescribeLocalGatewayRouteTables: { list: "LocalGatewayRouteTables" },
  DescribeLocalGateways: { list: "LocalGateways" },
  DescribeLockedSnapshots: { list: "Snapshots" },
  DescribeMovingAddresses: { list: "MovingAddressStatuses" },
  DescribeNetworkInsightsAccessScopeAnalyses: { list: "NetworkInsightsAccessScopeAnalyses" },
  DescribeNetworkInsightsAccessScopes: { list: "NetworkInsightsAccessScopes" },
  DescribeNetworkInsightsAnalyses: { list: "NetworkInsightsAnalyses" },
  DescribeNetworkInsightsPaths: { list: "NetworkInsightsPaths" },
  DescribePlacementGroups: by(
    "PlacementGroups",
    "GroupNames",
    "InvalidPlacementGroup.Unknown",
    (id) => `The Placement Group '${id}' is unknown.`,
  ),
  DescribePublicIpv4Pools: { list: "PublicIpv4Pools" },
  DescribeReplaceRootVolumeTasks: { list: "ReplaceRootVolumeTasks" },
  DescribeReservedInstances: { list: "ReservedInstances" },
  DescribeReservedInstancesModifications: { list: "ReservedInstancesModifications" },
  DescribeRouteServerEndpoints: { list: "RouteServerEndpoints" },
  DescribeRouteServerPeers: { list: "RouteServerPeers" },
  DescribeRouteServers: { list: "RouteServers" },
  DescribeScheduledInstances: { list: "ScheduledInstanceSet" },
  DescribeSnapshotTierStatus: { list: "SnapshotTierStatuses" },
  DescribeSnapshots: by(
    "Snapshots",
    "SnapshotIds",
    "InvalidSnapshot.NotFound",
    (id) => `The snapshot '${id}' does not exist.`,
  ),
  DescribeSpotFleetRequests: by(
    "SpotFleetRequestConfigs",
    "SpotFleetRequestIds",
    "InvalidSpotFleetRequestId.NotFound",
    quoted("spot fleet request ID"),
  ),
  DescribeSpotInstanceRequests: by(
    "SpotInstanceRequests",
    "SpotInstanceRequestIds",
    "InvalidSpotInstanceRequestID.NotFound",
    quoted("spot instance request ID"),
  ),
  DescribeStoreImageTasks: { list: "StoreImageTaskResults" },
  DescribeTrafficMirrorFilters: by(
    "TrafficMirrorFilters",
    "TrafficMirrorFilterIds",
    "InvalidTrafficMirrorFilterId.NotFound",
    quoted("traffic mirror filter ID"),
  ),
  DescribeTrafficMirrorSessions: by(
    "TrafficMirrorSessions",
    "TrafficMirrorSessionIds",
    "InvalidTrafficMirrorSessionId.NotFound",
    quoted("traffic mirror session ID"),
  ),
  DescribeTrafficMirrorTargets: by(
    "TrafficMirrorTargets",
    "TrafficMirrorTargetIds",
    "InvalidTrafficMirrorTargetId.NotFound",
    quoted("traffic mirror target ID"),
  ),
  DescribeTransitGatewayConnectPeers: { list: "TransitGatewayConnectPeers" },
  DescribeTransitGatewayConnects: { list: "TransitGatewayConnects" },
  DescribeTransitGatewayMulticastDomains: { list: "TransitGatewayMulticastDomains" },
  DescribeTransitGatewayPolicyTables: { list: "TransitGatewayPolicyTables" },
  DescribeTransitGatewayRouteTableAnnouncements: { list: "TransitGatewayRouteTableAnnouncements" },
  DescribeVerifiedAccessEndpoints: { list: "VerifiedAccessEndpoints" },
  DescribeVerifiedAccessGroups: { list: "VerifiedAccessGroups" },
  DescribeVerifiedAccessInstances: { list: "VerifiedAccessInstances" },
  DescribeVerifiedAccessTrustProviders: { list: "VerifiedAccessTrustProviders" },
  DescribeVolumeStatus: by(
    "VolumeStatuses",
    "VolumeIds",
    "InvalidVolume.NotFound",
    (id) => `The volume '${id}' does not exist.`,
  ),
  DescribeVolumes: by(
    "Volumes",
    "VolumeIds",
    "InvalidVolume.NotFound",
    (id) => `The volume '${id}' does not exist.`,
  ),
  DescribeVolumesModifications: by(
    "VolumesModifications",
    "VolumeIds",
    "InvalidVolume.NotFound",
    (id) => `The volume '${id}' does not exist.`,
  ),
  DescribeVpcEncryptionControls: by(
    "VpcEncryptionControls",
    "VpcEncryptionControlIds",
    "InvalidVpcEncryptionControlId.NotFound",
    quoted("vpc-encryption-control ID"),
  ),
  DescribeVpcEndpointConnectionNotifications: { list: "ConnectionNotificationSet" },
  ListImagesInRecycleBin: { list: "Images" },
  ListSnapshotsInRecycleBin: { list: "Snapshots" },
};

const answer =
  ({ list, ids, code, sentence }: None) =>
  (input: Record<string, unknown>) => {
    const asked = ids ? input[ids] : undefined;
    const [id] = Array.isArray(asked) ? asked.map(String) : [];
    if (id !== undefined && code && sentence) throw new AwsError(code, sentence(id));
    return { [list]: [] };
  };

export const noneOperations = Object.fromEntries(
  Object.entries(NONE).map(([operation, none]) => [operation, answer(none)]),
) as unknown as Operations;
