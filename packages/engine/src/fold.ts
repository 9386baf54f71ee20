/** Comparing names without regard to case, without making new strings. */

/** Whether `text` equals `lower` (already in lower case) when its own case is left out of account. */
export function equalsFolded(text: string, lower: string): boolean {
  const { length } = lower;
  if (text.length !== length) return false;
  // From the end: names of one service share their beginning.
  for (let at = length - 1; at >= 0; at--) {
    const wanted = lower.charCodeAt(at);
    let char = text.charCodeAt(at);
    if (char === wanted) continue;
    if (char >= 128 || wanted >= 128) return text.toLowerCase() === lower;
    if (char >= 65 && char <= 90) char += 32;
    if (char !== wanted) return false;
  }
  return true;
}
