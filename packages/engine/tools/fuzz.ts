/**
 * Compares engine and reference on many random requests and stops at the first difference.
 *
 * Run: `node --import tsx packages/engine/tools/fuzz.ts [comparisons=1000000] [seed]`
 */
import { authorize } from "../src/index.ts";
import { referenceAuthorize } from "../src/reference/reference.ts";
import { Choices, randomPolicySet, randomRequest } from "../test/random-case.ts";

const wanted = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 0x7fffffff));
const perSet = 20;
const started = performance.now();
const outcomes = new Map<string, number>();
process.stderr.write(`seed ${seed}, ${wanted} comparisons\n`);

let done = 0;
for (let round = 0; done < wanted; round++) {
  const choices = new Choices((seed + Math.imul(round, 0x9e3779b1)) >>> 0);
  const policies = randomPolicySet(choices);
  for (let i = 0; i < perSet && done < wanted; i++, done++) {
    const request = randomRequest(choices);
    const fast = authorize(request, policies);
    const slow = referenceAuthorize(request, policies);
    if (fast.outcome !== slow.outcome || fast.by !== slow.by) {
      const documents = JSON.stringify(
        policies,
        (key, value) => (key === "statements" ? undefined : value),
        1,
      );
      process.stdout.write(`difference at seed ${seed}, round ${round}, request ${i}\n`);
      process.stdout.write(
        `engine    ${fast.outcome} by ${fast.by}\nreference ${slow.outcome} by ${slow.by}\n`,
      );
      process.stdout.write(`${JSON.stringify(request, undefined, 1)}\n${documents}\n`);
      process.exit(2);
    }
    const name = `${fast.outcome} by ${fast.by}`;
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  }
}

const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(`${done} comparisons agreed in ${seconds} s, seed ${seed}\n`);
for (const [name, count] of [...outcomes].sort((x, y) => y[1] - x[1]))
  process.stdout.write(`${count}\t${name}\n`);
