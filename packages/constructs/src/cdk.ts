/** The stacks as AWS CDK constructs, for CDK users. Loading this loads `aws-cdk-lib`. */

export { AccessStack } from "./stacks/access-stack.ts";
export { buildStacks, type DeployedStackOf } from "./stacks/build-stacks.ts";
export { DataStack, type DataStackProps } from "./stacks/data-stack.ts";
export { DomainStack } from "./stacks/domain-stack.ts";
export { GuardrailsStack } from "./stacks/guardrails-stack.ts";
export { JobsStack } from "./stacks/jobs-stack.ts";
export { KeysStack } from "./stacks/keys-stack.ts";
export { LogsStack } from "./stacks/logs-stack.ts";
export { NetworkStack } from "./stacks/network-stack.ts";
export { PersonaStack } from "./stacks/persona-stack.ts";
export { PlatformStack, type PlatformStackProps } from "./stacks/platform-stack.ts";
export { TeamStack, type TeamStackProps } from "./stacks/team-stack.ts";
export { UsersStack, type UsersStackProps } from "./stacks/users-stack.ts";
