/** HyperPod clusters: instance groups with nodes, events, and what is scheduled on them. No instance really runs. */
import type { CallContext, ReadContext } from "../../../context.ts";
import { demandTrust, rolesIn } from "../authorization/roles.ts";
import { draft, mergeUpdate, save } from "../engine/change.ts";
import type { Hooks, Life } from "../engine/kind.ts";
import { kindNamed, locate, require } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { pageOf } from "../engine/page.ts";
import type { Resource } from "../engine/resource.ts";
import { compare } from "../engine/shelf.ts";
import { conflict, notFound, unsupported, validation } from "../errors.ts";
import { randomName } from "../studio/domain.ts";

interface Node {
  id: string;
  logicalId: string;
  group: string;
  type: string;
  launched: number;
}

interface Event {
  id: string;
  group?: string;
  node?: string;
  type: "Cluster" | "InstanceGroup" | "Instance";
  time: number;
  description: string;
}

interface Group extends Fields {
  InstanceGroupName: string;
  InstanceType?: string;
  InstanceCount?: number;
}

const clusterKind = () => kindNamed("Cluster");
const nodesOf = (cluster: Readonly<Resource>) => (cluster.fields.nodes ?? []) as Node[];
const eventsOf = (cluster: Readonly<Resource>) => (cluster.fields.events ?? []) as Event[];
const groupsOf = (cluster: Readonly<Resource>, member = "InstanceGroups") =>
  (cluster.input[member] ?? []) as Group[];

/** Gives each group as many nodes as it asks for. */
function fit(cluster: Resource, now: number): void {
  const groups = [...groupsOf(cluster), ...groupsOf(cluster, "RestrictedInstanceGroups")];
  const nodes: Node[] = [];
  for (const group of groups) {
    const has = nodesOf(cluster).filter((node) => node.group === group.InstanceGroupName);
    const wanted = group.InstanceCount ?? 0;
    nodes.push(...has.slice(0, wanted));
    for (let count = has.length; count < wanted; count++) nodes.push(newNode(group, now));
  }
  cluster.fields.nodes = nodes;
}

function newNode(group: Group, now: number): Node {
  const id = `i-${Buffer.from(randomName(12)).toString("hex").slice(0, 17)}`;
  return {
    id,
    logicalId: randomName(16),
    group: group.InstanceGroupName,
    type: group.InstanceType ?? "ml.m5.large",
    launched: now,
  };
}

function addEvent(cluster: Resource, event: Omit<Event, "id" | "time">, now: number): void {
  cluster.fields.events = [...eventsOf(cluster), { ...event, id: randomName(20), time: now }].slice(-200);
}

export const clusterHooks: Hooks = {
  create(resource, input, context) {
    if (input.InstanceGroups === undefined && input.RestrictedInstanceGroups === undefined) {
      throw validation("At least one of InstanceGroups and RestrictedInstanceGroups must be specified.");
    }
    const names = groupsOf(resource).map(({ InstanceGroupName }) => InstanceGroupName);
    if (new Set(names).size < names.length)
      throw validation("Instance group names must be unique within a cluster.");
    for (const { arn } of rolesIn(input)) demandTrust(arn, context);
    fit(resource, context.now);
    addEvent(resource, { type: "Cluster", description: "Cluster creation started." }, context.now);
  },
  update(resource, input, context) {
    const gone = new Set((input.InstanceGroupsToDelete as string[] | undefined) ?? []);
    const { InstanceGroups, InstanceGroupsToDelete: _, ...rest } = input;
    mergeUpdate(clusterKind())(resource, rest);
    const named = new Map(groupsOf(resource).map((group) => [group.InstanceGroupName, group]));
    for (const group of (InstanceGroups as Group[] | undefined) ?? [])
      named.set(group.InstanceGroupName, group);
    resource.input.InstanceGroups = [...named.values()].filter((group) => !gone.has(group.InstanceGroupName));
    fit(resource, context.now);
    addEvent(resource, { type: "Cluster", description: "Cluster update started." }, context.now);
  },
  describe: (resource) => ({
    InstanceGroups: groupDetails(resource, "InstanceGroups"),
    RestrictedInstanceGroups: groupDetails(resource, "RestrictedInstanceGroups"),
  }),
};

function groupDetails(resource: Readonly<Resource>, member: string): Fields[] | undefined {
  if (resource.input[member] === undefined) return undefined;
  return groupsOf(resource, member).map(({ InstanceCount, ...group }) => ({
    ...group,
    TargetCount: InstanceCount,
    CurrentCount: nodesOf(resource).filter((node) => node.group === group.InstanceGroupName).length,
    Status: resource.status === "InService" ? "InService" : "Creating",
  }));
}

/** Scheduler configurations and quotas of a cluster: versioned, changed only at their newest version. */
export const clusterOwned = {
  life: {
    create: [
      ["Creating", 0],
      ["Created", 1],
    ],
    update: [
      ["Updating", 0],
      ["Updated", 1],
    ],
    delete: [["Deleting", 0]],
  } satisfies Life,
  hooks: (name: string): Hooks => ({
    create(resource, input, context) {
      if (locate(String(input.ClusterArn), context)?.kind.name !== "Cluster") {
        throw notFound(`Cluster ${input.ClusterArn} does not exist.`);
      }
      resource.name = String(input.Name);
      resource.fields = { [`${name}Version`]: 1, [`${name}Id`]: resource.id[0] };
    },
    update(resource, input) {
      const version = Number(resource.fields[`${name}Version`]);
      if (input.TargetVersion !== version) {
        throw conflict(`TargetVersion ${input.TargetVersion} does not match the current version ${version}.`);
      }
      const { TargetVersion: _, ...rest } = input;
      mergeUpdate(kindNamed(name))(resource, rest);
      resource.fields[`${name}Version`] = version + 1;
    },
  }),
};

const inCluster = (input: Fields, context: ReadContext, operation: string) => {
  const reference = input.ClusterName ?? input.ClusterArn;
  return require(clusterKind(), { ClusterName: reference }, context, operation);
};

function nodeSummary(node: Node): Fields {
  return {
    InstanceGroupName: node.group,
    InstanceId: node.id,
    NodeLogicalId: node.logicalId,
    InstanceType: node.type,
    LaunchTime: new Date(node.launched),
    InstanceStatus: { Status: "Running" },
  };
}

const eventOut = (cluster: Readonly<Resource>, event: Event): Fields => ({
  EventId: event.id,
  ClusterArn: cluster.arn,
  ClusterName: cluster.name,
  InstanceGroupName: event.group,
  InstanceId: event.node,
  ResourceType: event.type,
  EventTime: new Date(event.time),
  Description: event.description,
  EventLevel: "Info",
});

export const clusterOperations: Operations = {
  ListClusterNodes(input, context) {
    const cluster = inCluster(input, context, "ListClusterNodes");
    const part = input.InstanceGroupNameContains;
    const after = input.CreationTimeAfter as Date | undefined;
    const before = input.CreationTimeBefore as Date | undefined;
    const all = nodesOf(cluster).filter(
      (node) =>
        (part === undefined || node.group.includes(String(part))) &&
        (!after || node.launched > after.getTime()) &&
        (!before || node.launched < before.getTime()),
    );
    const sign = input.SortOrder === "Descending" ? -1 : 1;
    const by = (node: Node) => (input.SortBy === "NAME" ? node.group : node.launched);
    const sorted = [...all].sort((a, b) => sign * compare(by(a), by(b)));
    const { items, next } = pageOf(sorted.map(nodeSummary), input.NextToken, input.MaxResults, 10);
    return { ClusterNodeSummaries: items, ...(next && { NextToken: next }) };
  },
  DescribeClusterNode(input, context) {
    const cluster = inCluster(input, context, "DescribeClusterNode");
    const node = nodesOf(cluster).find(
      (one) => one.id === input.NodeId || one.logicalId === input.NodeLogicalId,
    );
    if (!node)
      throw notFound(
        `Could not find node '${input.NodeId ?? input.NodeLogicalId}' in cluster '${cluster.name}'.`,
      );
    const group = groupsOf(cluster).find((one) => one.InstanceGroupName === node.group);
    return {
      NodeDetails: {
        ...nodeSummary(node),
        LifeCycleConfig: group?.LifeCycleConfig,
        ThreadsPerCore: group?.ThreadsPerCore,
      },
    };
  },
  BatchAddClusterNodes(input, context) {
    const cluster = draft(inCluster(input, context, "BatchAddClusterNodes"));
    const Successful: Fields[] = [];
    const Failed: Fields[] = [];
    for (const wanted of input.NodesToAdd as {
      InstanceGroupName: string;
      IncrementTargetCountBy: number;
    }[]) {
      const group = groupsOf(cluster).find((one) => one.InstanceGroupName === wanted.InstanceGroupName);
      if (!group) {
        Failed.push({
          InstanceGroupName: wanted.InstanceGroupName,
          ErrorCode: "InstanceGroupNotFound",
          FailedCount: wanted.IncrementTargetCountBy,
        });
        continue;
      }
      group.InstanceCount = (group.InstanceCount ?? 0) + wanted.IncrementTargetCountBy;
      for (let count = 0; count < wanted.IncrementTargetCountBy; count++) {
        const node = newNode(group, context.now);
        cluster.fields.nodes = [...nodesOf(cluster), node];
        Successful.push({ NodeLogicalId: node.logicalId, InstanceGroupName: node.group, Status: "Pending" });
      }
    }
    save(clusterKind(), cluster, context);
    return { Successful, Failed };
  },
  BatchDeleteClusterNodes(input, context) {
    const cluster = draft(inCluster(input, context, "BatchDeleteClusterNodes"));
    const answer = each(cluster, input, { code: "Code", missing: "NodeIdNotFound" });
    const gone = new Set([...answer.Successful, ...answer.SuccessfulNodeLogicalIds]);
    for (const node of nodesOf(cluster)) {
      if (!gone.has(node.id) && !gone.has(node.logicalId)) continue;
      const group = groupsOf(cluster).find((one) => one.InstanceGroupName === node.group);
      if (group?.InstanceCount) group.InstanceCount--;
    }
    cluster.fields.nodes = nodesOf(cluster).filter((node) => !gone.has(node.id) && !gone.has(node.logicalId));
    save(clusterKind(), cluster, context);
    return answer;
  },
  BatchRebootClusterNodes: (input, context) =>
    onNodes(input, context, "BatchRebootClusterNodes", "Instance reboot requested."),
  BatchReplaceClusterNodes: (input, context) =>
    onNodes(input, context, "BatchReplaceClusterNodes", "Instance replacement requested."),
  UpdateClusterSoftware(input, context) {
    const cluster = draft(inCluster(input, context, "UpdateClusterSoftware"));
    addEvent(cluster, { type: "Cluster", description: "Cluster software update started." }, context.now);
    return { ClusterArn: save(clusterKind(), cluster, context).arn };
  },
  StartClusterHealthCheck(input, context) {
    const cluster = draft(inCluster(input, context, "StartClusterHealthCheck"));
    addEvent(cluster, { type: "Cluster", description: "Deep health check started." }, context.now);
    return { ClusterArn: save(clusterKind(), cluster, context).arn };
  },
  ListClusterEvents(input, context) {
    const cluster = inCluster(input, context, "ListClusterEvents");
    const after = input.EventTimeAfter as Date | undefined;
    const before = input.EventTimeBefore as Date | undefined;
    const all = eventsOf(cluster).filter(
      (event) =>
        (input.InstanceGroupName === undefined || event.group === input.InstanceGroupName) &&
        (input.NodeId === undefined || event.node === input.NodeId) &&
        (input.ResourceType === undefined || event.type === input.ResourceType) &&
        (!after || event.time > after.getTime()) &&
        (!before || event.time < before.getTime()),
    );
    if (input.SortOrder !== "Ascending") all.reverse();
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults, 10);
    return { Events: items.map((event) => eventOut(cluster, event)), ...(next && { NextToken: next }) };
  },
  DescribeClusterEvent(input, context) {
    const cluster = inCluster(input, context, "DescribeClusterEvent");
    const event = eventsOf(cluster).find(({ id }) => id === input.EventId);
    if (!event) throw notFound(`Event ${input.EventId} does not exist in cluster ${cluster.name}.`);
    return { EventDetails: eventOut(cluster, event) };
  },
  AttachClusterNodeVolume: () => {
    throw unsupported(
      "AttachClusterNodeVolume",
      "its cluster nodes are no real instances, to which no volume can be attached",
    );
  },
  DetachClusterNodeVolume: () => {
    throw unsupported(
      "DetachClusterNodeVolume",
      "its cluster nodes are no real instances, to which no volume can be attached",
    );
  },
  AttachClusterNodeNetworkInterface: () => {
    throw unsupported("AttachClusterNodeNetworkInterface", "its cluster nodes are no real instances");
  },
};

interface Outcome extends Fields {
  Successful: string[];
  Failed: Fields[];
  SuccessfulNodeLogicalIds: string[];
  FailedNodeLogicalIds: Fields[];
}

/** Sorts the nodes that a batch names into those there and those not. */
function each(cluster: Readonly<Resource>, input: Fields, words: { code: string; missing: string }): Outcome {
  const ids = (input.NodeIds as string[] | undefined) ?? [];
  const logical = (input.NodeLogicalIds as string[] | undefined) ?? [];
  if (ids.length + logical.length === 0)
    throw validation("Either NodeIds or NodeLogicalIds must be specified.");
  const known = (value: string) =>
    nodesOf(cluster).some((node) => node.id === value || node.logicalId === value);
  const failed = (member: string) => (value: string) => ({
    [member]: value,
    [words.code]: words.missing,
    Message: `Node ${value} was not found in cluster ${cluster.name}.`,
  });
  return {
    Successful: ids.filter(known),
    Failed: ids.filter((id) => !known(id)).map(failed("NodeId")),
    SuccessfulNodeLogicalIds: logical.filter(known),
    FailedNodeLogicalIds: logical.filter((id) => !known(id)).map(failed("NodeLogicalId")),
  };
}

function onNodes(input: Fields, context: CallContext, operation: string, description: string): Fields {
  const cluster = draft(inCluster(input, context, operation));
  const answer = each(cluster, input, { code: "ErrorCode", missing: "InstanceIdNotFound" });
  for (const node of [...answer.Successful, ...answer.SuccessfulNodeLogicalIds]) {
    addEvent(cluster, { type: "Instance", node, description }, context.now);
  }
  save(clusterKind(), cluster, context);
  return answer;
}
