import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
let policy: string;
const iam = (operation: string, input: object = {}) => cloud.call("iam", operation, input);
const document = (Action: string[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

beforeAll(async () => {
  cloud = await startCloud();
  for (const UserName of ["ann", "bob"]) await iam("CreateUser", { UserName });
  await iam("CreateGroup", { GroupName: "readers" });
  for (const UserName of ["ann", "bob"]) await iam("AddUserToGroup", { GroupName: "readers", UserName });
  const made = await iam("CreatePolicy", {
    PolicyName: "reading",
    PolicyDocument: document(["s3:List*", "kms:ListKeys", "sns:Publish"]),
  });
  policy = made.Policy.Arn;
  await iam("AttachGroupPolicy", { GroupName: "readers", PolicyArn: policy });
  await as("ann", "s3", "ListBuckets");
  await as("bob", "kms", "ListKeys", { Limit: 1 }, "eu-west-1");
  // an attempt counts, although it is denied
  await as("bob", "s3", "CreateBucket", { Bucket: "not-mine" }).catch(() => {});
});
afterAll(() => cloud.close());

const arnOf = (name: string) => `arn:aws:iam::${cloud.account}:user/${name}`;
function as(name: string, service: string, operation: string, input: object = {}, region = "us-east-1") {
  const { account } = cloud;
  const arn = arnOf(name);
  const principal = { kind: "user", arn, account };
  const caller = { principal, account, arn, userId: `AIDA${name}` };
  return cloud.call(service, operation, input, { caller, region } as never);
}
async function report(Arn: string, more: object = {}) {
  const { JobId } = await iam("GenerateServiceLastAccessedDetails", { Arn, ...more });
  return { JobId, ...(await iam("GetServiceLastAccessedDetails", { JobId })) };
}

it("lists what a user's policies grant, and when it was last tried", async () => {
  const job = await report(arnOf("bob"));
  expect(job).toMatchObject({ JobStatus: "COMPLETED", JobType: "SERVICE_LEVEL", IsTruncated: false });
  expect(job.ServicesLastAccessed).toEqual([
    {
      ServiceName: "AWS Key Management Service",
      ServiceNamespace: "kms",
      LastAuthenticated: expect.any(Date),
      LastAuthenticatedEntity: arnOf("bob"),
      LastAuthenticatedRegion: "eu-west-1",
      TotalAuthenticatedEntities: 1,
    },
    expect.objectContaining({ ServiceNamespace: "s3", LastAuthenticatedEntity: arnOf("bob") }),
    { ServiceName: "Amazon SNS", ServiceNamespace: "sns", TotalAuthenticatedEntities: 0 },
  ]);
});

it("counts the users of a group and the holders of a policy, and names them", async () => {
  for (const Arn of [`arn:aws:iam::${cloud.account}:group/readers`, policy]) {
    const { JobId, ServicesLastAccessed } = await report(Arn, { Granularity: "ACTION_LEVEL" });
    const [kms, s3] = ServicesLastAccessed;
    expect([kms.TotalAuthenticatedEntities, s3.TotalAuthenticatedEntities]).toEqual([1, 2]);
    expect(kms.TrackedActionsLastAccessed).toMatchObject([
      { ActionName: "ListKeys", LastAccessedEntity: arnOf("bob"), LastAccessedRegion: "eu-west-1" },
    ]);
    const { EntityDetailsList } = await iam("GetServiceLastAccessedDetailsWithEntities", {
      JobId,
      ServiceNamespace: "kms",
    });
    expect(EntityDetailsList).toMatchObject([
      { EntityInfo: { Name: "bob", Type: "USER", Path: "/" }, LastAuthenticated: expect.any(Date) },
      { EntityInfo: { Name: "ann", Arn: arnOf("ann") } },
    ]);
    expect(EntityDetailsList[1].LastAuthenticated).toBeUndefined();
  }
});

it("knows no other job or entity", async () => {
  const code = (work: Promise<unknown>) => work.catch((error: { code: string }) => error.code);
  const JobId = "00000000-0000-0000-0000-000000000000";
  expect(await code(iam("GetServiceLastAccessedDetails", { JobId }))).toBe("NoSuchEntityException");
  expect(await code(report(arnOf("nobody")))).toBe("NoSuchEntityException");
});
