/**
 * Whether a regular expression may take exponential time: a group that is repeated without end and that itself repeats
 * or chooses, at any depth.
 */
export function mayBacktrack(source: string): boolean {
  // for each open group: does anything inside of it repeat or choose?
  const open: boolean[] = [];
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === "\\") at++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else if (character === "(") open.push(false);
    else if (character === ")") {
      const risky = open.pop() ?? false;
      const repeated = /^(?:[*+]|\{\d+,)/.test(source.slice(at + 1, at + 8));
      if (risky && repeated) return true;
      if (risky || repeated) mark(open);
    } else if (character === "*" || character === "+" || character === "|" || character === "{") mark(open);
  }
  return false;
}

function mark(open: boolean[]): void {
  if (open.length > 0) open[open.length - 1] = true;
}
