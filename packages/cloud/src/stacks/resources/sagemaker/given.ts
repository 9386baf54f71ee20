/** Properties that the API takes in another shape. */
import { ResourceFailure } from "../../engine/failure.ts";
import { sameValue, type ValueMap } from "../../template/value.ts";
import { compact, list, map, pick, policyText, type Step, type Work } from "../declared.ts";
import { text } from "../handler.ts";
import { service } from "./kind.ts";

/** A work team's members: CloudFormation says of which service each word is. */
export function members({ p }: Work): object {
  if (p.MemberDefinitions === undefined) return {};
  return {
    MemberDefinitions: list(p.MemberDefinitions).map((one) => {
      const { CognitoMemberDefinition: cognito, OidcMemberDefinition: oidc } = map(one);
      return compact({
        CognitoMemberDefinition:
          cognito &&
          compact({
            UserPool: map(cognito).CognitoUserPool,
            UserGroup: map(cognito).CognitoUserGroup,
            ClientId: map(cognito).CognitoClientId,
          }),
        OidcMemberDefinition: oidc && { Groups: map(oidc).OidcGroups },
      });
    }),
  };
}

export function providers(p: ValueMap): object[] {
  return list(p.TemplateProviderDetails).map((one) => ({
    CfnTemplateProvider: map(one).CfnTemplateProviderDetail,
  }));
}

export const groupPolicy: Step = {
  of: ["ModelPackageGroupPolicy"],
  run: async ({ p, r }) => {
    const ModelPackageGroupName = p.ModelPackageGroupName;
    if (p.ModelPackageGroupPolicy === undefined) {
      await r.call(service, "DeleteModelPackageGroupPolicy", { ModelPackageGroupName });
    } else {
      const ResourcePolicy = policyText(p.ModelPackageGroupPolicy);
      await r.call(service, "PutModelPackageGroupPolicy", { ModelPackageGroupName, ResourcePolicy });
    }
  },
};

/** A feature group only gains features. */
export function addedFeatures({ p, old }: Work): object {
  const before = list(old?.FeatureDefinitions).map(map);
  const after = list(p.FeatureDefinitions).map(map);
  if (before.some((one) => !after.some((other) => sameValue(one, other)))) {
    throw new ResourceFailure("Features of a feature group cannot be changed or removed.");
  }
  const added = after.filter((one) => !before.some((other) => sameValue(one, other)));
  return { FeatureDefinitions: undefined, FeatureAdditions: added.length > 0 ? added : undefined };
}

/** An image version's aliases: `Alias` and `Aliases`. */
export const aliasesStep: Step = {
  of: [
    "Alias",
    "Aliases",
    "Horovod",
    "JobType",
    "MLFramework",
    "Processor",
    "ProgrammingLang",
    "ReleaseNotes",
    "VendorGuidance",
  ],
  updateOnly: true,
  run: async ({ id, p, old, r }) => {
    const before = aliases(old ?? {});
    const after = aliases(p);
    const some = (all: string[]) => (all.length > 0 ? all : undefined);
    await r.call(
      service,
      "UpdateImageVersion",
      compact({
        ImageName: id.split("/").at(-2),
        Version: Number(id.split("/").at(-1)),
        AliasesToAdd: some(after.filter((one) => !before.includes(one))),
        AliasesToDelete: some(before.filter((one) => !after.includes(one))),
        ...pick(p, "Horovod", "JobType", "MLFramework", "Processor", "ProgrammingLang"),
        ...pick(p, "ReleaseNotes", "VendorGuidance"),
      }),
    );
  },
};

export function aliases(p: ValueMap): string[] {
  return [...list(p.Alias), ...list(p.Aliases)].map(text);
}
