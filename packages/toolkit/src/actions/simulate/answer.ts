/** The answer to one line: the decision and, layer by layer, the reasons. */
import { type Explanation, explain, type LayerReport, type StatementReport } from "@sagekeep/engine";
import type { Question } from "./question.ts";

/** One statement behind a layer's outcome. */
export interface StatementReason {
  readonly policy: string;
  readonly sid?: string;
  readonly index: number;
  readonly effect: "Allow" | "Deny";
  /** Whether the statement applies; one that does not is shown where it would have decided. */
  readonly matches: boolean;
  readonly resourceMatches?: boolean;
  readonly principalMatches?: boolean;
  readonly conditions?: readonly {
    readonly operator: string;
    readonly key: string;
    readonly policy: readonly string[];
    readonly request: string | readonly string[] | null;
    readonly holds: boolean;
  }[];
}

/** One layer. */
export interface LayerReason {
  readonly layer: string;
  readonly level?: string;
  /** For several resources: which one. */
  readonly resource?: string;
  readonly outcome: string;
  readonly statements: readonly StatementReason[];
}

/** One line of output. */
export interface Answer {
  readonly decision: "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied";
  readonly by: string;
  readonly reasons: readonly LayerReason[];
  readonly warnings: readonly string[];
}

function statementReason(report: StatementReport, matches: boolean): StatementReason {
  return {
    policy: report.policy,
    ...(report.sid === undefined ? {} : { sid: report.sid }),
    index: report.index,
    effect: report.effect,
    matches,
    ...(report.resourceMatches ? {} : { resourceMatches: false }),
    ...(report.principalMatches ? {} : { principalMatches: false }),
    ...(report.conditions.length === 0
      ? {}
      : {
          conditions: report.conditions.map((condition) => ({
            operator: condition.operator,
            key: condition.key,
            policy: condition.policyValues,
            request: condition.requestValues ?? null,
            holds: condition.holds,
          })),
        }),
  };
}

function layerReason(layer: LayerReport, explanation: Explanation, several: boolean): LayerReason {
  const decided = layer.layer === explanation.by && layer.outcome === "implicitDeny";
  const misses = decided ? layer.nearMisses.filter((report) => report.effect === "Allow") : [];
  return {
    layer: layer.layer,
    ...(layer.level === undefined ? {} : { level: layer.level }),
    ...(several ? { resource: explanation.resource } : {}),
    outcome: layer.outcome,
    statements: [
      ...layer.matched.map((report) => statementReason(report, true)),
      ...misses.map((report) => statementReason(report, false)),
    ],
  };
}

const rank = { Allowed: 0, ImplicitlyDenied: 1, ExplicitlyDenied: 2 } as const;

/** Answers a question: allowed only when every one of its requests is. */
export function answer(question: Question): Answer {
  const explanations = question.requests.map((request) => explain(request, question.policies));
  const worst = explanations.reduce((most, one) => (rank[one.outcome] > rank[most.outcome] ? one : most));
  const several = explanations.length > 1;
  return {
    decision: worst.outcome,
    by: worst.by,
    reasons: explanations.flatMap((explanation) =>
      explanation.layers
        .filter((layer) => layer.outcome !== "notApplicable")
        .map((layer) => layerReason(layer, explanation, several)),
    ),
    warnings: question.warnings,
  };
}
