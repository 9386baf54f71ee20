/** References to secrets, read for the handler that needs them. */
import { withSecrets } from "../dynamic-references.ts";
import { holdsSecret } from "../secret-references.ts";
import { shapedProperties } from "../shape.ts";
import type { ValueMap } from "../template/value.ts";
import type { Operation } from "./operation.ts";
import type { ResourceRecord } from "./records.ts";

/** What the handler is given: the properties with their secrets. They are kept nowhere. */
export async function revealed(
  operation: Operation,
  { logicalId, type }: Pick<ResourceRecord, "logicalId" | "type">,
  properties: ValueMap,
): Promise<ValueMap> {
  if (!holdsSecret(properties)) return properties;
  const known = await withSecrets(properties, (service, action, input) =>
    operation.call(service, action, input),
  );
  return shapedProperties(logicalId, type, known as ValueMap);
}
