/** Physical names as CloudFormation makes them: `stack-logical-RANDOM`, cut to the type's limit. */
import { randomInt } from "node:crypto";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const MIXED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export function randomSuffix(length = 12, letters = MIXED): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}

/** Stack name and logical id each keep at least half of the room that the suffix leaves. */
export function generatedName(
  stackName: string,
  logicalId: string,
  limit: number,
  options: { lower?: boolean } = {},
): string {
  const suffix = options.lower ? randomSuffix(12, LETTERS).toLowerCase() : randomSuffix();
  const room = limit - suffix.length - 2;
  let stack = stackName;
  let logical = logicalId;
  if (stack.length + logical.length > room) {
    const half = Math.floor(room / 2);
    if (logical.length <= half) stack = stack.slice(0, room - logical.length);
    else if (stack.length <= half) logical = logical.slice(0, room - stack.length);
    else {
      stack = stack.slice(0, half);
      logical = logical.slice(0, room - half);
    }
  }
  const name = `${stack}-${logical}-${suffix}`;
  return options.lower ? name.toLowerCase() : name;
}
