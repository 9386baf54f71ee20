/** Roles and managed policies as CloudFormation: names, sizes, trust, and the reason for every `*`. */

import { CfnManagedPolicy, CfnRole } from "aws-cdk-lib/aws-iam";
import { pack } from "../policies/pack.ts";
import { document, reasons, type Statement } from "../policies/statement.ts";
import { acceptWildcards } from "./acknowledged.ts";
import { logical, type PlatformStack } from "./platform-stack.ts";

/** Makes the managed policies that hold these statements; one unless the size quota asks for more. */
export function managedPolicies(
  stack: PlatformStack,
  name: string,
  statements: readonly Statement[],
  description: string,
): { arn: string; resource: CfnManagedPolicy }[] {
  return pack(statements).map((part, index) => {
    const partName = index === 0 ? name : `${name}-${index + 1}`;
    const resource = new CfnManagedPolicy(
      stack,
      logical(partName.slice(stack.platform.name.length + 1), "policy"),
      {
        managedPolicyName: partName,
        description,
        policyDocument: document(part),
      },
    );
    acceptWildcards(resource, part);
    const why = reasons(part);
    stack.explain(resource, Object.keys(why).length > 0 ? { wildcards: why } : {});
    return { arn: resource.attrPolicyArn, resource };
  });
}

export interface RoleProps {
  readonly name: string;
  readonly description: string;
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Whether SageMaker may set a source identity, which Studio does in a domain that asks for it. */
  readonly sourceIdentity?: boolean;
}

/** A role that SageMaker of this account takes, and nobody else. */
export function sagemakerRole(stack: PlatformStack, props: RoleProps): CfnRole {
  const { platform } = stack;
  return new CfnRole(stack, logical(props.name.slice(platform.name.length + 1), "role"), {
    roleName: props.name,
    description: props.description,
    assumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "SageMaker",
          Effect: "Allow",
          Principal: { Service: `sagemaker.${platform.dnsSuffix}` },
          Action: props.sourceIdentity ? ["sts:AssumeRole", "sts:SetSourceIdentity"] : "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": platform.account } },
        },
      ],
    },
    managedPolicyArns: [...props.policyArns],
    maxSessionDuration: 43_200,
    tags: stack.labels(props.tags),
  });
}
