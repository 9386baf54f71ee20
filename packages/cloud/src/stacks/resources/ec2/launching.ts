/** Launch templates and key pairs. */
import { randomSuffix } from "../../names.ts";
import type { Value, ValueMap } from "../../template/value.ts";
import { declared, list, map, pick, type Work } from "../declared.ts";
import { type HandlerTable, text } from "../handler.ts";
import { changedTags, keyValues, tagMap } from "../tags.ts";
import { describeOne, ec2Tags, tagSpecifications } from "./shared.ts";

const service = "ec2";

/** Where CloudFormation keeps the private key of a pair that it made. */
const parameterOf = (keyPairId: string) => `/ec2/keypair/${keyPairId}`;

const byName = {
  op: "DescribeKeyPairs",
  input: ({ id }: { id: string }) => ({ KeyNames: [id] }),
  // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  pick: (output: any) => output?.KeyPairs?.[0],
};

/** The tags of the template itself among its `TagSpecifications`. */
const ownTags = (p: ValueMap): Value[] =>
  list(p.TagSpecifications)
    .map(map)
    .flatMap((one) => (one.ResourceType === "launch-template" ? list(one.Tags) : []));

const retag = (work: Work): Promise<void> =>
  changedTags(ec2Tags, {
    ...work,
    p: { Tags: ownTags(work.p) },
    old: { Tags: ownTags(work.old ?? {}) },
  });

export const launchingTypes: HandlerTable = {
  "AWS::EC2::LaunchTemplate": declared({
    service,
    create: {
      op: "CreateLaunchTemplate",
      input: ({ p, r }) => {
        const said = list(p.TagSpecifications).map((one) => pick(map(one), "ResourceType", "Tags"));
        const others = said.filter((one) => one.ResourceType !== "launch-template");
        const Tags = keyValues(tagMap(ownTags(p), r.stackTags));
        const own = Tags.length > 0 ? [{ ResourceType: "launch-template", Tags }] : [];
        return {
          LaunchTemplateName: p.LaunchTemplateName ?? `${r.logicalId}_${randomSuffix(12)}`,
          ...pick(p, "LaunchTemplateData", "VersionDescription"),
          ...(others.length + own.length > 0 && { TagSpecifications: [...others, ...own] }),
        };
      },
    },
    id: (output) => output.LaunchTemplate.LaunchTemplateId,
    steps: [
      {
        of: ["LaunchTemplateData", "VersionDescription"],
        updateOnly: true,
        op: "CreateLaunchTemplateVersion",
        input: ({ id, p }) => ({
          LaunchTemplateId: id,
          ...pick(p, "LaunchTemplateData", "VersionDescription"),
        }),
      },
      { of: ["TagSpecifications"], updateOnly: true, run: retag },
    ],
    describe: describeOne("DescribeLaunchTemplates", "LaunchTemplateIds", "LaunchTemplates"),
    attributes: (template, { id }) => ({
      LaunchTemplateId: id,
      DefaultVersionNumber: String(template.DefaultVersionNumber),
      LatestVersionNumber: String(template.LatestVersionNumber),
    }),
    delete: { op: "DeleteLaunchTemplate", input: ({ id }) => ({ LaunchTemplateId: id }) },
    nameProperty: "LaunchTemplateName",
  }),
  "AWS::EC2::KeyPair": {
    ...declared({
      service,
      create: { op: "CreateKeyPair", input: ({ p }) => pick(p, "KeyName") },
      id: ({ KeyName }) => KeyName,
      describe: byName,
      attributes: (pair) => ({ KeyPairId: pair.KeyPairId, KeyFingerprint: pair.KeyFingerprint }),
      delete: { op: "DeleteKeyPair", input: ({ id }) => ({ KeyName: id }) },
      tags: {
        ...ec2Tags,
        put: ({ attributes, r }, tags) =>
          r.call(service, "CreateTags", {
            Resources: [text(attributes.KeyPairId)],
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          }),
        remove: ({ attributes, r }, keys) =>
          r.call(service, "DeleteTags", {
            Resources: [text(attributes.KeyPairId)],
            Tags: keys.map((Key) => ({ Key })),
          }),
      },
      nameProperty: "KeyName",
    }),
    async create(p, r) {
      const TagSpecifications = tagSpecifications("key-pair", { p, id: "", attributes: {}, r });
      const base = { ...pick(p, "KeyName"), ...(TagSpecifications && { TagSpecifications }) };
      const physicalId = text(p.KeyName);
      if (p.PublicKeyMaterial !== undefined) {
        const PublicKeyMaterial = Buffer.from(text(p.PublicKeyMaterial));
        await r.call(service, "ImportKeyPair", { ...base, PublicKeyMaterial });
        r.made(physicalId);
        return { physicalId };
      }
      const made = await r.call(service, "CreateKeyPair", { ...base, ...pick(p, "KeyType", "KeyFormat") });
      r.made(physicalId);
      await r.call("ssm", "PutParameter", {
        Name: parameterOf(made.KeyPairId),
        Type: "SecureString",
        Value: made.KeyMaterial,
      });
      return { physicalId };
    },
    async delete({ physicalId, attributes, properties }, r) {
      const id = text(attributes.KeyPairId);
      await r.call(service, "DeleteKeyPair", { KeyName: physicalId });
      if (properties.PublicKeyMaterial === undefined && id) {
        await r
          .call("ssm", "DeleteParameter", { Name: parameterOf(id) })
          .catch((error: { code?: string }) => {
            if (error.code !== "ParameterNotFound") throw error;
          });
      }
    },
  },
};
