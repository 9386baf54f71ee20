/** "Did you mean …?": the candidate closest to a misspelt word, if one is close enough. */

/** Edits (insert, delete, replace, swap neighbours) between two texts, or `limit + 1` once more are needed. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] as number) + 1);
      }
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    before = last;
    last = row;
  }
  return last[b.length] as number;
}

/** The closest candidate within a third of the word's length, without regard to case. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  if (lower.length > 100) return undefined;
  let limit = Math.max(1, Math.floor(lower.length / 3));
  let best: string | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(lower, candidate.toLowerCase(), limit);
    if (distance <= limit) {
      best = candidate;
      limit = distance - 1;
      if (limit < 0) break;
    }
  }
  return best;
}

/** `did you mean \`x\`?`, or the alternative help, or nothing. */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  otherwise?: string,
): string | undefined {
  const found = closest(word, candidates);
  return found === undefined ? otherwise : `did you mean \`${found}\`?`;
}
