/** Projects: provisioned from a Service Catalog product, when they name one. */
import type { CallContext } from "../../../context.ts";
import type { Hooks } from "../engine/kind.ts";
import { kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import type { Resource } from "../engine/resource.ts";
import { validation } from "../errors.ts";
import { randomName } from "../studio/domain.ts";

/** Whether SageMaker's projects may use the account's Service Catalog. AWS's own products are not here. */
interface Switch {
  status: "Enabled" | "Disabled";
}

const portfolio = (context: CallContext) => context.table<Switch>("sagemaker.servicecatalog");

export const projectHooks: Hooks = {
  create(resource, input) {
    if (input.ServiceCatalogProvisioningDetails === undefined && input.TemplateProviders === undefined) {
      throw validation("Either ServiceCatalogProvisioningDetails or TemplateProviders must be specified.");
    }
    resource.fields.ProjectId = `p-${randomName(12)}`;
  },
  async created(resource, input, context) {
    const details = input.ServiceCatalogProvisioningDetails as Fields | undefined;
    if (!details) return;
    const name = `${resource.name}-${resource.fields.ProjectId}`;
    const answer = await context.call(
      "service-catalog",
      "ProvisionProduct",
      {
        ProductId: details.ProductId,
        ...(details.ProvisioningArtifactId !== undefined && {
          ProvisioningArtifactId: details.ProvisioningArtifactId,
        }),
        ...(details.PathId !== undefined && { PathId: details.PathId }),
        ProvisionedProductName: name,
        ProvisioningParameters: [
          ...((details.ProvisioningParameters as Fields[] | undefined) ?? []),
          { Key: "SageMakerProjectName", Value: resource.name },
          { Key: "SageMakerProjectId", Value: resource.fields.ProjectId },
        ],
        ProvisionToken: String(resource.fields.ProjectId),
      },
      { kind: "caller" },
    );
    change(resource, context, {
      ServiceCatalogProvisionedProductDetails: {
        ProvisionedProductId: answer.RecordDetail.ProvisionedProductId,
      },
    });
  },
  async deleted(resource, _, context) {
    const details = resource.fields.ServiceCatalogProvisionedProductDetails as Fields | undefined;
    if (!details) return;
    const input = {
      ProvisionedProductId: details.ProvisionedProductId,
      TerminateToken: resource.fields.ProjectId as string,
    };
    await context.call("service-catalog", "TerminateProvisionedProduct", input, { kind: "caller" });
  },
};

function change(resource: Readonly<Resource>, context: CallContext, fields: Fields): void {
  const kind = kindNamed("Project");
  context.table<Resource>(`sagemaker.${kind.type}`).update(resource.name.toLowerCase(), (draft) => {
    Object.assign(draft.fields, fields);
  });
}

export const projectOperations: Operations = {
  EnableSagemakerServicecatalogPortfolio(_, context) {
    portfolio(context).put("status", { status: "Enabled" });
    return {};
  },
  DisableSagemakerServicecatalogPortfolio(_, context) {
    portfolio(context).put("status", { status: "Disabled" });
    return {};
  },
  GetSagemakerServicecatalogPortfolioStatus: (_, context) => ({
    Status: portfolio(context).get("status")?.status ?? "Disabled",
  }),
};
