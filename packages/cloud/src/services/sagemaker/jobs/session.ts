/**
 * A job's identity and place: calls are made under its role, from one of its network interfaces. Without a VPC they
 * leave from SageMaker's own network. A service that cannot be reached from the interfaces times out.
 */
import type { CallAs, CallContext } from "../../../context.ts";
import type { NetworkPath } from "../../../network/path.ts";
import { createInterface, deleteInterfaces, type MadeInterface } from "../network/interfaces.ts";
import { pathFrom } from "../network/reach.ts";
import { JobFailure } from "./data.ts";
import type { JobPlan } from "./plan.ts";

/** Interfaces that a job takes for each instance. */
const INTERFACES_PER_INSTANCE = 2;

export interface JobSession {
  readonly interfaces: readonly MadeInterface[];
  // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  call(service: string, operation: string, input: object, context: CallContext): Promise<any>;
  close(context: CallContext): void;
}

export function openSession(
  plan: JobPlan,
  owner: string,
  sourceIdentity: string | undefined,
  context: CallContext,
): JobSession {
  const interfaces: MadeInterface[] = [];
  const count = plan.vpc ? plan.instances * INTERFACES_PER_INSTANCE : 0;
  for (let index = 0; index < count; index++) {
    const subnets = plan.vpc?.subnets ?? [];
    const request = {
      subnetId: subnets[index % subnets.length] ?? "",
      securityGroupIds: plan.vpc?.securityGroups ?? [],
      description: `[DO NOT DELETE] ENI managed by SageMaker for ${owner}`,
      owner,
    };
    try {
      interfaces.push(createInterface(request, context));
    } catch (error) {
      deleteInterfaces(
        interfaces.map(({ id }) => id),
        context,
      );
      throw error;
    }
  }
  const [first] = interfaces;
  const paths = new Map<string, NetworkPath | undefined>();
  return {
    interfaces,
    async call(service, operation, input, from) {
      const as: CallAs = {
        kind: "role",
        arn: plan.role,
        sessionName: "SageMaker",
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      };
      if (first !== undefined) {
        if (!paths.has(service)) paths.set(service, pathFrom(first, service, from));
        const path = paths.get(service);
        if (!path)
          throw new JobFailure(
            `Unable to execute HTTP request: Connect to ${service}.${from.region}.amazonaws.com:443 failed: connect timed out`,
          );
        as.from = path;
      }
      return from.call(service, operation, input, as);
    },
    close: (from) =>
      deleteInterfaces(
        interfaces.map(({ id }) => id),
        from,
      ),
  };
}
