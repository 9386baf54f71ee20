/** The laws every decision obeys, whatever the policies. */
import { type PolicyDocument, type Statement, statementsOf } from "@sagekeep/policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Choices, randomPolicy, randomPolicySet, randomRequest } from "../test/random-case.ts";
import { authorize, type CompiledPolicy, compilePolicy, type PolicySet, type Request } from "./index.ts";

const seeds = fc.integer({ min: 0, max: 0x7fffffff });

function check(law: (choices: Choices, request: Request, policies: PolicySet) => void): void {
  fc.assert(
    fc.property(seeds, (seed) => {
      const choices = new Choices(seed);
      const policies = randomPolicySet(choices);
      for (let i = 0; i < 5; i++) law(choices, randomRequest(choices), policies);
    }),
    { numRuns: 200 },
  );
}

function withStatements(
  policy: CompiledPolicy,
  change: (list: readonly Statement[]) => Statement[],
): CompiledPolicy {
  const document: PolicyDocument = { ...policy.document, Statement: change(statementsOf(policy.document)) };
  return compilePolicy(document, { name: policy.name, kind: policy.kind });
}

function everywhere(policies: PolicySet, change: (policy: CompiledPolicy) => CompiledPolicy): PolicySet {
  const list = (own: readonly CompiledPolicy[] | undefined) => own?.map(change);
  return {
    ...policies,
    identity: list(policies.identity),
    boundary: list(policies.boundary),
    session: list(policies.session),
    resource: policies.resource && change(policies.resource),
    endpoint: list(policies.endpoint),
    accessPoint: policies.accessPoint && change(policies.accessPoint),
    scps: policies.scps?.map((level) => ({ ...level, policies: level.policies.map(change) })),
    rcps: policies.rcps?.map((level) => ({ ...level, policies: level.policies.map(change) })),
  };
}

const denyAll = compilePolicy(
  { Statement: { Effect: "Deny", Action: "*", Resource: "*" } },
  { name: "deny", kind: "identity" },
);

test("an explicit deny wins", () => {
  check((_, request, policies) => {
    const { kind } = request.principal;
    if (kind !== "user" && kind !== "session" && kind !== "federated-user") return;
    const decision = authorize(request, { ...policies, identity: [...(policies.identity ?? []), denyAll] });
    expect(decision.by === "always" || decision.outcome === "ExplicitlyDenied").toBe(true);
  });
});

test("without policies everybody but the root user is denied", () => {
  check((_, request) => {
    const decision = authorize(request, {});
    expect(decision.allowed).toBe(decision.by === "root" || decision.by === "always");
  });
});

test("without allow statements nobody but the root user is allowed", () => {
  check((_, request, policies) => {
    const only = everywhere(policies, (policy) =>
      withStatements(policy, (list) => list.filter((one) => one.Effect === "Deny")),
    );
    const decision = authorize(request, { ...only, keyGrants: undefined });
    if (decision.allowed) expect(["root", "always"]).toContain(decision.by);
  });
});

test("the order of statements does not matter", () => {
  check((_, request, policies) => {
    const turned = everywhere(policies, (policy) => withStatements(policy, (list) => [...list].reverse()));
    expect(authorize(request, turned)).toBe(authorize(request, policies));
  });
});

test("the order of policies does not matter", () => {
  check((_, request, policies) => {
    const turned = {
      ...policies,
      identity: [...(policies.identity ?? [])].reverse(),
      endpoint: policies.endpoint && [...policies.endpoint].reverse(),
    };
    expect(authorize(request, turned)).toBe(authorize(request, policies));
  });
});

test("one more allow statement never takes access away", () => {
  check((choices, request, policies) => {
    // Except through Block Public Access, where one public statement takes everybody else's access.
    const before = { ...policies, blockPublicAccess: undefined };
    const extra = statementsOf(randomPolicy(choices, "resource").document).filter(
      (one) => one.Effect === "Allow",
    );
    const after = everywhere(before, (policy) => withStatements(policy, (list) => [...list, ...extra]));
    if (authorize(request, before).allowed) expect(authorize(request, after).allowed).toBe(true);
  });
});

test("one more deny statement never gives access", () => {
  check((choices, request, policies) => {
    const extra = statementsOf(randomPolicy(choices, "resource").document).map((one) => ({
      ...one,
      Effect: "Deny" as const,
    }));
    const after = everywhere(policies, (policy) => withStatements(policy, (list) => [...list, ...extra]));
    if (!authorize(request, policies).allowed) expect(authorize(request, after).allowed).toBe(false);
  });
});

test("the case of action, operator's key and context key does not matter", () => {
  check((_, request, policies) => {
    const context = Object.fromEntries(
      Object.entries(request.context ?? {}).map(([key, value]) => [key.toUpperCase(), value]),
    );
    const names = Object.keys(request.context ?? {}).map((key) => key.toLowerCase());
    if (new Set(names).size < names.length) return;
    const shouted = { ...request, action: request.action.toUpperCase(), context };
    expect(authorize(shouted, policies)).toBe(authorize(request, policies));
  });
});
