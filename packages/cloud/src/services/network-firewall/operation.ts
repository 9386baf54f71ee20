/** The type of a part of Network Firewall's handlers. */
import type * as NetworkFirewall from "@aws-sdk/client-network-firewall";
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";

export type Operations = Handlers<typeof NetworkFirewall, CallContext>;
