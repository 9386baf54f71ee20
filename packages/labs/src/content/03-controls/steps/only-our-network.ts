/** Row 3.8: subnets and groups that are ours. */
import type { Bench } from "../../../bench.ts";
import type { Step } from "../../../model.ts";
import { placeholderNote } from "../placeholders.ts";
import { makePracticeRole, onPracticeRoles, removePracticeRole } from "../practice.ts";
import { removeWork } from "../requests.ts";
import { until } from "../waiting.ts";
import { CREATES, looking, ourNetwork, passRole, ROLE, start, starting } from "./job-starts.ts";

const SIDE_DOOR = "sagekeep lab 3: a side door";

export const onlyOurNetwork: Step = {
  id: "3.8",
  title: "Our subnets, and only ours",
  text: `## Concept

"Some network" is not "our network". Whoever may create a subnet with a route to an internet gateway, even in the same VPC, only has to name it in a job. So the values count too: every subnet and every group of the request must be on the list.

## The trap

The list is compared by a *set operator*, and there are two:

| operator | true when | missing key |
|---|---|---|
| \`ForAnyValue:StringNotEquals\` | **at least one** value is not on the list | false |
| \`ForAllValues:StringNotEquals\` | **every** value is not on the list | true |

A denial wants the first: one foreign value is enough. The file you start from uses the second, so one of our subnets beside a foreign one makes the denial go away. (In an \`Allow\` it is the other way round; there \`ForAllValues\` is right and the missing key is the hole, as in 3.6.)

## What to do

Edit \`policies/only-our-network.json\`. For this step the lab opened a side door: a new subnet and a new security group in the same VPC. Neither may be used; our two subnets and the job group may.

${placeholderNote}

## What to see

The mixed request is the interesting one. With the unsolved file SageMaker takes it and may place every machine in the side door.

## What it means

Ids in policies age: a third zone means a third subnet, and a policy that does not know it breaks work. Sagekeep writes these lists from \`platform.yaml\`, so they change together.`,
  hint: "Use ForAnyValue:StringNotEquals in both denials: one for sagemaker:VpcSubnets with our two subnets, one for sagemaker:VpcSecurityGroupIds with the job group.",
  task: {
    file: "only-our-network.json",
    goal: "Refuse work with even one subnet or security group that is not ours.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyOtherSubnets",
          Effect: "Deny",
          Action: CREATES,
          Resource: "*",
          Condition: {
            "ForAllValues:StringNotEquals": {
              "sagemaker:VpcSubnets": ["{{network:PrivateSubnet1}}", "{{network:PrivateSubnet2}}"],
            },
          },
        },
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyOtherSubnets",
          Effect: "Deny",
          Action: CREATES,
          Resource: "*",
          Condition: {
            "ForAnyValue:StringNotEquals": {
              "sagemaker:VpcSubnets": ["{{network:PrivateSubnet1}}", "{{network:PrivateSubnet2}}"],
            },
          },
        },
        {
          Sid: "DenyOtherGroups",
          Effect: "Deny",
          Action: CREATES,
          Resource: "*",
          Condition: {
            "ForAnyValue:StringNotEquals": { "sagemaker:VpcSecurityGroupIds": ["{{network:JobGroup}}"] },
          },
        },
      ],
    },
    ...onPracticeRoles(ROLE),
  },
  async prepare(bench) {
    await closeSideDoor(bench);
    const VpcId = await bench.exported("network:Vpc");
    const TagSpecifications = (ResourceType: "subnet" | "security-group") => [
      { ResourceType, Tags: [{ Key: "Name", Value: SIDE_DOOR }] },
    ];
    await bench.admin.call("ec2", "CreateSubnet", {
      VpcId,
      CidrBlock: "192.168.250.0/28",
      TagSpecifications: TagSpecifications("subnet"),
    });
    await bench.admin.call("ec2", "CreateSecurityGroup", {
      VpcId,
      GroupName: `${bench.platform}-lab3-side-door`,
      Description: SIDE_DOOR,
      TagSpecifications: TagSpecifications("security-group"),
    });
    await makePracticeRole(bench, { name: ROLE, given: () => [looking, starting, passRole(bench)] });
  },
  async experiments(bench) {
    const { subnets, groups } = await ourNetwork(bench);
    const door = await sideDoor(bench);
    const [ours = ""] = subnets;
    return [
      ...(["processing", "training", "model"] as const).map((kind) =>
        start(bench, kind, "in our network", { subnets, groups }, "allowed", "ours, and only ours"),
      ),
      start(
        bench,
        "processing",
        "in one of our subnets",
        { subnets: [ours], groups },
        "allowed",
        "nobody has to use both",
      ),
      ...(["processing", "training", "model"] as const).map((kind) =>
        start(
          bench,
          kind,
          "in our subnet and a foreign one",
          { subnets: [ours, door.subnet], groups },
          "denied",
          "one foreign subnet is enough",
        ),
      ),
      start(
        bench,
        "training",
        "in a foreign subnet",
        { subnets: [door.subnet], groups },
        "denied",
        "not our subnet",
      ),
      start(
        bench,
        "tuning",
        "with a foreign group beside ours",
        { subnets, groups: [...groups, door.group] },
        "denied",
        "the foreign group may let anything out",
      ),
      start(
        bench,
        "data-quality",
        "with a foreign group",
        { subnets, groups: [door.group] },
        "denied",
        "not our group",
      ),
    ];
  },
  async undo(bench) {
    await removeWork(bench);
    await closeSideDoor(bench);
    await removePracticeRole(bench, ROLE);
  },
};

async function findSideDoor({ admin }: Bench) {
  const Filters = [{ Name: "tag:Name", Values: [SIDE_DOOR] }];
  const [{ Subnets }, { SecurityGroups }] = await Promise.all([
    admin.call("ec2", "DescribeSubnets", { Filters }),
    admin.call("ec2", "DescribeSecurityGroups", { Filters }),
  ]);
  return { subnet: Subnets?.[0]?.SubnetId, group: SecurityGroups?.[0]?.GroupId };
}

async function sideDoor(bench: Bench): Promise<{ subnet: string; group: string }> {
  const { subnet, group } = await findSideDoor(bench);
  if (!subnet || !group) throw new Error("the side door of step 3.8 is gone: prepare the step again");
  return { subnet, group };
}

async function closeSideDoor(bench: Bench): Promise<void> {
  // a job that got in takes a moment to leave its interfaces
  await until(bench, "the side door's interfaces to go", async () => {
    const { subnet: SubnetId, group: GroupId } = await findSideDoor(bench);
    try {
      if (GroupId) await bench.admin.call("ec2", "DeleteSecurityGroup", { GroupId });
      if (SubnetId) await bench.admin.call("ec2", "DeleteSubnet", { SubnetId });
      return true;
    } catch (error) {
      if ((error as Error).name !== "DependencyViolation") throw error;
      return false;
    }
  });
}
