/** Types whose name, when not given, is chosen before the call that makes them. */
import type { ValueMap } from "../template/value.ts";
import { type Physical, type ResourceHandler, text } from "./handler.ts";

/** The handler with `property` filled in wherever the template left it out; prefix and limit as AWS has them. */
export function named(
  handler: ResourceHandler,
  property: string,
  limit: number,
  prefix = "",
): ResourceHandler {
  const filled = (p: ValueMap, physical: Physical): ValueMap =>
    p[property] === undefined ? { ...p, [property]: physical.attributes.__name ?? physical.physicalId } : p;
  const whole = (physical: Physical): Physical => ({
    ...physical,
    properties: filled(physical.properties, physical),
  });
  const { create, ready, attributes, update } = handler;
  return {
    ...handler,
    async create(p, r) {
      const name = text(p[property]) || `${prefix}${r.generatedName(limit - prefix.length)}`;
      const made = await create({ ...p, [property]: name }, r);
      return { ...made, attributes: { ...made.attributes, __name: name } };
    },
    ...(ready && { ready: (physical, r) => ready(whole(physical), r) }),
    ...(attributes && {
      attributes: async (physical, r) => ({
        ...(await attributes(whole(physical), r)),
        ...(physical.attributes.__name === undefined ? {} : { __name: physical.attributes.__name }),
      }),
    }),
    ...(update && {
      update: (physical, p, changes, r) => update(whole(physical), filled(p, physical), changes, r),
    }),
    delete: (physical, r) => handler.delete(whole(physical), r),
  };
}
