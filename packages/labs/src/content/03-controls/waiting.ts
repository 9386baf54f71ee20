/** Waits for what takes a while: moments on the local cloud, minutes on AWS. */
import type { Bench } from "../../bench.ts";

/** Asks again until `look` answers something. @throws Error after a quarter of an hour (half a minute locally) */
export async function until<T>(
  bench: Bench,
  what: string,
  look: () => Promise<T | undefined | false>,
): Promise<T> {
  const pause = bench.isLocal ? 100 : 5000;
  const rounds = bench.isLocal ? 300 : 180;
  for (let round = 0; round < rounds; round++) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`waited too long for ${what}`);
}
