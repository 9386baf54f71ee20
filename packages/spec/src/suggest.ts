/** "Did you mean": the closest of a few known words, by Damerau–Levenshtein distance. */

/** Steps (insert, delete, replace, swap neighbours) from one word to the other. */
export function distance(from: string, to: string): number {
  const rows = Array.from({ length: from.length + 1 }, (_, i) => [
    i,
    ...new Array<number>(to.length).fill(0),
  ]);
  const first = rows[0]!;
  for (let j = 0; j <= to.length; j++) first[j] = j;
  for (let i = 1; i <= from.length; i++) {
    const row = rows[i]!;
    const above = rows[i - 1]!;
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1;
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + cost);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      row[j] = best;
    }
  }
  return rows[from.length]![to.length]!;
}

/** The known word closest to `word`, or undefined when none is near (a third of its length, at least 2). */
export function closest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.slice(0, 64).toLowerCase();
  let found: string | undefined;
  let best = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const steps = distance(wanted, candidate.toLowerCase());
    if (steps < best) {
      best = steps;
      found = candidate;
    }
  }
  return found;
}

/** "did you mean `x`? things: a, b, c", or only the list when nothing is near. */
export function didYouMean(word: string, known: readonly string[], plural: string): string {
  const near = closest(word, known);
  const shown = [...known].sort();
  const list =
    shown.length > 12 ? `${shown.slice(0, 12).join(", ")} and ${shown.length - 12} more` : shown.join(", ");
  const rest = known.length === 0 ? `there are no ${plural} yet` : `${plural}: ${list}`;
  return near === undefined ? rest : `did you mean \`${near}\`? ${rest}`;
}
