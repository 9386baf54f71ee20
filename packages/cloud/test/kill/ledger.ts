/**
 * What must be true of a server that may be killed at any moment. Each fact has a name and the values it may have: one
 * after a write was acknowledged, two while a write is under way, or when it was never answered.
 */
import { Unanswered } from "./client.ts";

export const absent = "absent";

export class Ledger {
  readonly #facts = new Map<string, Set<string>>();
  readonly #touched = new Set<string>();
  acknowledged = 0;
  inDoubt = 0;

  /** The value, when it is certain. */
  value(name: string): string | undefined {
    const possible = this.#facts.get(name);
    return possible?.size === 1 ? [...possible][0] : possible ? undefined : absent;
  }

  /** Writes; from the acknowledgement on, only `value` is possible. @throws Unanswered */
  async write(name: string, value: string, act: () => Promise<unknown>): Promise<void> {
    const possible = this.#facts.get(name) ?? new Set([absent]);
    possible.add(value);
    this.#facts.set(name, possible);
    this.#touched.add(name);
    try {
      await act();
    } catch (error) {
      if (error instanceof Unanswered) this.inDoubt++;
      throw error;
    }
    this.acknowledged++;
    this.#facts.set(name, new Set([value]));
  }

  /**
   * Reads facts and compares. What was in doubt is certain afterwards.
   * @param all every fact, not only those touched since the last check
   * @returns what is wrong, in words
   */
  async check(read: (name: string) => Promise<string>, all = false): Promise<string[]> {
    const names = [...(all ? this.#facts.keys() : this.#touched)];
    const wrong: string[] = [];
    const next = async (): Promise<void> => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        const found = await read(name);
        const possible = this.#facts.get(name) as Set<string>;
        if (!possible.has(found))
          wrong.push(`${name} is \`${found}\`, expected \`${[...possible].join("` or `")}\``);
        this.#facts.set(name, new Set([found]));
      }
    };
    await Promise.all(Array.from({ length: 8 }, next));
    this.#touched.clear();
    return wrong;
  }

  names(prefix: string): string[] {
    return [...this.#facts.keys()].filter((name) => name.startsWith(prefix));
  }
}
