/** The diagrams of the labs: a text that links to `#diagram-NAME` shows the diagram NAME. */
import { architecture } from "./architecture.ts";
import { dataLifecycle } from "./data-lifecycle.ts";
import { identityFlow } from "./identity-flow.ts";
import { keys } from "./keys.ts";
import type { Diagram } from "./model.ts";
import { network } from "./network.ts";
import { perimeter } from "./perimeter.ts";

/** All of them; a lab shows those that its text links to as `#diagram-NAME`. */
export const diagrams: readonly Diagram[] = [
  architecture,
  identityFlow,
  network,
  perimeter,
  keys,
  dataLifecycle,
];
