/** The type of a part of EC2's handlers; service.ts joins the parts. */
import type * as Ec2 from "@aws-sdk/client-ec2";
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";

export type Operations = Handlers<typeof Ec2, CallContext>;
