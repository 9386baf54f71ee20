/** The administrator's side: portfolios, products, versions, constraints, and who may launch what. */
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";
import {
  type Artifact,
  constraints,
  inUse,
  invalid,
  newId,
  notFound,
  page,
  portfolioOf,
  portfolios,
  productOf,
  products,
  tagList,
  tagsOf,
} from "./state.ts";
import { artifactView, portfolioView, productDetail } from "./views.ts";

type Client = typeof import("@aws-sdk/client-service-catalog");

interface ArtifactInput {
  Name?: string | undefined;
  Description?: string | undefined;
  Info?: Record<string, string> | undefined;
  Type?: string | undefined;
}

function newArtifact(input: ArtifactInput | undefined, now: number): Artifact {
  const url = input?.Info?.LoadTemplateFromURL;
  if (url === undefined) {
    throw invalid(
      "ProvisioningArtifactParameters.Info must have LoadTemplateFromURL; ImportFromPhysicalId is not supported by the Sagekeep local cloud.",
    );
  }
  return {
    id: newId("pa"),
    name: input?.Name ?? "v1",
    ...(input?.Description !== undefined && { description: input.Description }),
    type: input?.Type ?? "CLOUD_FORMATION_TEMPLATE",
    url,
    created: now,
    active: true,
    guidance: "DEFAULT",
  };
}

export const administration: Handlers<Client, CallContext> = {
  CreatePortfolio(input, context) {
    const id = newId("port");
    const made = portfolios(context).put(id, {
      id,
      arn: context.arn("catalog", `portfolio/${id}`),
      name: input.DisplayName,
      provider: input.ProviderName,
      ...(input.Description !== undefined && { description: input.Description }),
      created: context.now,
      tags: tagsOf(input.Tags),
      products: [],
      principals: [],
    });
    return { PortfolioDetail: portfolioView(made), Tags: tagList(made.tags) };
  },
  DescribePortfolio(input, context) {
    const one = portfolioOf(input.Id, context);
    return { PortfolioDetail: portfolioView(one), Tags: tagList(one.tags), TagOptions: [], Budgets: [] };
  },
  UpdatePortfolio(input, context) {
    portfolioOf(input.Id, context);
    const one = portfolios(context).update(input.Id, (draft) => {
      if (input.DisplayName !== undefined) draft.name = input.DisplayName;
      if (input.Description !== undefined) draft.description = input.Description;
      if (input.ProviderName !== undefined) draft.provider = input.ProviderName;
      Object.assign(draft.tags, tagsOf(input.AddTags));
      for (const key of input.RemoveTags ?? []) delete draft.tags[key];
    });
    return { PortfolioDetail: one && portfolioView(one), Tags: tagList(one?.tags ?? {}) };
  },
  DeletePortfolio(input, context) {
    const one = portfolioOf(input.Id, context);
    if (one.products.length > 0 || one.principals.length > 0) {
      throw inUse(`Portfolio ${one.id} has products or principals associated with it.`);
    }
    portfolios(context).delete(one.id);
    return {};
  },
  ListPortfolios(input, context) {
    const { items, ...rest } = page(portfolios(context).list(), input);
    return { PortfolioDetails: items.map(portfolioView), ...rest };
  },
  CreateProduct(input, context) {
    const id = newId("prod");
    const artifact = newArtifact(input.ProvisioningArtifactParameters, context.now);
    const { SupportDescription, SupportEmail, SupportUrl } = input;
    const made = products(context).put(id, {
      id,
      viewId: newId("prodview"),
      arn: context.arn("catalog", `product/${id}`),
      name: input.Name,
      owner: input.Owner,
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.Distributor !== undefined && { distributor: input.Distributor }),
      type: input.ProductType,
      support: {
        ...(SupportDescription !== undefined && { SupportDescription }),
        ...(SupportEmail !== undefined && { SupportEmail }),
        ...(SupportUrl !== undefined && { SupportUrl }),
      },
      created: context.now,
      tags: tagsOf(input.Tags),
      artifacts: [artifact],
    });
    return {
      ProductViewDetail: productDetail(made),
      ProvisioningArtifactDetail: artifactView(artifact),
      Tags: tagList(made.tags),
    };
  },
  UpdateProduct(input, context) {
    productOf(input.Id, undefined, context);
    const one = products(context).update(input.Id, (draft) => {
      if (input.Name !== undefined) draft.name = input.Name;
      if (input.Owner !== undefined) draft.owner = input.Owner;
      if (input.Description !== undefined) draft.description = input.Description;
      Object.assign(draft.tags, tagsOf(input.AddTags));
      for (const key of input.RemoveTags ?? []) delete draft.tags[key];
    });
    return { ProductViewDetail: one && productDetail(one), Tags: tagList(one?.tags ?? {}) };
  },
  DeleteProduct(input, context) {
    const one = productOf(input.Id, undefined, context);
    if (
      portfolios(context)
        .list()
        .some((portfolio) => portfolio.products.includes(one.id))
    ) {
      throw inUse(`Product ${one.id} is associated with a portfolio.`);
    }
    products(context).delete(one.id);
    return {};
  },
  DescribeProductAsAdmin(input, context) {
    const one = productOf(input.Id, input.Name, context);
    return {
      ProductViewDetail: productDetail(one),
      ProvisioningArtifactSummaries: one.artifacts.map(({ id, name, description, created }) => ({
        Id: id,
        Name: name,
        ...(description !== undefined && { Description: description }),
        CreatedTime: new Date(created),
      })),
      Tags: tagList(one.tags),
      TagOptions: [],
      Budgets: [],
    };
  },
  SearchProductsAsAdmin(input, context) {
    const within =
      input.PortfolioId === undefined ? undefined : portfolioOf(input.PortfolioId, context).products;
    const words = (input.Filters?.FullTextSearch ?? []).map((word) => word.toLowerCase());
    const all = products(context)
      .list()
      .filter((one) => within === undefined || within.includes(one.id))
      .filter((one) =>
        words.every((word) => `${one.name} ${one.description} ${one.owner}`.toLowerCase().includes(word)),
      );
    const { items, ...rest } = page(all, input);
    return { ProductViewDetails: items.map(productDetail), ...rest };
  },
  AssociateProductWithPortfolio(input, context) {
    const { id } = productOf(input.ProductId, undefined, context);
    portfolioOf(input.PortfolioId, context);
    portfolios(context).update(input.PortfolioId, (draft) => {
      if (!draft.products.includes(id)) draft.products.push(id);
    });
    return {};
  },
  DisassociateProductFromPortfolio(input, context) {
    portfolioOf(input.PortfolioId, context);
    portfolios(context).update(input.PortfolioId, (draft) => {
      draft.products = draft.products.filter((id) => id !== input.ProductId);
    });
    return {};
  },
  ListPortfoliosForProduct(input, context) {
    const { id } = productOf(input.ProductId, undefined, context);
    const all = portfolios(context)
      .list()
      .filter((one) => one.products.includes(id));
    const { items, ...rest } = page(all, input);
    return { PortfolioDetails: items.map(portfolioView), ...rest };
  },
  AssociatePrincipalWithPortfolio(input, context) {
    portfolioOf(input.PortfolioId, context);
    if (input.PrincipalType === "IAM" && !/^arn:[^:]+:iam::\d{12}:/.test(input.PrincipalARN)) {
      throw invalid("PrincipalARN must be the ARN of a user, role or group.");
    }
    portfolios(context).update(input.PortfolioId, (draft) => {
      if (!draft.principals.some(({ arn }) => arn === input.PrincipalARN)) {
        draft.principals.push({ arn: input.PrincipalARN, type: input.PrincipalType });
      }
    });
    return {};
  },
  DisassociatePrincipalFromPortfolio(input, context) {
    portfolioOf(input.PortfolioId, context);
    portfolios(context).update(input.PortfolioId, (draft) => {
      draft.principals = draft.principals.filter(({ arn }) => arn !== input.PrincipalARN);
    });
    return {};
  },
  ListPrincipalsForPortfolio(input, context) {
    const { items, ...rest } = page(portfolioOf(input.PortfolioId, context).principals, input);
    return {
      Principals: items.map(({ arn, type }) => ({ PrincipalARN: arn, PrincipalType: type as "IAM" })),
      ...rest,
    };
  },
  CreateProvisioningArtifact(input, context) {
    productOf(input.ProductId, undefined, context);
    const artifact = newArtifact(input.Parameters, context.now);
    products(context).update(input.ProductId, (draft) => {
      draft.artifacts.push(artifact);
    });
    return {
      ProvisioningArtifactDetail: artifactView(artifact),
      Info: { TemplateUrl: artifact.url },
      Status: "AVAILABLE",
    };
  },
  ListProvisioningArtifacts: (input, context) => ({
    ProvisioningArtifactDetails: productOf(input.ProductId, undefined, context).artifacts.map(artifactView),
  }),
  DescribeProvisioningArtifact(input, context) {
    const product = productOf(input.ProductId, input.ProductName, context);
    const found = product.artifacts.find(
      ({ id, name }) => id === input.ProvisioningArtifactId || name === input.ProvisioningArtifactName,
    );
    if (!found)
      throw notFound(
        `Provisioning artifact ${input.ProvisioningArtifactId ?? input.ProvisioningArtifactName} not found.`,
      );
    return {
      ProvisioningArtifactDetail: artifactView(found),
      Info: { TemplateUrl: found.url },
      Status: "AVAILABLE",
    };
  },
  UpdateProvisioningArtifact(input, context) {
    productOf(input.ProductId, undefined, context);
    const product = products(context).update(input.ProductId, (draft) => {
      const found = draft.artifacts.find(({ id }) => id === input.ProvisioningArtifactId);
      if (!found) throw notFound(`Provisioning artifact ${input.ProvisioningArtifactId} not found.`);
      if (input.Name !== undefined) found.name = input.Name;
      if (input.Description !== undefined) found.description = input.Description;
      if (input.Active !== undefined) found.active = input.Active;
      if (input.Guidance !== undefined) found.guidance = input.Guidance;
    });
    const found = product?.artifacts.find(({ id }) => id === input.ProvisioningArtifactId);
    return { ...(found && { ProvisioningArtifactDetail: artifactView(found) }), Status: "AVAILABLE" };
  },
  DeleteProvisioningArtifact(input, context) {
    const product = productOf(input.ProductId, undefined, context);
    if (product.artifacts.length < 2)
      throw inUse("The last provisioning artifact of a product cannot be deleted.");
    products(context).update(product.id, (draft) => {
      draft.artifacts = draft.artifacts.filter(({ id }) => id !== input.ProvisioningArtifactId);
    });
    return {};
  },
  CreateConstraint(input, context) {
    const { id: portfolio, products: held } = portfolioOf(input.PortfolioId, context);
    const { id: product } = productOf(input.ProductId, undefined, context);
    if (!held.includes(product)) throw notFound(`Product ${product} is not in portfolio ${portfolio}.`);
    if (input.Type !== "LAUNCH") {
      throw invalid(
        `The constraint type ${input.Type} is not supported by the Sagekeep local cloud; LAUNCH is.`,
      );
    }
    try {
      JSON.parse(input.Parameters);
    } catch {
      throw invalid("Parameters must be valid JSON.");
    }
    const id = newId("cons");
    const made = constraints(context).put(id, {
      id,
      portfolio,
      product,
      type: input.Type,
      parameters: input.Parameters,
      ...(input.Description !== undefined && { description: input.Description }),
      created: context.now,
    });
    return {
      ConstraintDetail: constraintView(made, context.account),
      ConstraintParameters: made.parameters,
      Status: "AVAILABLE",
    };
  },
  DescribeConstraint(input, context) {
    const one = constraints(context).get(input.Id);
    if (!one) throw notFound(`Constraint ${input.Id} not found.`);
    return {
      ConstraintDetail: constraintView(one, context.account),
      ConstraintParameters: one.parameters,
      Status: "AVAILABLE",
    };
  },
  DeleteConstraint(input, context) {
    if (!constraints(context).delete(input.Id)) throw notFound(`Constraint ${input.Id} not found.`);
    return {};
  },
  ListConstraintsForPortfolio(input, context) {
    const { id } = portfolioOf(input.PortfolioId, context);
    const all = constraints(context)
      .list()
      .filter(
        (one) => one.portfolio === id && (input.ProductId === undefined || one.product === input.ProductId),
      );
    const { items, ...rest } = page(all, input);
    return { ConstraintDetails: items.map((one) => constraintView(one, context.account)), ...rest };
  },
  // shares between accounts are not kept; SageMaker's own switch is in SageMaker
  ListAcceptedPortfolioShares: () => ({ PortfolioDetails: [] }),
};

const constraintView = (
  one: Readonly<{ id: string; type: string; description?: string; product: string; portfolio: string }>,
  owner: string,
) => ({
  ConstraintId: one.id,
  Type: one.type,
  ...(one.description !== undefined && { Description: one.description }),
  Owner: owner,
  ProductId: one.product,
  PortfolioId: one.portfolio,
});
