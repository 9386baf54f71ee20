/** The command line as data: names and options, for whoever has to know what exists. */
import type { Command } from "commander";

export interface Known {
  name: string;
  options: string[];
  commands: Known[];
}

export function knownCommands(program: Command): Known[] {
  return program.commands.map((command) => ({
    name: command.name(),
    options: command.options.flatMap(({ long, short }) => [long, short].filter((one) => one != null)),
    commands: knownCommands(command),
  }));
}
