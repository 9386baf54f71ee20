import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
let role: string;
let roleId: string;
const iam = (operation: string, input: object = {}) => cloud.call("iam", operation, input);
beforeAll(async () => {
  cloud = await startCloud();
  role = `arn:aws:iam::${cloud.account}:role/caller`;
  const { Role } = await iam("CreateRole", {
    RoleName: "caller",
    AssumeRolePolicyDocument: trust({ AWS: cloud.account }, "sts:AssumeRole"),
    Tags: [{ Key: "team", Value: "a" }],
  });
  roleId = Role.RoleId;
});
afterAll(() => cloud.close());

function trust(Principal: object, Action: string, Condition?: object): string {
  const statement = { Effect: "Allow", Principal, Action, ...(Condition && { Condition }) };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
const allow = (Condition: object) =>
  iam("PutRolePolicy", {
    RoleName: "caller",
    PolicyName: "p",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:GetWebIdentityToken", Resource: "*", Condition }],
    }),
  });
function token(input: object, credential: object = {}) {
  const { account } = cloud;
  const arn = `arn:aws:sts::${account}:assumed-role/caller/s`;
  const principal = { kind: "session", arn, roleArn: role, account, tags: { team: "a" } };
  const caller = { principal, account, arn, userId: `${roleId}:s`, credential };
  return cloud.call("sts", "GetWebIdentityToken", input, { caller } as never);
}
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code: string }) => error.code,
  );
const claimsOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());

it("is given once the account has an issuer, for the audience that policies allow", async () => {
  const wanted = { Audience: ["https://api.example.com"], SigningAlgorithm: "ES384" };
  await allow({ "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": "https://api.example.com" } });
  expect(await failure(iam("GetOutboundWebIdentityFederationInfo"))).toBe("FeatureDisabledException");
  expect(await failure(token(wanted))).toBe("OutboundWebIdentityFederationDisabledException");
  const { IssuerIdentifier } = await iam("EnableOutboundWebIdentityFederation");
  expect(IssuerIdentifier).toMatch(/^https:\/\/[\da-f-]{36}\.tokens\.sts\.global\.api\.aws$/);
  expect(await failure(iam("EnableOutboundWebIdentityFederation"))).toBe("FeatureEnabledException");
  expect(await failure(token({ ...wanted, Audience: ["https://other.example.com"] }))).toBe("AccessDenied");
  expect(await failure(token({ ...wanted, SigningAlgorithm: "HS256" }))).toBe("ValidationError");
  const soon = { accessKeyId: "ASIAX", temporary: true, expiresAt: Date.now() + 60_000 };
  expect(await failure(token(wanted, soon))).toBe("SessionDurationEscalationException");
  const { WebIdentityToken, Expiration } = await token(wanted);
  const claims = claimsOf(WebIdentityToken);
  expect(claims).toMatchObject({
    iss: IssuerIdentifier,
    aud: "https://api.example.com",
    sub: role,
    exp: Expiration.getTime() / 1000,
    "https://sts.amazonaws.com/": {
      aws_account: cloud.account,
      principal_id: role,
      source_region: "us-east-1",
      principal_tags: { team: "a" },
    },
  });
  expect(claims.exp - claims.iat).toBe(300);
});

it.each(["RS256", "ES384"])("signed with %s is one that a role may trust", async (SigningAlgorithm) => {
  await allow({});
  const { IssuerIdentifier } = await iam("GetOutboundWebIdentityFederationInfo");
  const issuer = IssuerIdentifier.replace("https://", "");
  const provider = `arn:aws:iam::${cloud.account}:oidc-provider/${issuer}`;
  await iam("CreateOpenIDConnectProvider", { Url: IssuerIdentifier, ClientIDList: ["here"] }).catch(() => {});
  const RoleName = `trusting-${SigningAlgorithm}`;
  await iam("CreateRole", {
    RoleName,
    AssumeRolePolicyDocument: trust({ Federated: provider }, "sts:AssumeRoleWithWebIdentity", {
      StringEquals: { [`${issuer}:sub`]: role, [`${issuer}:aud`]: "here" },
    }),
  });
  const { WebIdentityToken } = await token({ Audience: ["here"], SigningAlgorithm, DurationSeconds: 900 });
  const assume = (text: string) =>
    cloud.call("sts", "AssumeRoleWithWebIdentity", {
      RoleArn: `arn:aws:iam::${cloud.account}:role/${RoleName}`,
      RoleSessionName: "session",
      WebIdentityToken: text,
    });
  expect((await assume(WebIdentityToken)).SubjectFromWebIdentityToken).toBe(role);
  const [head, , signature] = WebIdentityToken.split(".");
  const forged = Buffer.from(JSON.stringify({ ...claimsOf(WebIdentityToken), sub: "x" })).toString(
    "base64url",
  );
  expect(await failure(assume(`${head}.${forged}.${signature}`))).toBe("InvalidIdentityTokenException");
});

it("ends with the feature, and its issuer stays the same", async () => {
  const { IssuerIdentifier } = await iam("GetOutboundWebIdentityFederationInfo");
  await iam("DisableOutboundWebIdentityFederation");
  expect(await iam("GetOutboundWebIdentityFederationInfo")).toMatchObject({ JwtVendingEnabled: false });
  expect(await failure(iam("DisableOutboundWebIdentityFederation"))).toBe("FeatureDisabledException");
  expect(await failure(token({ Audience: ["here"], SigningAlgorithm: "RS256" }))).toBe(
    "OutboundWebIdentityFederationDisabledException",
  );
  expect((await iam("EnableOutboundWebIdentityFederation")).IssuerIdentifier).toBe(IssuerIdentifier);
});
