/**
 * Secrets and their resource policies. Rotation schedules and target attachments are not here: no functions run, and no
 * databases are.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { ResourceFailure } from "../engine/failure.ts";
import { isMap, sameValue, type Value, type ValueMap } from "../template/value.ts";
import { declared, list, type Work } from "./declared.ts";
import { type HandlerTable, type ResourceHandler, type ResourceRequest, text } from "./handler.ts";
import { keyValues, tagList } from "./tags.ts";

const service = "secrets-manager";

/** A name of CloudFormation's form for secrets: without the stack's. */
function generatedName({ logicalId }: ResourceRequest): string {
  const end = randomBytes(24)
    .toString("base64")
    .replace(/[^a-zA-Z0-9]/g, "")
    .slice(0, 12);
  return `${logicalId}-${end}`;
}

/** The value that a template gives, or has made; `undefined` for a secret without one. */
async function givenValue(p: ValueMap, r: ResourceRequest): Promise<string | undefined> {
  const { SecretString, GenerateSecretString: wanted } = p;
  if (!isMap(wanted)) return SecretString === undefined ? undefined : text(SecretString);
  if (SecretString !== undefined) {
    throw new ResourceFailure("You can't specify both SecretString and GenerateSecretString");
  }
  const { SecretStringTemplate, GenerateStringKey, ...options } = wanted;
  if ((SecretStringTemplate === undefined) !== (GenerateStringKey === undefined)) {
    throw new ResourceFailure("You must specify both SecretStringTemplate and GenerateStringKey, or neither");
  }
  const { RandomPassword } = await r.call(service, "GetRandomPassword", options);
  if (SecretStringTemplate === undefined) return RandomPassword as string;
  let template: unknown;
  try {
    template = JSON.parse(text(SecretStringTemplate));
  } catch {
    template = undefined;
  }
  if (typeof template !== "object" || template === null || Array.isArray(template)) {
    throw new ResourceFailure("Could not parse SecretStringTemplate JSON");
  }
  return JSON.stringify({ ...template, [text(GenerateStringKey)]: RandomPassword });
}

const replicas = (value: Value | undefined) =>
  list(value)
    .filter(isMap)
    .map(({ Region, KmsKeyId }) => ({ Region: text(Region), ...(KmsKeyId !== undefined && { KmsKeyId }) }));

async function changeReplicas({ p, old, id, r }: Work): Promise<void> {
  const before = replicas(old?.ReplicaRegions);
  const after = replicas(p.ReplicaRegions);
  const gone = before.filter((one) => !after.some((other) => other.Region === one.Region));
  const added = after.filter((one) => !before.some((other) => sameValue(one as ValueMap, other as ValueMap)));
  if (gone.length > 0) {
    const RemoveReplicaRegions = gone.map((one) => one.Region);
    await r.call(service, "RemoveRegionsFromReplication", { SecretId: id, RemoveReplicaRegions });
  }
  if (added.length > 0) {
    await r.call(service, "ReplicateSecretToRegions", { SecretId: id, AddReplicaRegions: added });
  }
}

const described = declared({
  service,
  create: {
    op: "CreateSecret",
    input: ({ p, r }) => ({
      Name: p.Name,
      Description: p.Description,
      KmsKeyId: p.KmsKeyId,
      SecretString: p.SecretString,
      Tags: tagList(p, r),
      AddReplicaRegions: p.ReplicaRegions && replicas(p.ReplicaRegions),
      ClientRequestToken: randomUUID(),
    }),
  },
  id: (output) => output.ARN,
  steps: [
    {
      of: ["Description", "KmsKeyId", "SecretString", "GenerateSecretString"],
      updateOnly: true,
      run: async ({ p, old, id, r }) => {
        // a value is made anew only when the way to make it changed
        const same = (name: string) => sameValue(old?.[name], p[name]);
        const keep = same("SecretString") && same("GenerateSecretString");
        const input = {
          SecretId: id,
          ...(p.Description !== undefined && { Description: p.Description }),
          ...(p.KmsKeyId !== undefined && { KmsKeyId: p.KmsKeyId }),
          ...(!keep && { SecretString: await givenValue(p, r) }),
          ClientRequestToken: randomUUID(),
        };
        await r.call(service, "UpdateSecret", input);
      },
    },
    { of: ["ReplicaRegions"], updateOnly: true, run: changeReplicas },
  ],
  attributes: (_, { id }) => ({ Id: id }),
  delete: [
    {
      op: "RemoveRegionsFromReplication",
      input: ({ p, id }) => {
        const RemoveReplicaRegions = replicas(p.ReplicaRegions).map((one) => one.Region);
        return RemoveReplicaRegions.length > 0 ? { SecretId: id, RemoveReplicaRegions } : undefined;
      },
    },
    { op: "DeleteSecret", input: ({ id }) => ({ SecretId: id, ForceDeleteWithoutRecovery: true }) },
  ],
  nameProperty: "Name",
  tags: {
    put: ({ id, r }, tags) => r.call(service, "TagResource", { SecretId: id, Tags: keyValues(tags) }),
    remove: ({ id, r }, TagKeys) => r.call(service, "UntagResource", { SecretId: id, TagKeys }),
  },
});

const secret: ResourceHandler = {
  ...described,
  async create(p, r) {
    const given = { ...p, Name: p.Name ?? generatedName(r) };
    const SecretString = await givenValue(p, r);
    return described.create(SecretString === undefined ? given : { ...given, SecretString }, r);
  },
};

const putPolicy = ({ p }: Work) => ({
  SecretId: p.SecretId,
  ResourcePolicy: typeof p.ResourcePolicy === "string" ? p.ResourcePolicy : JSON.stringify(p.ResourcePolicy),
  BlockPublicPolicy: p.BlockPublicPolicy,
});

export const secretTypes: HandlerTable = {
  "AWS::SecretsManager::Secret": secret,
  "AWS::SecretsManager::ResourcePolicy": declared({
    service,
    create: { op: "PutResourcePolicy", input: putPolicy },
    id: (output) => output.ARN,
    steps: [
      {
        of: ["ResourcePolicy", "BlockPublicPolicy"],
        updateOnly: true,
        op: "PutResourcePolicy",
        input: putPolicy,
      },
    ],
    attributes: (_, { id }) => ({ Id: id }),
    delete: { op: "DeleteResourcePolicy", input: ({ id }) => ({ SecretId: id }) },
  }),
};
