/** Which values hold references to secrets (`dynamic-references.ts` reads them). */
import { isMap, type Value } from "./template/value.ts";

const SECRET = /\{\{resolve:(?:ssm-secure|secretsmanager):[^}]+\}\}/;

/** Whether a text holds a reference to a secret: its value, and so its type, is known to the handler only. */
export const isSecret = (text: string): boolean => SECRET.test(text);

export function holdsSecret(value: Value): boolean {
  if (typeof value === "string") return isSecret(value);
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isMap(value) && Object.values(value).some(holdsSecret);
}
