/** Endpoint services of one's own, and who may connect to them. */
import { declared, list, pick } from "../declared.ts";
import { type HandlerTable, text } from "../handler.ts";
import { ec2Tags, listChanges, tagSpecifications } from "./shared.ts";

const service = "ec2";
const some = <T>(all: T[]): T[] | undefined => (all.length > 0 ? all : undefined);

export const endpointServiceTypes: HandlerTable = {
  "AWS::EC2::VPCEndpointService": declared({
    service,
    create: {
      op: "CreateVpcEndpointServiceConfiguration",
      input: (work) => ({
        ...pick(
          work.p,
          "AcceptanceRequired",
          "NetworkLoadBalancerArns",
          "GatewayLoadBalancerArns",
          "PrivateDnsName",
        ),
        TagSpecifications: tagSpecifications("vpc-endpoint-service", work),
      }),
    },
    id: (output) => output.ServiceConfiguration.ServiceId,
    steps: [
      {
        of: ["AcceptanceRequired", "NetworkLoadBalancerArns", "GatewayLoadBalancerArns", "PrivateDnsName"],
        updateOnly: true,
        op: "ModifyVpcEndpointServiceConfiguration",
        input: ({ id, p, old = {} }) => {
          const [addNetwork, dropNetwork] = listChanges(
            old.NetworkLoadBalancerArns,
            p.NetworkLoadBalancerArns,
          );
          const [addGateway, dropGateway] = listChanges(
            old.GatewayLoadBalancerArns,
            p.GatewayLoadBalancerArns,
          );
          return {
            ServiceId: id,
            AcceptanceRequired: p.AcceptanceRequired ?? true,
            PrivateDnsName: p.PrivateDnsName,
            RemovePrivateDnsName:
              p.PrivateDnsName === undefined && old.PrivateDnsName !== undefined ? true : undefined,
            AddNetworkLoadBalancerArns: some(addNetwork),
            RemoveNetworkLoadBalancerArns: some(dropNetwork),
            AddGatewayLoadBalancerArns: some(addGateway),
            RemoveGatewayLoadBalancerArns: some(dropGateway),
          };
        },
      },
    ],
    attributes: (_, { id }) => ({ ServiceId: id }),
    delete: { op: "DeleteVpcEndpointServiceConfigurations", input: ({ id }) => ({ ServiceIds: [id] }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::VPCEndpointServicePermissions": declared({
    service,
    create: {
      op: "ModifyVpcEndpointServicePermissions",
      input: ({ p }) => ({ ServiceId: p.ServiceId, AddAllowedPrincipals: some(list(p.AllowedPrincipals)) }),
    },
    id: (_, { p }) => text(p.ServiceId),
    steps: [
      {
        of: ["AllowedPrincipals"],
        updateOnly: true,
        op: "ModifyVpcEndpointServicePermissions",
        input: ({ id, p, old = {} }) => {
          const [add, drop] = listChanges(old.AllowedPrincipals, p.AllowedPrincipals);
          return { ServiceId: id, AddAllowedPrincipals: some(add), RemoveAllowedPrincipals: some(drop) };
        },
      },
    ],
    delete: {
      op: "ModifyVpcEndpointServicePermissions",
      input: ({ id, p }) => ({ ServiceId: id, RemoveAllowedPrincipals: some(list(p.AllowedPrincipals)) }),
    },
  }),
};
