/**
 * The engine's speed and memory on a SageMaker platform's policies, beside iam-simulate (AGPL, only compared) on the
 * same requests in the same run: `npm run bench -- engine [--json]`.
 */

import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { runSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import {
  authorize,
  type CompiledPolicy,
  compilePolicy,
  explain,
  type OrganizationLevel,
  type PolicySet,
  type Request,
} from "../packages/engine/src/index.ts";
import { handMadeMix, type MixedRequest, readReferenceMix } from "./engine/mixes.ts";
import * as platform from "./engine/platform.ts";

const json = process.argv.includes("--json");
setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const compiledPolicies = new Map<platform.NamedPolicy, CompiledPolicy>();

function compileOne(policy: platform.NamedPolicy): CompiledPolicy {
  const { document, name, kind } = policy;
  const known = compiledPolicies.get(policy) ?? compilePolicy(document, { name, kind });
  compiledPolicies.set(policy, known);
  return known;
}

const compiledLists = new Map<readonly platform.NamedPolicy[], CompiledPolicy[]>();

function compile(policies: readonly platform.NamedPolicy[]): CompiledPolicy[] {
  const known = compiledLists.get(policies) ?? policies.map(compileOne);
  compiledLists.set(policies, known);
  return known;
}

const levels = new Map<object, OrganizationLevel[]>();

function compileLevels(source: platform.Levels): OrganizationLevel[] {
  const known =
    levels.get(source) ?? source.map(({ level, policies }) => ({ level, policies: compile(policies) }));
  levels.set(source, known);
  return known;
}

/** A question as the gateway would put it: every policy compiled once and shared. */
function compileQuestion(one: MixedRequest): Question {
  return [
    one.request,
    {
      identity: compile(one.identity),
      boundary: compile(one.boundary),
      scps: compileLevels(platform.scps),
      rcps: compileLevels(platform.rcps),
      resource: one.resource === undefined ? undefined : compileOne(one.resource),
      endpoint: one.endpoint === undefined ? undefined : compile(one.endpoint),
    },
  ];
}

gc();
const emptyHeap = process.memoryUsage().heapUsed;
type Question = readonly [request: Request, policies: PolicySet];
const handMade = [...handMadeMix()];
const questions: readonly Question[] = handMade.map(compileQuestion);

/**
 * Decisions a second over the whole mix. `undisturbed` is the fastest of many stretches of a millisecond or so: what a
 * core does while nothing else runs on it. `median` is the median of nine longer runs by the clock, with whatever else
 * the machine does; `perCpuSecond` counts only the processor time this process got.
 */
function decisionsPerSecond(
  questions: readonly Question[],
  seconds: number,
): { undisturbed: number; median: number; perCpuSecond: number } {
  const rates: number[] = [];
  let perCpuSecond = 0;
  let least = Number.POSITIVE_INFINITY;
  const rounds = 40;
  for (let run = 0; run < 9; run++) {
    const cpu = process.cpuUsage();
    const started = performance.now();
    let decided = 0;
    while (performance.now() - started < (seconds * 1000) / 9) {
      const began = process.hrtime.bigint();
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < questions.length; i++) {
          const [request, policies] = questions[i] as Question;
          authorize(request, policies);
        }
      }
      least = Math.min(least, Number(process.hrtime.bigint() - began) / (rounds * questions.length));
      decided += rounds * questions.length;
    }
    rates.push((decided / (performance.now() - started)) * 1000);
    const { user, system } = process.cpuUsage(cpu);
    perCpuSecond = Math.max(perCpuSecond, decided / ((user + system) / 1e6));
  }
  rates.sort((a, b) => a - b);
  return { undisturbed: 1e9 / least, median: rates[4] as number, perCpuSecond };
}

/** Microseconds of one call, each timed by itself. */
function percentiles(call: (index: number) => unknown, calls: number): { p50: number; p99: number } {
  const times = new Float64Array(calls);
  for (let i = 0; i < calls; i++) {
    const started = process.hrtime.bigint();
    call(i % questions.length);
    times[i] = Number(process.hrtime.bigint() - started) / 1000;
  }
  times.sort();
  return { p50: times[Math.floor(calls / 2)] as number, p99: times[Math.floor(calls * 0.99)] as number };
}

/** Bytes a decision allocates, from the growth of the heap with the collector idle. */
function bytesPerDecision(): number {
  const rounds = 200;
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5; attempt++) {
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let round = 0; round < rounds; round++) {
      for (const [request, policies] of questions) authorize(request, policies);
    }
    const grown = process.memoryUsage().heapUsed - before;
    if (grown >= 0) least = Math.min(least, grown / (rounds * questions.length));
  }
  return least;
}

/** Decisions a second with an identity policy of many statements, about the same service or about others. */
function growth(statements: number, sameService: boolean): number {
  const document = {
    Version: "2012-10-17" as const,
    Statement: Array.from({ length: statements }, (_, index) => ({
      Effect: "Allow" as const,
      Action:
        index === 0 ? "s3:GetObject" : sameService ? `s3:Put${index}` : `service${index % 300}:Do${index}`,
      Resource: index === 0 ? "arn:aws:s3:::b/*" : `arn:aws:s3:::other-${index}/*`,
    })),
  };
  const policies = { identity: [compilePolicy(document, { name: "many", kind: "identity" })] };
  const request: Request = {
    principal: { kind: "user", arn: `arn:aws:iam::${platform.account}:user/u`, account: platform.account },
    action: "s3:GetObject",
    resource: { arn: "arn:aws:s3:::b/k", account: platform.account },
  };
  let best = 0;
  for (let run = 0; run < 5; run++) {
    const started = process.cpuUsage();
    for (let i = 0; i < 100_000; i++) authorize(request, policies);
    const { user, system } = process.cpuUsage(started);
    best = Math.max(best, 100_000 / ((user + system) / 1e6));
  }
  return best;
}

/** Microseconds to match a hostile wildcard against a text of `a`s. */
function adversarial(length: number): number {
  const document = {
    Version: "2012-10-17" as const,
    Statement: {
      Effect: "Allow" as const,
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::b/${"*a".repeat(50)}*b*`,
    },
  };
  const policies = { identity: [compilePolicy(document, { name: "hostile", kind: "identity" })] };
  const request: Request = {
    principal: { kind: "user", arn: `arn:aws:iam::${platform.account}:user/u`, account: platform.account },
    action: "s3:GetObject",
    resource: { arn: `arn:aws:s3:::b/${"a".repeat(length)}`, account: platform.account },
  };
  const started = performance.now();
  for (let i = 0; i < 1000; i++) authorize(request, policies);
  return performance.now() - started;
}

function compileMilliseconds(): { mean: number; worst: number } {
  const all = [
    ...platform.identity,
    ...platform.boundary,
    ...platform.scps.flatMap((level) => level.policies),
    ...platform.rcps.flatMap((level) => level.policies),
    ...platform.endpoints.s3,
    platform.bucket,
    platform.key,
    platform.trust,
  ];
  const times = all.map(({ document, name, kind }) => {
    const started = performance.now();
    for (let i = 0; i < 100; i++) compilePolicy(document, { name, kind });
    return (performance.now() - started) / 100;
  });
  return { mean: times.reduce((sum, time) => sum + time, 0) / times.length, worst: Math.max(...times) };
}

/** iam-simulate on the same questions: its decisions, and how many a second. */
async function rival(
  mix: readonly MixedRequest[],
  seconds: number,
): Promise<{ rate: number; perCpuSecond: number; agreed: number; refused: number; differences: string[] }> {
  const named = (policies: readonly platform.NamedPolicy[]) =>
    policies.map(({ name, document }) => ({ name, policy: document }));
  const org = (source: typeof platform.scps) =>
    source.map(({ level, policies }) => ({ orgIdentifier: level, policies: named(policies) }));
  const simulations: Simulation[] = mix.map(({ request, identity, boundary, resource, endpoint }) => {
    const { principal } = request;
    const name = principal.kind === "service" ? principal.service : "arn" in principal ? principal.arn : "";
    const tags = "tags" in principal ? Object.entries(principal.tags ?? {}) : [];
    return {
      request: {
        principal: name,
        action: request.action,
        resource: { resource: request.resource.arn, accountId: platform.account },
        contextVariables: {
          ...(request.context as Record<string, string | string[]>),
          ...Object.fromEntries(tags.map(([tag, value]) => [`aws:PrincipalTag/${tag}`, value])),
          ...("sourceIdentity" in principal &&
            principal.sourceIdentity && { "aws:SourceIdentity": principal.sourceIdentity }),
          ...("account" in principal && { "aws:PrincipalAccount": principal.account }),
          ...("roleArn" in principal && { "aws:PrincipalArn": principal.roleArn }),
        },
      },
      identityPolicies: named(identity),
      ...(boundary.length > 0 && { permissionBoundaryPolicies: named(boundary) }),
      serviceControlPolicies: org(platform.scps),
      resourceControlPolicies: org(platform.rcps),
      ...(resource && { resourcePolicy: resource.document }),
      ...(endpoint && { vpcEndpointPolicies: named(endpoint) }),
    };
  });
  const differences: string[] = [];
  let agreed = 0;
  let refused = 0;
  for (const [index, simulation] of simulations.entries()) {
    const [request, policies] = compileQuestion(mix[index] as MixedRequest);
    const ours = authorize(request, policies).outcome;
    const result = (await runSimulation(simulation, {})) as { resultType: string; overallResult?: string };
    if (result.overallResult === undefined) {
      refused++;
      differences.push(`${mix[index]?.label}: ours ${ours}, theirs ${result.resultType}`);
    } else if (result.overallResult === ours) agreed++;
    else differences.push(`${mix[index]?.label}: ours ${ours}, theirs ${result.overallResult}`);
  }
  const cpu = process.cpuUsage();
  const started = performance.now();
  let decided = 0;
  while (performance.now() - started < seconds * 1000) {
    for (const simulation of simulations) await runSimulation(simulation, {});
    decided += simulations.length;
  }
  const { user, system } = process.cpuUsage(cpu);
  const rate = (decided / (performance.now() - started)) * 1000;
  return { rate, perCpuSecond: decided / ((user + system) / 1e6), agreed, refused, differences };
}

function outcomesOf(questions: readonly Question[]): Record<string, number> {
  const outcomes: Record<string, number> = {};
  for (const [request, policies] of questions) {
    const { outcome, by } = authorize(request, policies);
    outcomes[`${outcome} by ${by}`] = (outcomes[`${outcome} by ${by}`] ?? 0) + 1;
  }
  return outcomes;
}

function megabytes(): number {
  gc();
  return process.memoryUsage().heapUsed / 1e6;
}

for (const [request, policies] of questions) authorize(request, policies);
const policiesMegabytes = megabytes() - emptyHeap / 1e6;
decisionsPerSecond(questions, 0.5);
const outcomes = outcomesOf(questions);
const rate = decisionsPerSecond(questions, 4);
const decisionTimes = percentiles((index) => authorize(...(questions[index] as Question)), 200_000);
const explainTimes = percentiles((index) => explain(...(questions[index] as Question)), 50_000);
const bytes = bytesPerDecision();
const ownMegabytes = megabytes();
const theirs = await rival(handMade, 4);
const referenceMix = await readReferenceMix(
  fileURLToPath(new URL("../examples/bank-marketing", import.meta.url)),
);
const referenceQuestions = referenceMix.map(compileQuestion);
decisionsPerSecond(referenceQuestions, 0.5);
const referenceRate = decisionsPerSecond(referenceQuestions, 4);
const referenceTheirs = await rival(referenceMix, 4);
const result = {
  bench: "engine",
  node: process.version,
  requests: questions.length,
  outcomes,
  decisionsPerSecond: Math.round(rate.undisturbed),
  decisionsPerSecondMedian: Math.round(rate.median),
  decisionsPerCpuSecond: Math.round(rate.perCpuSecond),
  decisionMicroseconds: decisionTimes,
  explainMicroseconds: explainTimes,
  bytesPerDecision: bytes,
  policiesMegabytes,
  heapMegabytes: ownMegabytes,
  compileMilliseconds: compileMilliseconds(),
  statements: Object.fromEntries(
    [1, 10, 100, 1000, 10_000].map((count) => [
      count,
      { otherServices: Math.round(growth(count, false)), sameService: Math.round(growth(count, true)) },
    ]),
  ),
  adversarialMicroseconds: Object.fromEntries(
    [100, 1000, 10_000, 100_000].map((length) => [length, adversarial(length)]),
  ),
  iamSimulate: {
    decisionsPerSecond: Math.round(theirs.rate),
    decisionsPerCpuSecond: Math.round(theirs.perCpuSecond),
    agreed: theirs.agreed,
    refused: theirs.refused,
    differences: theirs.differences,
  },
  referencePlatform: {
    requests: referenceMix.length,
    outcomes: outcomesOf(referenceQuestions),
    decisionsPerSecond: Math.round(referenceRate.undisturbed),
    decisionsPerSecondMedian: Math.round(referenceRate.median),
    decisionsPerCpuSecond: Math.round(referenceRate.perCpuSecond),
    iamSimulate: {
      decisionsPerSecond: Math.round(referenceTheirs.rate),
      decisionsPerCpuSecond: Math.round(referenceTheirs.perCpuSecond),
      agreed: referenceTheirs.agreed,
      refused: referenceTheirs.refused,
      differences: referenceTheirs.differences,
    },
  },
  timesFaster: Math.round(rate.perCpuSecond / theirs.perCpuSecond),
};

if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  const show = (label: string, value: string): void =>
    void process.stdout.write(`${label.padEnd(44)}${value}\n`);
  const n = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 2 });
  show(
    "decisions a second (undisturbed, median)",
    `${n(result.decisionsPerSecond)}, ${n(result.decisionsPerSecondMedian)}`,
  );
  show("decisions a second of processor time", n(result.decisionsPerCpuSecond));
  show(
    "iam-simulate, same requests, the same measure",
    `${n(result.iamSimulate.decisionsPerCpuSecond)} (${n(result.timesFaster)} times slower)`,
  );
  show("decision p50, p99 (µs, clock included)", `${n(decisionTimes.p50)}, ${n(decisionTimes.p99)}`);
  show("explain p50, p99 (µs)", `${n(explainTimes.p50)}, ${n(explainTimes.p99)}`);
  show("bytes a decision allocates", n(bytes));
  show("policies and catalogue used, whole heap (MB)", `${n(policiesMegabytes)}, ${n(ownMegabytes)}`);
  show(
    "compile a policy, mean, worst (ms)",
    `${n(result.compileMilliseconds.mean)}, ${n(result.compileMilliseconds.worst)}`,
  );
  for (const [count, { otherServices, sameService }] of Object.entries(result.statements)) {
    show(`${count} statements: other services, same service`, `${n(otherServices)}/s, ${n(sameService)}/s`);
  }
  for (const [length, time] of Object.entries(result.adversarialMicroseconds)) {
    show(`50 \`*a\`s and \`*b*\` against ${length} \`a\`s (µs)`, n(time));
  }
  show(
    "same answer as iam-simulate",
    `${theirs.agreed} of ${questions.length}${theirs.refused ? `, ${theirs.refused} refused` : ""}`,
  );
  for (const difference of theirs.differences) show("", difference);
  for (const [outcome, count] of Object.entries(outcomes)) show(outcome, String(count));
  const { referencePlatform: reference } = result;
  show(
    "reference platform: a second (undisturbed, median)",
    `${n(reference.decisionsPerSecond)}, ${n(reference.decisionsPerSecondMedian)}`,
  );
  show("reference platform: iam-simulate", n(reference.iamSimulate.decisionsPerCpuSecond));
  show("reference platform: same answer", `${reference.iamSimulate.agreed} of ${reference.requests}`);
  for (const difference of reference.iamSimulate.differences) show("", difference);
  for (const [outcome, count] of Object.entries(reference.outcomes)) show(outcome, String(count));
}
