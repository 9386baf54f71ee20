/** A server in a process of its own: it tells lines of JSON, and answers each line it is told. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

export class Server {
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  constructor(path: string, args: string[] = [], flags: string[] = []) {
    this.process = spawn(process.execPath, [...flags, path, ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#reader = createInterface({ input: this.process.stdout as NodeJS.ReadableStream });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }
  async line(): Promise<Record<string, unknown>> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the server ended");
    return JSON.parse(value) as Record<string, unknown>;
  }
  ask(command: string): Promise<Record<string, unknown>> {
    this.process.stdin?.write(`${command}\n`);
    return this.line();
  }
  /** Lets it finish by itself. */
  async end(): Promise<void> {
    const over = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.stdin?.end();
    await over;
  }
  stop(): void {
    this.process.kill();
  }
}
