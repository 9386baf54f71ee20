/** Messages on stderr: a line a step, coloured on a terminal only. */

import { createInterface } from "node:readline/promises";
import type { Io, Message } from "@sagekeep/toolkit";
import pc from "picocolors";

export interface TerminalOptions {
  quiet?: boolean;
  signal?: AbortSignal;
}

const seconds = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} s`;

/** Renders to stderr; what a command answers goes to stdout by itself. */
export function terminal(options: TerminalOptions = {}): Io {
  const colors = pc.createColors(process.stderr.isTTY === true && !process.env.NO_COLOR);
  const live = process.stderr.isTTY === true && !options.quiet;
  const titles = new Map<string, string>();
  let open = "";
  const line = (text: string) => {
    if (open) process.stderr.write("\r\x1b[2K");
    open = "";
    process.stderr.write(`${text}\n`);
  };
  const show = (text: string) => {
    if (!live) return;
    open = text;
    process.stderr.write(`\r\x1b[2K${colors.dim(text.slice(0, (process.stderr.columns ?? 80) - 1))}`);
  };
  const emit = (message: Message) => {
    switch (message.type) {
      case "step":
        titles.set(message.id, message.title);
        return show(`… ${message.title}`);
      case "progress":
        return show(`… ${titles.get(message.id) ?? ""} ${message.text}`);
      case "done":
        if (options.quiet) return;
        return line(
          `${colors.green("✔")} ${titles.get(message.id) ?? ""}${message.text ? ` ${message.text}` : ""} ${colors.dim(seconds(message.seconds))}`,
        );
      case "failed":
        return line(
          `${colors.red("✖")} ${titles.get(message.id) ?? ""} ${colors.dim(message.text.startsWith("error[") ? "" : (message.text.split("\n", 1)[0] ?? ""))}`,
        );
      case "info":
        return options.quiet ? undefined : line(message.text);
      case "warning":
        line(`${colors.yellow("warning")}: ${message.text}`);
        return message.help ? line(`${colors.dim("help")}: ${message.help}`) : undefined;
    }
  };
  return {
    emit,
    ...(options.signal && { signal: options.signal }),
    async confirm(question, expected) {
      if (!process.stdin.isTTY) return false;
      if (open) line("");
      const ask = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return (
          (await ask.question(`${question}\ntype ${colors.bold(expected)} to go on: `)).trim() === expected
        );
      } finally {
        ask.close();
      }
    },
  };
}
