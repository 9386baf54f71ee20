/** The labs, proved: what `sagekeep lab verify` does, with the commands that this command line really has. */
import { checkLabs } from "@sagekeep/labs";
import { Command } from "commander";
import { expect, test } from "vitest";
import { allCommands } from "./commands/index.ts";
import { knownCommands } from "./commands/known.ts";

test("every lab fails unsolved, passes solved, says what is true, and leaves nothing behind", async () => {
  const program = new Command("sagekeep");
  for (const register of await allCommands()) register(program, () => async () => {});
  const { labs } = await checkLabs({ commands: knownCommands(program), thorough: true });
  const problems = labs.flatMap(({ lab, steps, content, leftovers }) => [
    ...steps.flatMap((one) => one.problems.map((problem) => `${lab}, step ${one.step}: ${problem}`)),
    ...content.map((one) => `${lab}: ${one}`),
    ...leftovers.map((one) => `after ${lab}: ${one}`),
  ]);
  expect(problems).toEqual([]);
  expect(labs.length).toBeGreaterThan(3);
}, 400_000);
