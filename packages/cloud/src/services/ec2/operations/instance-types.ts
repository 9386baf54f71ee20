/**
 * Instance types that are offered, for those who look them up, and instances: the local cloud runs none, so there are
 * none to describe. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html
 */
import type { InstanceTypeInfo } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../wire/errors.ts";
import { invalidValue } from "../errors.ts";
import { predicate } from "../filters.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import { zonesOf } from "../zones.ts";

/** Type → vCPUs, memory in MiB, interfaces, IPv4 addresses an interface, processor, network, GPUs. */
const TYPES: Record<string, readonly [number, number, number, number, "x86_64" | "arm64", string, string?]> =
  {
    "c5.large": [2, 4096, 3, 10, "x86_64", "Up to 10 Gigabit"],
    "c5.xlarge": [4, 8192, 4, 15, "x86_64", "Up to 10 Gigabit"],
    "c5.2xlarge": [8, 16384, 4, 15, "x86_64", "Up to 10 Gigabit"],
    "c6i.large": [2, 4096, 3, 10, "x86_64", "Up to 12.5 Gigabit"],
    "g4dn.xlarge": [4, 16384, 3, 10, "x86_64", "Up to 25 Gigabit", "T4"],
    "g5.xlarge": [4, 16384, 4, 15, "x86_64", "Up to 10 Gigabit", "A10G"],
    "m5.large": [2, 8192, 3, 10, "x86_64", "Up to 10 Gigabit"],
    "m5.xlarge": [4, 16384, 4, 15, "x86_64", "Up to 10 Gigabit"],
    "m5.2xlarge": [8, 32768, 4, 15, "x86_64", "Up to 10 Gigabit"],
    "m5.4xlarge": [16, 65536, 8, 30, "x86_64", "Up to 10 Gigabit"],
    "m6g.large": [2, 8192, 3, 10, "arm64", "Up to 10 Gigabit"],
    "m6i.large": [2, 8192, 3, 10, "x86_64", "Up to 12.5 Gigabit"],
    "m6i.xlarge": [4, 16384, 4, 15, "x86_64", "Up to 12.5 Gigabit"],
    "m7g.large": [2, 8192, 3, 10, "arm64", "Up to 12.5 Gigabit"],
    "m7i.large": [2, 8192, 3, 10, "x86_64", "Up to 12.5 Gigabit"],
    "r5.large": [2, 16384, 3, 10, "x86_64", "Up to 10 Gigabit"],
    "r5.xlarge": [4, 32768, 4, 15, "x86_64", "Up to 10 Gigabit"],
    "t2.micro": [1, 1024, 2, 2, "x86_64", "Low to Moderate"],
    "t3.micro": [2, 1024, 2, 2, "x86_64", "Up to 5 Gigabit"],
    "t3.small": [2, 2048, 3, 4, "x86_64", "Up to 5 Gigabit"],
    "t3.medium": [2, 4096, 3, 6, "x86_64", "Up to 5 Gigabit"],
    "t3.large": [2, 8192, 3, 12, "x86_64", "Up to 5 Gigabit"],
    "t4g.micro": [2, 1024, 2, 2, "arm64", "Up to 5 Gigabit"],
    "t4g.medium": [2, 4096, 3, 6, "arm64", "Up to 5 Gigabit"],
  };

const view = (name: string): InstanceTypeInfo => {
  const [vcpus, memory, interfaces, addresses, architecture, network, gpu] = TYPES[name]!;
  return {
    InstanceType: name as "m5.large",
    CurrentGeneration: !name.startsWith("t2."),
    FreeTierEligible: name === "t2.micro" || name === "t3.micro",
    SupportedUsageClasses: ["on-demand", "spot"],
    SupportedRootDeviceTypes: ["ebs"],
    SupportedVirtualizationTypes: ["hvm"],
    BareMetal: false,
    Hypervisor: name.startsWith("t2.") ? "xen" : "nitro",
    ProcessorInfo: { SupportedArchitectures: [architecture] },
    VCpuInfo: { DefaultVCpus: vcpus },
    MemoryInfo: { SizeInMiB: memory },
    InstanceStorageSupported: name.startsWith("g"),
    BurstablePerformanceSupported: name.startsWith("t"),
    NetworkInfo: {
      NetworkPerformance: network,
      MaximumNetworkInterfaces: interfaces,
      Ipv4AddressesPerInterface: addresses,
      Ipv6AddressesPerInterface: addresses,
      Ipv6Supported: true,
      MaximumNetworkCards: 1,
    },
    ...(gpu && { GpuInfo: { Gpus: [{ Name: gpu, Manufacturer: "NVIDIA", Count: 1 }] } }),
  };
};

export const instanceTypeOperations: Operations = {
  DescribeInstanceTypes(input, context) {
    const ids = input.InstanceTypes as string[] | undefined;
    const unknown = ids?.filter((name) => !Object.hasOwn(TYPES, name)) ?? [];
    if (unknown.length) {
      throw new AwsError(
        "InvalidInstanceType",
        `The following supplied instance types do not exist: [${unknown.join(", ")}]`,
      );
    }
    const holds = predicate<InstanceTypeInfo>(
      input.Filters,
      {
        "bare-metal": (one) => one.BareMetal,
        "burstable-performance-supported": (one) => one.BurstablePerformanceSupported,
        "current-generation": (one) => one.CurrentGeneration,
        "free-tier-eligible": (one) => one.FreeTierEligible,
        hypervisor: (one) => one.Hypervisor,
        "instance-storage-supported": (one) => one.InstanceStorageSupported,
        "instance-type": (one) => one.InstanceType,
        "memory-info.size-in-mib": (one) => one.MemoryInfo?.SizeInMiB,
        "network-info.maximum-network-interfaces": (one) => one.NetworkInfo?.MaximumNetworkInterfaces,
        "processor-info.supported-architecture": (one) =>
          one.ProcessorInfo?.SupportedArchitectures as string[],
        "supported-usage-class": (one) => one.SupportedUsageClasses as string[],
        "vcpu-info.default-vcpus": (one) => one.VCpuInfo?.DefaultVCpus,
      },
      undefined,
      context,
    );
    const found = (ids?.length ? ids : Object.keys(TYPES)).map(view).filter(holds);
    const { items, next } = page(found, input, { most: 100, ids, idsName: "instanceTypes" });
    return { InstanceTypes: items, NextToken: next };
  },

  DescribeInstanceTypeOfferings(input, context) {
    const by = (input.LocationType as string | undefined) ?? "region";
    const zones = zonesOf(context.region);
    const places = {
      region: [context.region],
      "availability-zone": zones.map((one) => one.name),
      "availability-zone-id": zones.map((one) => one.id),
    }[by];
    if (!places) throw invalidValue(`Value (${by}) for parameter locationType is invalid.`);
    const offers = Object.keys(TYPES).flatMap((InstanceType) =>
      places.map((Location) => ({ InstanceType, Location })),
    );
    const holds = predicate<(typeof offers)[number]>(
      input.Filters,
      { location: (one) => one.Location, "instance-type": (one) => one.InstanceType },
      undefined,
      context,
    );
    const { items, next } = page(offers.filter(holds), input);
    return {
      InstanceTypeOfferings: items.map((one) => ({
        InstanceType: one.InstanceType as "m5.large",
        LocationType: by as "region",
        Location: one.Location,
      })),
      NextToken: next,
    };
  },

  DescribeInstances(input) {
    const [id] = input.InstanceIds ?? [];
    if (id) throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);
    return { Reservations: [] };
  },
};
