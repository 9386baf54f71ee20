/** The registry, as far as it is AWS's own: the resource types that this local cloud makes. Others cannot be registered. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { resourceType, typeExistence } from "../../../stacks/resource-types.ts";
import { handlerOf, supportedTypes } from "../../../stacks/resources/index.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { validationError } from "../errors.ts";
import { page } from "../paging.ts";
import { typeSchema } from "../type-schema.ts";

const typeArn = (context: CallContext, name: string): string =>
  `arn:${context.partition}:cloudformation:${context.region}::type/resource/${name.replaceAll("::", "-")}`;

export const typeOperations = {
  DescribeType(input, context) {
    const name = input.TypeName ?? nameIn(input.Arn);
    if (name === undefined || (input.Arn === undefined && input.Type === undefined)) {
      throw validationError("Either ARN or both TypeName and Type must be provided.");
    }
    const kind = input.Type ?? "RESOURCE";
    const spec = kind === "RESOURCE" ? resourceType(name) : undefined;
    if (kind !== "RESOURCE" || typeExistence(name) === "unknown" || typeExistence(name) === "custom") {
      throw new AwsError("TypeNotFoundException", `The type '${name}' cannot be found.`, { status: 404 });
    }
    if (!spec || !handlerOf(name)) {
      throw new AwsError(
        "CFNRegistryException",
        `Resource type ${name} is not supported by the Sagekeep local cloud (it exists on AWS)`,
      );
    }
    return {
      Arn: typeArn(context, name),
      Type: "RESOURCE" as const,
      TypeName: name,
      IsDefaultVersion: true,
      Description: `Resource Type definition for ${name}`,
      Schema: JSON.stringify(typeSchema(name, spec)),
      ProvisioningType: provisioning(name),
      DeprecatedStatus: "LIVE" as const,
      Visibility: "PUBLIC" as const,
      IsActivated: true,
    };
  },

  ListTypes(input, context) {
    const { Category, TypeNamePrefix = "", PublisherId } = input.Filters ?? {};
    const own =
      input.Visibility === "PUBLIC" &&
      (input.Type ?? "RESOURCE") === "RESOURCE" &&
      (Category === undefined || Category === "AWS_TYPES") &&
      PublisherId === undefined &&
      input.DeprecatedStatus !== "DEPRECATED";
    const names = (own ? supportedTypes() : []).filter(
      (one) =>
        one.startsWith(TypeNamePrefix) &&
        resourceType(one) !== undefined &&
        (input.ProvisioningType === undefined || input.ProvisioningType === provisioning(one)),
    );
    const { items, NextToken } = page(names, input.NextToken, input.MaxResults ?? 100);
    return {
      TypeSummaries: items.map((TypeName) => ({
        Type: "RESOURCE" as const,
        TypeName,
        TypeArn: typeArn(context, TypeName),
        Description: `Resource Type definition for ${TypeName}`,
        IsActivated: true,
      })),
      NextToken,
    };
  },

  /** None can be registered here. */
  ListTypeRegistrations(_input, _context) {
    return { RegistrationTokenList: [] };
  },
} satisfies Handlers<typeof Api, CallContext>;

function provisioning(name: string): "FULLY_MUTABLE" | "IMMUTABLE" {
  return handlerOf(name)?.update ? "FULLY_MUTABLE" : "IMMUTABLE";
}

/** The type's name in the ARN of a public resource type. */
function nameIn(arn: string | undefined): string | undefined {
  return /:type\/resource\/([^/]+)/.exec(arn ?? "")?.[1]?.replaceAll("-", "::");
}
