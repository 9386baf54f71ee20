/** Every command, in the order of the help. Only the one that is asked for is loaded: the rest is a lot of code. */
import type { Register } from "../command.ts";

const loaders: Readonly<Record<string, () => Promise<Register>>> = {
  init: async () => (await import("./init.ts")).init,
  up: async () => (await import("./up.ts")).up,
  synth: async () => (await import("./synth.ts")).synth,
  plan: async () => (await import("./plan.ts")).plan,
  deploy: async () => (await import("./deploy.ts")).deploy,
  check: async () => (await import("./check.ts")).check,
  explain: async () => (await import("./explain.ts")).explain,
  "who-can": async () => (await import("./who-can.ts")).whoCan,
  simulate: async () => (await import("./simulate.ts")).simulate,
  studio: async () => (await import("./studio.ts")).studio,
  call: async () => (await import("./call.ts")).call,
  lab: async () => (await import("./lab.ts")).lab,
  users: async () => (await import("./users.ts")).users,
  trail: async () => (await import("./trail.ts")).trail,
  drift: async () => (await import("./drift.ts")).drift,
  cost: async () => (await import("./cost.ts")).cost,
  capacity: async () => (await import("./capacity.ts")).capacity,
  destroy: async () => (await import("./destroy.ts")).destroy,
  data: async () => (await import("./data.ts")).data,
  cloud: async () => (await import("./cloud.ts")).cloud,
};

/** All of them: for the help, and for names that are none. */
export const allCommands = (): Promise<Register[]> =>
  Promise.all(Object.values(loaders).map((load) => load()));

/** Those that a command line needs. @param first its first argument */
export async function commandsFor(first: string | undefined): Promise<Register[]> {
  const load = first !== undefined && Object.hasOwn(loaders, first) ? loaders[first] : undefined;
  return load ? [await load()] : allCommands();
}
