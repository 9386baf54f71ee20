import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../../identity/caller.ts";
import { bodyOf } from "../../wire/body.ts";
import { ACCOUNT, type Fixture, REGION, ROLE, startFixture } from "../sagemaker/cloud.fixture.ts";

const TEMPLATE = JSON.stringify({
  Parameters: { Name: { Type: "String", Default: "made-by-catalog" } },
  Resources: {
    Value: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Name: { Ref: "Name" }, Value: "v" } },
  },
  Outputs: { Made: { Value: { Ref: "Value" } } },
});

let fixture: Fixture;
let user: Caller;
beforeEach(async () => {
  fixture = await startFixture();
  await fixture.cloud.call("s3", "CreateBucket", { Bucket: "templates" });
  const bytes = Buffer.from(TEMPLATE);
  await fixture.cloud.call("s3", "PutObject", {
    Bucket: "templates",
    Key: "t.json",
    Body: bodyOf(bytes),
    ContentLength: bytes.length,
  });
  const within = fixture.cloud.runtime.within(ACCOUNT, REGION);
  user = fixture.cloud.runtime.directory.roleSession(ROLE, "me", {}, within);
});
afterEach(() => fixture.close());

const admin = (operation: string, input: object) => fixture.cloud.call("service-catalog", operation, input);
const asUser = (operation: string, input: object = {}) =>
  fixture.cloud.call("service-catalog", operation, input, { caller: user });

async function newProduct() {
  const { PortfolioDetail } = await admin("CreatePortfolio", {
    DisplayName: "ML",
    ProviderName: "admins",
    IdempotencyToken: "1",
  });
  const { ProductViewDetail } = await admin("CreateProduct", {
    Name: "parameter",
    Owner: "admins",
    ProductType: "CLOUD_FORMATION_TEMPLATE",
    IdempotencyToken: "2",
    ProvisioningArtifactParameters: {
      Name: "v1",
      Info: { LoadTemplateFromURL: "https://templates.s3.us-east-1.amazonaws.com/t.json" },
    },
  });
  const PortfolioId = PortfolioDetail.Id as string;
  const { ProductId } = ProductViewDetail.ProductViewSummary as { ProductId: string };
  await admin("AssociateProductWithPortfolio", { ProductId, PortfolioId });
  return { PortfolioId, ProductId };
}

describe("a product", () => {
  it("is seen and launched only by principals of its portfolio, as a stack", async () => {
    const { PortfolioId, ProductId } = await newProduct();
    expect((await asUser("SearchProducts")).ProductViewSummaries).toEqual([]);
    await expect(asUser("DescribeProduct", { Id: ProductId })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
    await admin("AssociatePrincipalWithPortfolio", { PortfolioId, PrincipalARN: ROLE, PrincipalType: "IAM" });
    const { ProductViewSummaries } = await asUser("SearchProducts", {
      Filters: { FullTextSearch: ["param"] },
    });
    expect(ProductViewSummaries).toMatchObject([{ ProductId, Name: "parameter" }]);
    const { ProvisioningArtifactParameters } = await asUser("DescribeProvisioningParameters", {
      ProductId,
      ProvisioningArtifactName: "v1",
    });
    expect(ProvisioningArtifactParameters).toMatchObject([
      { ParameterKey: "Name", DefaultValue: "made-by-catalog" },
    ]);

    const launch = {
      ProductId,
      ProvisionedProductName: "mine",
      ProvisionToken: "3",
      ProvisioningParameters: [{ Key: "Name", Value: "of-user" }],
    };
    const { RecordDetail } = await asUser("ProvisionProduct", launch);
    await expect(asUser("ProvisionProduct", launch)).rejects.toMatchObject({
      code: "DuplicateResourceException",
    });
    await fixture.settle();
    expect((await asUser("DescribeRecord", { Id: RecordDetail.RecordId })).RecordDetail.Status).toBe(
      "SUCCEEDED",
    );
    const { Parameter } = await fixture.cloud.call("ssm", "GetParameter", { Name: "of-user" });
    expect(Parameter.Value).toBe("v");
    const { ProvisionedProducts } = await asUser("SearchProvisionedProducts");
    expect(ProvisionedProducts).toMatchObject([
      { Name: "mine", Status: "AVAILABLE", ProductName: "parameter" },
    ]);
    const { Outputs } = await asUser("GetProvisionedProductOutputs", { ProvisionedProductName: "mine" });
    expect(Outputs).toContainEqual({ OutputKey: "Made", OutputValue: "of-user" });

    await asUser("TerminateProvisionedProduct", { ProvisionedProductName: "mine", TerminateToken: "4" });
    await fixture.settle();
    await expect(fixture.cloud.call("ssm", "GetParameter", { Name: "of-user" })).rejects.toMatchObject({
      code: "ParameterNotFound",
    });
  });

  it("cannot be taken away while it is in a portfolio", async () => {
    const { PortfolioId, ProductId } = await newProduct();
    await expect(admin("DeleteProduct", { Id: ProductId })).rejects.toMatchObject({
      code: "ResourceInUseException",
    });
    await expect(admin("DeletePortfolio", { Id: PortfolioId })).rejects.toMatchObject({
      code: "ResourceInUseException",
    });
    await admin("DisassociateProductFromPortfolio", { ProductId, PortfolioId });
    await admin("DeleteProduct", { Id: ProductId });
    await admin("DeletePortfolio", { Id: PortfolioId });
    expect((await admin("ListPortfolios", {})).PortfolioDetails).toEqual([]);
  });
});
