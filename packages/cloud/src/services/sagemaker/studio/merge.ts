/** Updates of nested settings: what an update names replaces, what it leaves out stays. Lists are replaced whole. */
export function deepMerge(old: unknown, change: unknown): unknown {
  if (!isRecord(old) || !isRecord(change)) return change;
  const merged: Record<string, unknown> = { ...old };
  for (const [name, value] of Object.entries(change)) merged[name] = deepMerge(old[name], value);
  return merged;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
