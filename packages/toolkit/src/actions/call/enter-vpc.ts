/** A place inside the VPC for whoever is no Studio user: a network interface of its own in a private subnet. */
import { exportsOf } from "../../account/exports.ts";
import type { Clients } from "../../aws/clients.ts";
import { openPosition } from "../../aws/control.ts";
import { likeOf } from "../../aws/target.ts";
import { ToolkitError } from "../../errors.ts";

/** Seconds after which a connection without a path is closed. */
const NO_PATH = 1;

export interface Place {
  /** Listener whose requests leave from the interface. */
  endpoint: string;
  networkInterfaceId: string;
  /** Removes the interface. */
  leave(): Promise<void>;
}

/** How the interfaces are described, so that those left by a killed process are found. */
export const placeDescription = "sagekeep lab: a place inside the VPC";

/** @param state state folder of the local cloud. @throws ToolkitError when no platform's network is there */
export async function enterVpc(admin: Clients, state: string): Promise<Place> {
  const { target } = admin;
  if (target.kind !== "local" || !target.endpoint)
    throw new ToolkitError("CALL0005", "a program can take a place inside the VPC on the local cloud only", {
      help: "on AWS run the command on an instance (or in a CloudShell VPC environment) in a private subnet",
      exit: "invalid",
    });
  const exported = Object.entries(await exportsOf(admin));
  const exportedAs = (end: string) => exported.find(([name]) => name.endsWith(end))?.[1];
  const SubnetId = exportedAs(":network:PrivateSubnet1");
  const group = exportedAs(":network:StudioGroup");
  if (!SubnetId || !group)
    throw new ToolkitError("CALL0006", "no platform with a network is deployed here", {
      help: "deploy one first: `sagekeep up`, or `sagekeep lab start`",
      exit: "invalid",
    });
  const made = await admin.call("ec2", "CreateNetworkInterface", {
    SubnetId,
    Groups: [group],
    Description: placeDescription,
  });
  const networkInterfaceId = made.NetworkInterface?.NetworkInterfaceId ?? "";
  const { url } = await openPosition(target.endpoint, state, networkInterfaceId, NO_PATH);
  const endpoint = likeOf(target, url);
  return {
    endpoint,
    networkInterfaceId,
    async leave() {
      await admin
        .call("ec2", "DeleteNetworkInterface", { NetworkInterfaceId: networkInterfaceId })
        .catch(() => {});
    },
  };
}
