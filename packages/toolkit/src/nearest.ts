/** The nearest of some words, for suggestions. */

/** Edit distance, bounded by short words: both sides are names. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

/** `undefined` when nothing is near enough to be a slip of the finger. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const given = word.slice(0, 64).toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const one of words) {
    const far = distance(given, one.slice(0, 64).toLowerCase());
    if (far < least) [best, least] = [one, far];
  }
  return best;
}
