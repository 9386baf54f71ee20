/**
 * A piece of plain text looked for at one place of another text. `startsWith` would say the same, but costs several
 * times as much on the texts that requests are made of (joined strings, many call sites): most places are ruled out by
 * one character, the rest by the search every engine has in machine code.
 */
export class Literal {
  readonly text: string;
  readonly length: number;
  readonly #last: number;

  constructor(text: string) {
    // joined from characters, the text is one flat piece of memory
    this.text = text.split("").join("");
    this.length = text.length;
    this.#last = text.charCodeAt(text.length - 1);
  }

  /** Whether `text` holds the literal at `at`. */
  isAt(text: string, at: number): boolean {
    const { length } = this;
    if (length === 0) return true;
    return text.charCodeAt(at + length - 1) === this.#last && text.indexOf(this.text, at) === at;
  }
}
