/** The type of a part of VPC Lattice's handlers. */
import type * as VpcLattice from "@aws-sdk/client-vpc-lattice";
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";

export type Operations = Handlers<typeof VpcLattice, CallContext>;
