/** Every command, in the order of the help. */
import type { Register } from "../command.ts";
import { check } from "./check.ts";
import { cloud } from "./cloud.ts";
import { deploy } from "./deploy.ts";
import { explain } from "./explain.ts";
import { init } from "./init.ts";
import { plan } from "./plan.ts";
import { up } from "./up.ts";

export const commands: readonly Register[] = [init, up, plan, deploy, check, explain, cloud];
