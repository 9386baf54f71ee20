/** The stacks as AWS CDK constructs, for CDK users. Loading this loads `aws-cdk-lib`. */

export { AccessStack } from "./stacks/access-stack.ts";
export { buildStacks } from "./stacks/build-stacks.ts";
export { DataStack } from "./stacks/data-stack.ts";
export { DomainStack } from "./stacks/domain-stack.ts";
export { NetworkStack } from "./stacks/network-stack.ts";
export { PersonaStack } from "./stacks/persona-stack.ts";
export { PlatformStack, type PlatformStackProps } from "./stacks/platform-stack.ts";
export { TeamsStack, type TeamsStackProps } from "./stacks/teams-stack.ts";
export { UsersStack, type UsersStackProps } from "./stacks/users-stack.ts";
