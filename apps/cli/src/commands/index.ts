/** Every command, in the order of the help. */
import type { Register } from "../command.ts";
import { cloud } from "./cloud.ts";

export const commands: readonly Register[] = [cloud];
