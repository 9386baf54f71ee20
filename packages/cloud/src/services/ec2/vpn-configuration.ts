/**
 * A VPN connection as the customer's device needs it: the XML that EC2 answers with, and tunnels' addresses and keys.
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/your-cgw.html
 */
import { randomBytes, randomInt } from "node:crypto";
import { newPublicIp } from "./identifiers.ts";
import type { CustomerGatewayRecord, VpnConnectionRecord, VpnTunnel } from "./records.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

/** A tunnel with what was not said about it chosen. */
export const newTunnel = (said: Partial<Pick<VpnTunnel, "insideCidr" | "preSharedKey">>): VpnTunnel => ({
  outsideIp: newPublicIp(),
  insideCidr: said.insideCidr ?? `169.254.${randomInt(6, 250)}.${4 * randomInt(64)}/30`,
  preSharedKey: said.preSharedKey ?? [...randomBytes(32)].map((byte) => LETTERS[byte % 64]).join(""),
});

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char]!);

function tunnelXml(one: Readonly<VpnTunnel>, customer: Readonly<CustomerGatewayRecord>, asn: number): string {
  const [network = ""] = one.insideCidr.split("/");
  const parts = network.split(".").map(Number);
  const inside = (offset: number) => [...parts.slice(0, 3), parts[3]! + offset].join(".");
  return `  <ipsec_tunnel>
    <customer_gateway>
      <tunnel_outside_address>
        <ip_address>${escaped(customer.ip ?? "")}</ip_address>
      </tunnel_outside_address>
      <tunnel_inside_address>
        <ip_address>${inside(2)}</ip_address>
        <network_mask>255.255.255.252</network_mask>
        <network_cidr>30</network_cidr>
      </tunnel_inside_address>
      <bgp>
        <asn>${escaped(customer.asn)}</asn>
        <hold_time>30</hold_time>
      </bgp>
    </customer_gateway>
    <vpn_gateway>
      <tunnel_outside_address>
        <ip_address>${one.outsideIp}</ip_address>
      </tunnel_outside_address>
      <tunnel_inside_address>
        <ip_address>${inside(1)}</ip_address>
        <network_mask>255.255.255.252</network_mask>
        <network_cidr>30</network_cidr>
      </tunnel_inside_address>
      <bgp>
        <asn>${asn}</asn>
        <hold_time>30</hold_time>
      </bgp>
    </vpn_gateway>
    <ike>
      <authentication_protocol>sha1</authentication_protocol>
      <encryption_protocol>aes-128-cbc</encryption_protocol>
      <lifetime>28800</lifetime>
      <perfect_forward_secrecy>group2</perfect_forward_secrecy>
      <mode>main</mode>
      <pre_shared_key>${escaped(one.preSharedKey)}</pre_shared_key>
    </ike>
    <ipsec>
      <protocol>esp</protocol>
      <authentication_protocol>hmac-sha1-96</authentication_protocol>
      <encryption_protocol>aes-128-cbc</encryption_protocol>
      <lifetime>3600</lifetime>
      <perfect_forward_secrecy>group2</perfect_forward_secrecy>
      <mode>tunnel</mode>
      <clear_df_bit>true</clear_df_bit>
      <fragmentation_before_encryption>true</fragmentation_before_encryption>
      <tcp_mss_adjustment>1379</tcp_mss_adjustment>
      <dead_peer_detection>
        <interval>10</interval>
        <retries>3</retries>
      </dead_peer_detection>
    </ipsec>
  </ipsec_tunnel>`;
}

/** @param asn of Amazon's side */
export const configurationXml = (
  one: Readonly<VpnConnectionRecord>,
  customer: Readonly<CustomerGatewayRecord>,
  asn: number,
): string => `<?xml version="1.0" encoding="UTF-8"?>
<vpn_connection id="${one.id}">
  <customer_gateway_id>${one.customerGatewayId}</customer_gateway_id>
  <vpn_gateway_id>${one.vpnGatewayId ?? ""}</vpn_gateway_id>
  <vpn_connection_type>ipsec.1</vpn_connection_type>
${one.tunnels.map((tunnel) => tunnelXml(tunnel, customer, asn)).join("\n")}
</vpn_connection>`;
