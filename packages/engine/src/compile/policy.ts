/**
 * A policy compiled for many decisions. Statements are filed by the service their actions name, and the statements
 * that cover an action are remembered the first time it is asked for: statements about other services cost nothing.
 */
import { type PolicyDocument, type PolicyKind, statementsOf } from "@sagekeep/policy";
import type { RequestedAction } from "../action-index.ts";
import { checkShape } from "./shape.ts";
import { CompiledStatement, type StatementOptions } from "./statement.ts";

/** The statements of a policy that cover an action. */
export class Candidates {
  readonly deny: readonly CompiledStatement[];
  readonly allow: readonly CompiledStatement[];
  readonly mayDeny: boolean;
  readonly mayAllow: boolean;
  /** Whether one of them allows whatever the request: the others need not be looked at. */
  readonly alwaysAllows: boolean;

  constructor(covering: readonly CompiledStatement[]) {
    this.deny = covering.filter((statement) => statement.isDeny);
    this.allow = covering.filter((statement) => !statement.isDeny);
    this.mayDeny = this.deny.length > 0;
    this.mayAllow = this.allow.length > 0;
    this.alwaysAllows = this.allow.some((statement) => statement.unlimited);
  }
}

export interface CompileOptions {
  /** How reasons name the policy. */
  readonly name: string;
  /** Where it is attached; decides what its elements mean. */
  readonly kind: PolicyKind;
  /** ARN or id, for reasons. */
  readonly id?: string;
}

const none = new Candidates([]);

/** A compiled policy: immutable, to be shared by any number of requests. */
export class CompiledPolicy {
  readonly name: string;
  readonly kind: PolicyKind;
  readonly id: string | undefined;
  readonly document: PolicyDocument;
  readonly statements: readonly CompiledStatement[];
  readonly #byService = new Map<string, CompiledStatement[]>();
  readonly #everyService: CompiledStatement[] = [];
  readonly #byAction: (Candidates | undefined)[] = [];
  readonly #shared = new Map<string, Candidates>();

  constructor(document: PolicyDocument, options: CompileOptions) {
    this.name = options.name;
    this.kind = options.kind;
    this.id = options.id;
    this.document = document;
    const shared: StatementOptions = {
      kind: options.kind,
      variables: document.Version === "2012-10-17",
      resources: new Map(),
      conditions: new Map(),
    };
    this.statements = statementsOf(document).map(
      (statement, index) => new CompiledStatement(statement, index, shared),
    );
    for (const statement of this.statements) this.#file(statement);
  }

  #file(statement: CompiledStatement): void {
    const services = new Set(statement.actions.map((pattern) => pattern.service));
    if (statement.notAction || services.has(undefined)) {
      this.#everyService.push(statement);
      return;
    }
    for (const service of services) {
      const filed = this.#byService.get(service as string);
      if (filed === undefined) this.#byService.set(service as string, [statement]);
      else filed.push(statement);
    }
  }

  /** The statements that cover an action, in the order of the document. */
  candidates(action: RequestedAction): Candidates {
    if (action.id < 0) return this.#find(action);
    return this.#byAction[action.id] ?? this.#remember(action);
  }

  #remember(action: RequestedAction): Candidates {
    const found = this.#find(action);
    const signature = [...found.deny, ...found.allow].map((statement) => statement.index).join();
    const shared = this.#shared.get(signature) ?? found;
    this.#shared.set(signature, shared);
    while (this.#byAction.length < action.id) this.#byAction.push(undefined);
    this.#byAction[action.id] = shared;
    return shared;
  }

  #find(action: RequestedAction): Candidates {
    const filed = this.#byService.get(action.service);
    if (filed === undefined && this.#everyService.length === 0) return none;
    const covering = [...(filed ?? []), ...this.#everyService].filter((statement) =>
      statement.coversAction(action),
    );
    if (covering.length === 0) return none;
    covering.sort((a, b) => a.index - b.index);
    return new Candidates(covering);
  }
}

/**
 * Compiles a policy document once, for any number of decisions.
 *
 * @throws PolicyShapeError when the document is not built like a policy (semantic oddities are compiled as they are).
 * @example compilePolicy({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } }, { name: "admin", kind: "identity" })
 */
export function compilePolicy(document: PolicyDocument, options: CompileOptions): CompiledPolicy {
  checkShape(document, options.name);
  return new CompiledPolicy(document, options);
}
