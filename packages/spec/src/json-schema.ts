/** The JSON Schema of platform.yaml, for editors: generated from the schema that reads the file. */

import { z } from "zod";
import { platformSchema } from "./schema.ts";

/** JSON Schema (draft 2020-12) of what an author may write. */
export function platformJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(platformSchema, {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
  });
  return { ...schema, title: "Sagekeep platform", $id: "https://sagekeep.dev/schema/platform.json" };
}
