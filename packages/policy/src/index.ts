/** The IAM policy language: documents, ARNs, wildcards, variables, the action catalogue. No I/O. */
export { type Arn, formatArn, isAccountId, parseArn } from "./arn.ts";
export {
  type AccessLevel,
  type ActionInfo,
  type ActionResource,
  action,
  actionsOf,
  catalogueSource,
  expandActions,
  type ResourceTypeInfo,
  type ServiceInfo,
  service,
  services,
  supportsRcp,
} from "./catalogue.ts";
export { type ConditionKeyInfo, conditionKey, supportsKey } from "./condition-key.ts";
export {
  type BaseOperator,
  baseOperators,
  type Comparison,
  type ConditionType,
  type Operator,
  parseOperator,
  type SetPrefix,
} from "./condition-operators.ts";
export { actionsWithDependents, type DependentAction, dependentActions } from "./dependent-actions.ts";
export type { Diagnostic } from "./diagnostic.ts";
export {
  type ConditionBlock,
  type ConditionValue,
  many,
  type OneOrMany,
  type PolicyDocument,
  type PolicyKind,
  type PolicyVersion,
  type PrincipalElement,
  type PrincipalMap,
  type Statement,
  statementsOf,
} from "./document.ts";
export { globalKeys, type KeyType } from "./global-keys.ts";
export { jsonErrorAt, lineAndColumn } from "./json-place.ts";
export { Literal } from "./literal.ts";
export { type ParsedPolicy, type ParseOptions, parsePolicy } from "./parse-policy.ts";
export { closest, didYouMean } from "./suggestion.ts";
export { hasVariables, type Piece, parseTemplate, splitAtColons, type TemplateOptions } from "./template.ts";
export { countedSize } from "./validate/size.ts";
export { compileWildcard, Glob, matchWildcard } from "./wildcard.ts";
