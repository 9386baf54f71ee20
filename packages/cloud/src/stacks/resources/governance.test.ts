/** Types of Identity Center, ECR, CloudWatch and Service Catalog: made, changed, deleted by a stack. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

const INSTANCE = "arn:aws:sso:::instance/ssoins-1111222233334444";
const GROUP = "1111222233-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
let cloud: Cloud;
const errors: unknown[] = [];
beforeAll(async () => {
  cloud = await startCloud({
    onError: (error) => errors.push(error),
    identityCenter: { instance: INSTANCE, groups: { science: GROUP } },
  });
});
afterAll(async () => {
  await cloud.close();
  expect(errors).toEqual([]);
});

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);

async function settled(StackName: string): Promise<Record<string, string>> {
  const stack = (await cfn("DescribeStacks", { StackName })).Stacks[0];
  const { StackEvents } = await cfn("DescribeStackEvents", { StackName });
  const failures = StackEvents.filter((one: { ResourceStatus: string }) => /FAILED/.test(one.ResourceStatus));
  expect(failures).toEqual([]);
  expect(stack.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
  const outputs: { OutputKey: string; OutputValue: string }[] = stack.Outputs ?? [];
  return Object.fromEntries(outputs.map((one) => [one.OutputKey, one.OutputValue]));
}

async function roundTrip(
  StackName: string,
  before: object,
  after: object,
  looks: (outputs: Record<string, string>, updated: boolean) => Promise<void>,
): Promise<void> {
  const how = { StackName, Capabilities: ["CAPABILITY_NAMED_IAM"], Tags: [{ Key: "stack", Value: "t" }] };
  await cfn("CreateStack", { ...how, TemplateBody: JSON.stringify(before) });
  await looks(await settled(StackName), false);
  await cfn("UpdateStack", { ...how, TemplateBody: JSON.stringify(after) });
  await looks(await settled(StackName), true);
  const { StackId } = (await cfn("DescribeStacks", { StackName })).Stacks[0];
  await cfn("DeleteStack", { StackName });
  expect((await cfn("DescribeStacks", { StackName: StackId })).Stacks[0].StackStatus).toBe("DELETE_COMPLETE");
}

const out = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));
const get = (name: string, attribute: string) => ({ "Fn::GetAtt": [name, attribute] });

describe("a stack", () => {
  it("keeps permission sets, assignments and groups", async () => {
    const template = (SessionDuration: string, ManagedPolicies: string[]) => ({
      Resources: {
        Set: {
          Type: "AWS::SSO::PermissionSet",
          Properties: {
            InstanceArn: INSTANCE,
            Name: "reader",
            SessionDuration,
            ManagedPolicies,
            InlinePolicy: {
              Version: "2012-10-17",
              Statement: { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" },
            },
          },
        },
        Assignment: {
          Type: "AWS::SSO::Assignment",
          Properties: {
            InstanceArn: INSTANCE,
            PermissionSetArn: get("Set", "PermissionSetArn"),
            PrincipalId: GROUP,
            PrincipalType: "GROUP",
            TargetId: { Ref: "AWS::AccountId" },
            TargetType: "AWS_ACCOUNT",
          },
        },
        Application: {
          Type: "AWS::SSO::Application",
          Properties: {
            InstanceArn: INSTANCE,
            Name: "portal",
            ApplicationProviderArn: "arn:aws:sso::aws:applicationProvider/custom",
          },
        },
        Group: {
          Type: "AWS::IdentityStore::Group",
          Properties: { IdentityStoreId: "d-1111222233", DisplayName: "made-by-stack" },
        },
        User: {
          Type: "AWS::IdentityStore::User",
          Properties: {
            IdentityStoreId: "d-1111222233",
            UserName: "made-by-stack",
            DisplayName: SessionDuration,
            Name: { GivenName: "Stack", FamilyName: SessionDuration },
            Emails: [{ Value: "made@example.com", Type: "work", Primary: true }],
          },
        },
        Member: {
          Type: "AWS::IdentityStore::GroupMembership",
          Properties: {
            IdentityStoreId: "d-1111222233",
            GroupId: get("Group", "GroupId"),
            MemberId: { UserId: get("User", "UserId") },
          },
        },
        Assigned: {
          Type: "AWS::SSO::ApplicationAssignment",
          Properties: {
            ApplicationArn: get("Application", "ApplicationArn"),
            PrincipalId: get("Group", "GroupId"),
            PrincipalType: "GROUP",
          },
        },
      },
      Outputs: out({
        Set: { Ref: "Set" },
        Assignment: { Ref: "Assignment" },
        App: { Ref: "Application" },
        UserId: get("User", "UserId"),
      }),
    });
    const roleOf = async () =>
      (await cloud.call("iam", "ListRoles", { PathPrefix: "/aws-reserved/sso.amazonaws.com/" })).Roles[0];
    await roundTrip(
      "center",
      template("PT2H", ["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
      template("PT4H", ["arn:aws:iam::aws:policy/SecurityAudit"]),
      async ({ Set: id, Assignment, App, UserId }, updated) => {
        const user = await cloud.call("identitystore", "DescribeUser", {
          IdentityStoreId: "d-1111222233",
          UserId,
        });
        const wanted = updated ? "PT4H" : "PT2H";
        expect(user).toMatchObject({ DisplayName: wanted, Name: { GivenName: "Stack", FamilyName: wanted } });
        const [, PermissionSetArn] = id?.split("|") ?? [];
        expect(PermissionSetArn).toMatch(/^arn:aws:sso:::permissionSet\/ssoins-1111222233334444\/ps-/);
        expect(Assignment).toBe(`${INSTANCE}|111122223333|AWS_ACCOUNT|${PermissionSetArn}|GROUP|${GROUP}`);
        const role = await roleOf();
        expect(role.MaxSessionDuration).toBe(updated ? 14400 : 7200);
        const { AttachedPolicies } = await cloud.call("iam", "ListAttachedRolePolicies", {
          RoleName: role.RoleName,
        });
        expect(AttachedPolicies).toMatchObject([
          { PolicyName: updated ? "SecurityAudit" : "ReadOnlyAccess" },
        ]);
        const list = { ApplicationArn: App };
        const found = await cloud.call("sso-admin", "ListApplicationAssignments", list);
        expect(found.ApplicationAssignments).toHaveLength(1);
      },
    );
    expect(await roleOf()).toBeUndefined();
  });

  it("keeps saved queries of Logs", async () => {
    const template = (QueryString: string) => ({
      Resources: {
        Query: { Type: "AWS::Logs::QueryDefinition", Properties: { Name: "team/errors", QueryString } },
      },
      Outputs: out({ Id: { Ref: "Query" }, Same: get("Query", "QueryDefinitionId") }),
    });
    const saved = async () =>
      (await cloud.call("cloudwatch-logs", "DescribeQueryDefinitions", {})).queryDefinitions;
    await roundTrip(
      "queries",
      template("fields @message"),
      template("fields @timestamp"),
      async ({ Id, Same }, updated) => {
        expect(Same).toBe(Id);
        const queryString = updated ? "fields @timestamp" : "fields @message";
        expect(await saved()).toMatchObject([{ queryDefinitionId: Id, name: "team/errors", queryString }]);
      },
    );
    expect(await saved()).toEqual([]);
  });

  it("keeps repositories, alarms and dashboards", async () => {
    const template = (mutability: string, threshold: number) => ({
      Resources: {
        Repository: {
          Type: "AWS::ECR::Repository",
          Properties: {
            ImageTagMutability: mutability,
            EmptyOnDelete: true,
            ImageScanningConfiguration: { ScanOnPush: true },
            LifecyclePolicy: {
              LifecyclePolicyText:
                '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}',
            },
          },
        },
        Alarm: {
          Type: "AWS::CloudWatch::Alarm",
          Properties: {
            ComparisonOperator: "GreaterThanThreshold",
            EvaluationPeriods: 1,
            MetricName: "Errors",
            Namespace: "Mine",
            Period: 60,
            Statistic: "Sum",
            Threshold: threshold,
            Tags: [{ Key: "a", Value: String(threshold) }],
          },
        },
        Dashboard: {
          Type: "AWS::CloudWatch::Dashboard",
          Properties: {
            DashboardName: "board",
            DashboardBody: { "Fn::Sub": '{"widgets":[]}' },
            Tags: [{ Key: "a", Value: String(threshold) }],
          },
        },
      },
      Outputs: out({
        Repository: { Ref: "Repository" },
        Uri: get("Repository", "RepositoryUri"),
        Alarm: { Ref: "Alarm" },
        AlarmArn: get("Alarm", "Arn"),
      }),
    });
    await roundTrip(
      "watch",
      template("MUTABLE", 1),
      template("IMMUTABLE", 2),
      async ({ Repository, Uri, Alarm, AlarmArn }, updated) => {
        expect(Repository).toMatch(/^watch-repository-[a-z0-9]{12}$/);
        expect(Uri).toBe(`111122223333.dkr.ecr.us-east-1.amazonaws.com/${Repository}`);
        expect(AlarmArn).toBe(`arn:aws:cloudwatch:us-east-1:111122223333:alarm:${Alarm}`);
        const { repositories } = await cloud.call("ecr", "DescribeRepositories", {});
        expect(repositories).toMatchObject([
          {
            imageTagMutability: updated ? "IMMUTABLE" : "MUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
          },
        ]);
        const { MetricAlarms } = await cloud.call("cloudwatch", "DescribeAlarms", {});
        expect(MetricAlarms).toMatchObject([{ Threshold: updated ? 2 : 1 }]);
        const { Tags } = await cloud.call("cloudwatch", "ListTagsForResource", { ResourceARN: AlarmArn });
        expect(Tags).toContainEqual({ Key: "a", Value: updated ? "2" : "1" });
        expect(Tags).toContainEqual({ Key: "stack", Value: "t" });
        const board = await cloud.call("cloudwatch", "ListTagsForResource", {
          ResourceARN: "arn:aws:cloudwatch::111122223333:dashboard/board",
        });
        expect(board.Tags).toContainEqual({ Key: "a", Value: updated ? "2" : "1" });
        expect(board.Tags).toContainEqual({ Key: "stack", Value: "t" });
      },
    );
    expect((await cloud.call("ecr", "DescribeRepositories", {})).repositories).toEqual([]);
    expect((await cloud.call("cloudwatch", "DescribeAlarms", {})).MetricAlarms).toEqual([]);
  });

  it("keeps a catalogue, and launches from it", async () => {
    await cloud.call("s3", "CreateBucket", { Bucket: "catalogue-templates" });
    const put = (Key: string, Type: string) =>
      cloud.call("s3", "PutObject", {
        Bucket: "catalogue-templates",
        Key,
        Body: Buffer.from(
          JSON.stringify({ Resources: { P: { Type, Properties: { Type: "String", Value: Key } } } }),
        ),
      });
    await put("one.json", "AWS::SSM::Parameter");
    await put("two.json", "AWS::SSM::Parameter");
    const role = "arn:aws:iam::111122223333:root";
    const template = (file: string) => ({
      Resources: {
        Portfolio: {
          Type: "AWS::ServiceCatalog::Portfolio",
          Properties: { DisplayName: "ml", ProviderName: file },
        },
        Product: {
          Type: "AWS::ServiceCatalog::CloudFormationProduct",
          Properties: {
            Name: "parameter",
            Owner: "platform",
            ProvisioningArtifactParameters: [
              {
                Name: file,
                Info: { LoadTemplateFromURL: `https://catalogue-templates.s3.amazonaws.com/${file}` },
              },
            ],
          },
        },
        In: {
          Type: "AWS::ServiceCatalog::PortfolioProductAssociation",
          Properties: { PortfolioId: { Ref: "Portfolio" }, ProductId: { Ref: "Product" } },
        },
        For: {
          Type: "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
          Properties: { PortfolioId: { Ref: "Portfolio" }, PrincipalARN: role, PrincipalType: "IAM" },
        },
        Launched: {
          Type: "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
          DependsOn: ["In", "For"],
          Properties: { ProductId: { Ref: "Product" }, ProvisioningArtifactName: file },
        },
      },
      Outputs: out({
        Product: { Ref: "Product" },
        Artifacts: get("Product", "ProvisioningArtifactIds"),
        Stack: get("Launched", "CloudformationStackArn"),
      }),
    });
    await roundTrip(
      "catalogue",
      template("one.json"),
      template("two.json"),
      async ({ Stack, Artifacts }, updated) => {
        expect(Artifacts).toMatch(/^pa-[a-z0-9]+$/);
        const { StackResources } = await cfn("DescribeStackResources", { StackName: Stack });
        const [{ PhysicalResourceId }] = StackResources;
        const { Parameter } = await cloud.call("ssm", "GetParameter", { Name: PhysicalResourceId });
        expect(Parameter.Value).toBe(updated ? "two.json" : "one.json");
      },
    );
  });

  it("makes the organization, and accounts where they belong", async () => {
    const template = (parent: string) => ({
      Resources: {
        Org: { Type: "AWS::Organizations::Organization", Properties: { FeatureSet: "ALL" } },
        One: {
          Type: "AWS::Organizations::OrganizationalUnit",
          Properties: { Name: "one", ParentId: get("Org", "RootId") },
        },
        Two: {
          Type: "AWS::Organizations::OrganizationalUnit",
          Properties: { Name: "two", ParentId: get("Org", "RootId") },
        },
        Account: {
          Type: "AWS::Organizations::Account",
          DeletionPolicy: "Retain",
          Properties: { AccountName: "sandbox", Email: "sandbox@example.com", ParentIds: [{ Ref: parent }] },
        },
      },
      Outputs: out({
        Account: { Ref: "Account" },
        One: { Ref: "One" },
        Two: { Ref: "Two" },
        Email: get("Org", "ManagementAccountId"),
        State: get("Account", "State"),
      }),
    });
    const how = { StackName: "organization" };
    for (const parent of ["One", "Two"]) {
      const operation = parent === "One" ? "CreateStack" : "UpdateStack";
      await cfn(operation, { ...how, TemplateBody: JSON.stringify(template(parent)) });
      const outputs = await settled("organization");
      expect(outputs).toMatchObject({ State: "ACTIVE", Email: cloud.account });
      const { Parents } = await cloud.call("organizations", "ListParents", { ChildId: outputs.Account });
      expect(Parents).toEqual([{ Id: outputs[parent], Type: "ORGANIZATIONAL_UNIT" }]);
    }
    const { Account } = await settled("organization");
    await cloud.call("organizations", "RemoveAccountFromOrganization", { AccountId: Account });
    const { StackId } = (await cfn("DescribeStacks", how)).Stacks[0];
    await cfn("DeleteStack", how);
    expect((await cfn("DescribeStacks", { StackName: StackId })).Stacks[0].StackStatus).toBe(
      "DELETE_COMPLETE",
    );
  });
});
