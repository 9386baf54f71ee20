/**
 * Reaching from VPC to VPC through a transit gateway and peerings, on random topologies, against a formula: both
 * directions need their route in the VPC and in the gateway's table.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { tableOf } from "../services/ec2/kind.ts";
import { networkInterfaces } from "../services/ec2/kinds.ts";
import { reach } from "./reach.ts";

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const COUNT = 3;

let cloud: Cloud;
const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const cidr = (index: number) => `10.${index + 1}.0.0/16`;

interface Site {
  vpc: string;
  subnet: string;
  table: string;
  eni: string;
  ip: string;
  attachment: string;
  transitTable: string;
}
const sites: Site[] = [];
let gateway: string;

beforeAll(async () => {
  console.log(`reachability over transit gateways: SEED=${SEED}`);
  cloud = await startCloud();
  const off = { DefaultRouteTableAssociation: "disable", DefaultRouteTablePropagation: "disable" };
  gateway = (await ec2("CreateTransitGateway", { Options: off })).TransitGateway.TransitGatewayId;
  for (let index = 0; index < COUNT; index++) {
    const vpc = (await ec2("CreateVpc", { CidrBlock: cidr(index) })).Vpc.VpcId;
    const CidrBlock = cidr(index).replace("/16", "/24");
    const subnet = (await ec2("CreateSubnet", { VpcId: vpc, CidrBlock })).Subnet.SubnetId;
    const Filters = [{ Name: "vpc-id", Values: [vpc] }];
    const table = (await ec2("DescribeRouteTables", { Filters })).RouteTables[0].RouteTableId;
    const [group] = (await ec2("DescribeSecurityGroups", { Filters })).SecurityGroups;
    await ec2("AuthorizeSecurityGroupIngress", {
      GroupId: group.GroupId,
      IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0/8" }] }],
    });
    const made = (await ec2("CreateNetworkInterface", { SubnetId: subnet })).NetworkInterface;
    const attachment = (
      await ec2("CreateTransitGatewayVpcAttachment", {
        TransitGatewayId: gateway,
        VpcId: vpc,
        SubnetIds: [subnet],
      })
    ).TransitGatewayVpcAttachment.TransitGatewayAttachmentId;
    const transitTable = (await ec2("CreateTransitGatewayRouteTable", { TransitGatewayId: gateway }))
      .TransitGatewayRouteTable.TransitGatewayRouteTableId;
    sites.push({
      vpc,
      subnet,
      table,
      attachment,
      transitTable,
      eni: made.NetworkInterfaceId,
      ip: made.PrivateIpAddress,
    });
  }
});
afterAll(() => cloud.close());

const context = () => cloud.runtime.within(cloud.account, cloud.region);
const from = (site: Site) => tableOf(context(), networkInterfaces).get(site.eni)!;
const goes = (a: Site, b: Site) => reach(context(), from(a), { destination: b.ip, port: 443 });
const others = (index: number) => sites.map((_, other) => other).filter((other) => other !== index);

const bools = fc.array(fc.boolean(), { minLength: COUNT, maxLength: COUNT });
const matrix = fc.array(bools, { minLength: COUNT, maxLength: COUNT });

describe("through a transit gateway", () => {
  it("both directions need their routes, in the VPC and in the gateway's table", async () => {
    await fc.assert(
      fc.asyncProperty(matrix, bools, matrix, matrix, async (routes, associated, learned, holes) => {
        const at = (index: number) => ({
          TransitGatewayRouteTableId: sites[index]!.transitTable,
          TransitGatewayAttachmentId: sites[index]!.attachment,
        });
        const propagation = (index: number, other: number) => ({
          ...at(index),
          TransitGatewayAttachmentId: sites[other]!.attachment,
        });
        const hole = (index: number, other: number) => ({
          TransitGatewayRouteTableId: sites[index]!.transitTable,
          DestinationCidrBlock: cidr(other),
        });
        const route = (index: number, other: number) => ({
          RouteTableId: sites[index]!.table,
          DestinationCidrBlock: cidr(other),
        });
        for (let a = 0; a < COUNT; a++) {
          if (associated[a]) await ec2("AssociateTransitGatewayRouteTable", at(a));
          for (const b of others(a)) {
            if (routes[a]![b]) await ec2("CreateRoute", { ...route(a, b), TransitGatewayId: gateway });
            if (learned[a]![b]) await ec2("EnableTransitGatewayRouteTablePropagation", propagation(a, b));
            if (holes[a]![b]) await ec2("CreateTransitGatewayRoute", { ...hole(a, b), Blackhole: true });
          }
        }
        try {
          const way = (a: number, b: number) =>
            routes[a]![b] && associated[a] && learned[a]![b] && !holes[a]![b];
          for (let a = 0; a < COUNT; a++) {
            for (const b of others(a)) {
              const found = goes(sites[a]!, sites[b]!);
              expect([a, b, found.none === undefined, found.none?.detail]).toEqual([
                a,
                b,
                Boolean(way(a, b) && way(b, a)),
                found.none?.detail,
              ]);
              if (!found.none) expect(found.end).toMatchObject({ networkInterface: { id: sites[b]!.eni } });
              else expect(found.none.reason).toBe("route");
            }
          }
        } finally {
          for (let a = 0; a < COUNT; a++) {
            if (associated[a]) await ec2("DisassociateTransitGatewayRouteTable", at(a));
            for (const b of others(a)) {
              if (routes[a]![b]) await ec2("DeleteRoute", route(a, b));
              if (learned[a]![b]) await ec2("DisableTransitGatewayRouteTablePropagation", propagation(a, b));
              if (holes[a]![b]) await ec2("DeleteTransitGatewayRoute", hole(a, b));
            }
          }
        }
      }),
      { seed: SEED, numRuns: 25 },
    );
  });
});

describe("over peerings", () => {
  it("reach only the other VPC, never through it", async () => {
    const peer = async (a: number, b: number) => {
      const made = await ec2("CreateVpcPeeringConnection", {
        VpcId: sites[a]!.vpc,
        PeerVpcId: sites[b]!.vpc,
      });
      const VpcPeeringConnectionId = made.VpcPeeringConnection.VpcPeeringConnectionId as string;
      await ec2("AcceptVpcPeeringConnection", { VpcPeeringConnectionId });
      return VpcPeeringConnectionId;
    };
    const [ab, bc] = [await peer(0, 1), await peer(1, 2)];
    const route = (a: number, b: number, VpcPeeringConnectionId: string) =>
      ec2("CreateRoute", {
        RouteTableId: sites[a]!.table,
        DestinationCidrBlock: cidr(b),
        VpcPeeringConnectionId,
      });
    await route(0, 1, ab);
    expect(goes(sites[0]!, sites[1]!).none?.detail).toContain("find no way back");
    await route(1, 0, ab);
    expect(goes(sites[0]!, sites[1]!).none).toBeUndefined();
    await route(1, 2, bc);
    await route(2, 1, bc);
    expect(goes(sites[1]!, sites[2]!).none).toBeUndefined();
    // a — b — c: not from a to c
    await route(0, 2, ab);
    await route(2, 0, bc);
    expect(goes(sites[0]!, sites[2]!).none?.reason).toBe("route");
    // what is not let in is rejected at the other side
    const [group] = from(sites[1]!).groupIds;
    await ec2("RevokeSecurityGroupIngress", {
      GroupId: group,
      IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0/8" }] }],
    });
    expect(goes(sites[0]!, sites[1]!).none?.reason).toBe("security-group");
    // groups of the other side can be named, in one region
    await ec2("AuthorizeSecurityGroupIngress", {
      GroupId: group,
      IpPermissions: [
        {
          IpProtocol: "tcp",
          FromPort: 443,
          ToPort: 443,
          UserIdGroupPairs: [{ GroupId: from(sites[0]!).groupIds[0] }],
        },
      ],
    });
    expect(goes(sites[0]!, sites[1]!).none).toBeUndefined();
  });
});
