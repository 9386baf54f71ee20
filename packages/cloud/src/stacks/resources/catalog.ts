/** Service Catalog: portfolios, products, who may launch them, and what is launched. */
import { ResourceFailure } from "../engine/failure.ts";
import { isMap, type Value, type ValueMap } from "../template/value.ts";
import { compact, declared, list, map, pick, type Work } from "./declared.ts";
import { type HandlerTable, type ResourceRequest, text } from "./handler.ts";
import { keyValues, type TagStyle, tagList } from "./tags.ts";

const service = "service-catalog";

const part = (id: string, index: number): string => id.split("|")[index] ?? "";

function tagsBy(operation: string): TagStyle {
  return {
    put: ({ id, r }, tags) => r.call(service, operation, { Id: id, AddTags: keyValues(tags) }),
    remove: ({ id, r }, RemoveTags) => r.call(service, operation, { Id: id, RemoveTags }),
  };
}

interface ArtifactView {
  Id: string;
  Name: string;
}

async function artifactsOf(id: string, r: ResourceRequest): Promise<ArtifactView[]> {
  const output = await r.read(service, "DescribeProductAsAdmin", { Id: id });
  return output.ProvisioningArtifactSummaries ?? [];
}

const artifact = (one: Value): object => ({
  Type: "CLOUD_FORMATION_TEMPLATE",
  ...pick(map(one), "Name", "Description", "Info", "DisableTemplateValidation", "Type"),
});

const product = declared({
  service,
  create: {
    op: "CreateProduct",
    input: ({ p, r }) => ({
      ...pick(p, "Name", "Owner", "Description", "Distributor", "SupportDescription"),
      ...pick(p, "SupportEmail", "SupportUrl", "AcceptLanguage"),
      ProductType: p.ProductType ?? "CLOUD_FORMATION_TEMPLATE",
      ProvisioningArtifactParameters: artifact(list(p.ProvisioningArtifactParameters)[0] ?? {}),
      Tags: tagList(p, r),
    }),
  },
  id: (output) => output.ProductViewDetail.ProductViewSummary.ProductId,
  steps: [
    {
      of: ["ProvisioningArtifactParameters", "ReplaceProvisioningArtifacts"],
      run: changeArtifacts,
    },
    {
      of: [
        "Name",
        "Owner",
        "Description",
        "Distributor",
        "SupportDescription",
        "SupportEmail",
        "SupportUrl",
        "AcceptLanguage",
      ],
      updateOnly: true,
      op: "UpdateProduct",
      input: ({ id, p }) => ({
        Id: id,
        ...pick(p, "Name", "Owner", "Description", "Distributor", "SupportDescription"),
        ...pick(p, "SupportEmail", "SupportUrl", "AcceptLanguage"),
      }),
    },
  ],
  async attributes(_, { id, p, r }) {
    const all = await artifactsOf(id, r);
    return {
      Id: id,
      ProductName: text(p.Name),
      ProvisioningArtifactIds: all.map((one) => one.Id).join(","),
      ProvisioningArtifactNames: all.map((one) => one.Name).join(","),
    };
  },
  delete: { op: "DeleteProduct", input: ({ id }) => ({ Id: id }) },
  tags: tagsBy("UpdateProduct"),
});

/** Artifacts are told apart by their template: new ones are made, and what the list lost is deleted. */
async function changeArtifacts({ id, p, old, r }: Work): Promise<void> {
  const now = list(p.ProvisioningArtifactParameters);
  if (old === undefined) {
    for (const one of now.slice(1))
      await r.call(service, "CreateProvisioningArtifact", { ProductId: id, Parameters: artifact(one) });
    return;
  }
  const before = list(old.ProvisioningArtifactParameters);
  const known = await artifactsOf(id, r);
  for (const [index, one] of now.entries()) {
    const previous = map(before[index] ?? {});
    const same = JSON.stringify(map(one).Info) === JSON.stringify(previous.Info);
    const existing = known[index];
    if (same && existing && p.ReplaceProvisioningArtifacts !== true) {
      await r.call(service, "UpdateProvisioningArtifact", {
        ProductId: id,
        ProvisioningArtifactId: existing.Id,
        ...pick(map(one), "Name", "Description"),
      });
    } else {
      await r.call(service, "CreateProvisioningArtifact", { ProductId: id, Parameters: artifact(one) });
      if (existing)
        await r.call(service, "DeleteProvisioningArtifact", {
          ProductId: id,
          ProvisioningArtifactId: existing.Id,
        });
    }
  }
  for (const gone of known.slice(now.length))
    await r.call(service, "DeleteProvisioningArtifact", { ProductId: id, ProvisioningArtifactId: gone.Id });
}

function launchRole(p: ValueMap): string {
  return JSON.stringify(
    p.LocalRoleName === undefined ? { RoleArn: p.RoleArn } : { LocalRoleName: p.LocalRoleName },
  );
}

interface RecordState {
  RecordDetail: { Status: string; RecordErrors?: { Description?: string }[] };
}

async function launched(record: string, r: ResourceRequest): Promise<void> {
  const state: RecordState = await r.until(async () => {
    const now: RecordState = await r.read(service, "DescribeRecord", { Id: record });
    return /^(?:CREATED|IN_PROGRESS)/.test(now.RecordDetail.Status) ? undefined : now;
  });
  if (state.RecordDetail.Status !== "SUCCEEDED") {
    throw new ResourceFailure(
      state.RecordDetail.RecordErrors?.[0]?.Description ?? "The provisioned product failed.",
    );
  }
}

export const catalogTypes: HandlerTable = {
  "AWS::ServiceCatalog::Portfolio": declared({
    service,
    create: {
      op: "CreatePortfolio",
      input: ({ p, r }) => ({
        ...pick(p, "DisplayName", "ProviderName", "Description", "AcceptLanguage"),
        Tags: tagList(p, r),
      }),
    },
    id: (output) => output.PortfolioDetail.Id,
    steps: [
      {
        of: ["DisplayName", "ProviderName", "Description", "AcceptLanguage"],
        updateOnly: true,
        op: "UpdatePortfolio",
        input: ({ id, p }) => ({
          Id: id,
          ...pick(p, "DisplayName", "ProviderName", "Description", "AcceptLanguage"),
        }),
      },
    ],
    attributes: (_, { id, p }) => ({ Id: id, PortfolioName: text(p.DisplayName) }),
    delete: { op: "DeletePortfolio", input: ({ id }) => ({ Id: id }) },
    tags: tagsBy("UpdatePortfolio"),
  }),
  "AWS::ServiceCatalog::CloudFormationProduct": product,
  "AWS::ServiceCatalog::PortfolioProductAssociation": declared({
    service,
    create: {
      op: "AssociateProductWithPortfolio",
      input: ({ p }) => pick(p, "PortfolioId", "ProductId", "SourcePortfolioId", "AcceptLanguage"),
    },
    id: (_, { p }) => `${text(p.PortfolioId)}|${text(p.ProductId)}`,
    delete: {
      op: "DisassociateProductFromPortfolio",
      input: ({ id }) => ({ PortfolioId: part(id, 0), ProductId: part(id, 1) }),
    },
  }),
  "AWS::ServiceCatalog::PortfolioPrincipalAssociation": declared({
    service,
    create: {
      op: "AssociatePrincipalWithPortfolio",
      input: ({ p }) => pick(p, "PortfolioId", "PrincipalARN", "PrincipalType", "AcceptLanguage"),
    },
    id: (_, { p }) => `${text(p.PortfolioId)}|${text(p.PrincipalARN)}`,
    delete: {
      op: "DisassociatePrincipalFromPortfolio",
      input: ({ id }) => ({ PortfolioId: part(id, 0), PrincipalARN: part(id, 1) }),
    },
  }),
  "AWS::ServiceCatalog::LaunchRoleConstraint": declared({
    service,
    create: {
      op: "CreateConstraint",
      input: ({ p }) => ({
        ...pick(p, "PortfolioId", "ProductId", "Description", "AcceptLanguage"),
        Type: "LAUNCH",
        Parameters: launchRole(p),
      }),
    },
    id: (output) => output.ConstraintDetail.ConstraintId,
    attributes: (_, { id }) => ({ Id: id }),
    delete: { op: "DeleteConstraint", input: ({ id }) => ({ Id: id }) },
    replacement: (changes) => (changes.length > 0 ? "yes" : "no"),
  }),
  "AWS::ServiceCatalog::CloudFormationProvisionedProduct": {
    async create(p, r) {
      const name = text(p.ProvisionedProductName) || r.generatedName(128);
      const { RecordDetail } = await r.call(
        service,
        "ProvisionProduct",
        compact({
          ...pick(p, "ProductId", "ProductName", "ProvisioningArtifactId", "ProvisioningArtifactName"),
          ...pick(p, "PathId", "PathName", "NotificationArns", "AcceptLanguage"),
          ProvisionedProductName: name,
          ProvisioningParameters: list(p.ProvisioningParameters).filter(isMap),
          Tags: tagList(p, r),
        }),
      );
      r.made(RecordDetail.ProvisionedProductId);
      return {
        physicalId: RecordDetail.ProvisionedProductId,
        attributes: { RecordId: RecordDetail.RecordId },
      };
    },
    async ready({ attributes }, r) {
      if (attributes.RecordId !== undefined) await launched(text(attributes.RecordId), r);
    },
    async attributes({ physicalId, attributes }, r) {
      const key = { ProvisionedProductId: physicalId };
      const { Outputs } = await r.read(service, "GetProvisionedProductOutputs", key);
      const outputs = (Outputs as { OutputKey: string; OutputValue: string }[]).map((one) => [
        `Outputs.${one.OutputKey}`,
        one.OutputValue,
      ]);
      const stack = outputs.find(([name]) => name === "Outputs.CloudformationStackARN")?.[1];
      return {
        ...pick(attributes, "RecordId"),
        ProvisionedProductId: physicalId,
        ...(stack === undefined ? {} : { CloudformationStackArn: stack }),
        ...Object.fromEntries(outputs),
      };
    },
    replacement: (changes) => (changes.length > 0 ? "yes" : "no"),
    async delete({ physicalId }, r) {
      const { RecordDetail } = await r.call(service, "TerminateProvisionedProduct", {
        ProvisionedProductId: physicalId,
      });
      await launched(RecordDetail.RecordId, r);
    },
  },
};
