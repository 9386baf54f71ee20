/** Turns the steps of a life into a status now and moves ahead. */
import type { ReadContext } from "../../../context.ts";
import { optionsOf } from "../options.ts";
import type { Steps } from "./kind.ts";
import type { Move, Resource } from "./resource.ts";

/** Puts `resource` on the first of `steps` and plans the others; `when` overrides now. */
export function take(resource: Resource, steps: Steps, context: ReadContext): void {
  const unit = optionsOf(context.store).transition;
  const [first, ...rest] = steps;
  delete resource.moves;
  if (!first) return;
  resource.status = first[0];
  resource.since = context.now;
  resource.modified = context.now;
  let time = context.now;
  const moves = rest.map(([status, units]): Move => {
    time += units * unit;
    return { at: time, status };
  });
  if (moves.length > 0) resource.moves = moves;
}
