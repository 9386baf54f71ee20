/** Lives that many kinds share. */
import type { Kind, Life } from "../engine/kind.ts";
import { inUse, notFound, validation } from "../errors.ts";

/** Created, used, deleted; no states. */
export const plain: Life = { create: [] };

/** One state before it is ready, one after it is deleted. */
export function serving(before: string, ready: string, deleting?: string, updating?: string): Life {
  return {
    create: [
      [before, 0],
      [ready, 1],
    ],
    ...(deleting && { delete: [[deleting, 0]] as const }),
    ...(updating && {
      update: [
        [updating, 0],
        [ready, 1],
      ] as const,
    }),
    ...(deleting && { when: { delete: [ready, "Failed", "FAILED", "CREATE_FAILED", "Stopped", "Updated"] } }),
  };
}

/** Runs by itself from `running` to `done`; can be stopped while it runs. */
export function running(running: string, done: string, stopping: string, stopped: string, units = 25): Life {
  return {
    job: true,
    create: [
      [running, 0],
      [done, units],
    ],
    stop: [
      [stopping, 0],
      [stopped, 1],
    ],
  };
}

/** SageMaker's sentences for jobs and other things that were there first. */
export const sayings = {
  couldNotFind: (what: string): Pick<Kind, "missing"> => ({
    missing: (arn) => validation(`Could not find ${what} "${arn}".`),
  }),
  alreadyExisting: (what: string): Pick<Kind, "exists"> => ({
    exists: (arn) => validation(`Cannot create already existing ${what} "${arn}".`),
  }),
  doesNotExist: (what: string): Pick<Kind, "missing"> => ({
    missing: (_, name) => notFound(`${what} ${name} does not exist.`),
  }),
  inUse: (sentence: (name: string, arn: string) => string): Pick<Kind, "exists"> => ({
    exists: (arn, name) => inUse(sentence(name, arn)),
  }),
};
