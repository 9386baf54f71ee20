/** Every command, in the order of the help. */
import type { Register } from "../command.ts";
import { call } from "./call.ts";
import { capacity } from "./capacity.ts";
import { check } from "./check.ts";
import { cloud } from "./cloud.ts";
import { cost } from "./cost.ts";
import { data } from "./data.ts";
import { deploy } from "./deploy.ts";
import { destroy } from "./destroy.ts";
import { drift } from "./drift.ts";
import { explain } from "./explain.ts";
import { init } from "./init.ts";
import { lab } from "./lab.ts";
import { plan } from "./plan.ts";
import { simulate } from "./simulate.ts";
import { studio } from "./studio.ts";
import { synth } from "./synth.ts";
import { trail } from "./trail.ts";
import { up } from "./up.ts";
import { users } from "./users.ts";
import { whoCan } from "./who-can.ts";

export const commands: readonly Register[] = [
  init,
  up,
  synth,
  plan,
  deploy,
  check,
  explain,
  whoCan,
  simulate,
  studio,
  call,
  lab,
  users,
  trail,
  drift,
  cost,
  capacity,
  destroy,
  data,
  cloud,
];
