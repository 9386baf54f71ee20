/** Sessions of users and of identity providers, with tokens and assertions that are really signed. */
import {
  createHash,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import type { Caller } from "../../identity/caller.ts";
import { totp } from "../../identity/totp.ts";
import { identityDirectory } from "../iam/directory.ts";
import { accessKeyId, accountOfAccessKey } from "../iam/ids.ts";
import { registerIssuerKeys } from "./issuer-keys.ts";
import { canonical, parseXml } from "./xml.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ account: "111122223333" });
});
afterAll(() => cloud.close());
const ACCOUNT = "111122223333";
const anonymous: Caller = {
  principal: { kind: "anonymous" },
  account: ACCOUNT,
  arn: "anonymous",
  userId: "anonymous",
};
const iam = (operation: string, input: object = {}, caller?: Caller) =>
  cloud.call("iam", operation, input, caller ? { caller } : {});
const sts = (operation: string, input: object = {}, caller?: Caller) =>
  cloud.call("sts", operation, input, caller ? { caller } : {});
const failure = async (promise: Promise<unknown>) => {
  const error = (await promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (one) => one,
  )) as { code: string; message: string };
  return `${error.code}: ${error.message}`;
};
const context = () => cloud.runtime.within(ACCOUNT, "us-east-1");
const callerOf = (key: { AccessKeyId: string; SessionToken?: string }): Caller => {
  const found = identityDirectory.credential(key.AccessKeyId, key.SessionToken, context());
  if (found.status !== "active") throw new Error(found.status);
  return found.caller;
};
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
async function user(name: string, ...statements: object[]): Promise<Caller> {
  await iam("CreateUser", { UserName: name });
  await iam("PutUserPolicy", { UserName: name, PolicyName: "own", PolicyDocument: policy(...statements) });
  return callerOf((await iam("CreateAccessKey", { UserName: name })).AccessKey);
}
const ALL = { Effect: "Allow", Action: "*", Resource: "*" };

describe("sessions of users", () => {
  it("GetSessionToken keeps the user; sessions cannot ask for another", async () => {
    const caller = await user("session-user", ALL);
    const { Credentials } = await sts("GetSessionToken", {}, caller);
    expect(Credentials.Expiration.getTime() - cloud.runtime.clock.now()).toBeGreaterThan(43_190_000);
    const session = callerOf(Credentials);
    expect(session.arn).toBe(caller.arn);
    expect((await sts("GetCallerIdentity", {}, session)).Arn).toBe(caller.arn);
    expect(await failure(sts("GetSessionToken", {}, session))).toBe(
      "AccessDenied: Cannot call GetSessionToken with session credentials",
    );
    await iam("ListUsers", {}, session);
  });

  it("GetFederationToken is limited by user and session policy", async () => {
    const caller = await user("federating", ALL);
    const Policy = policy({ Effect: "Allow", Action: "iam:ListUsers", Resource: "*" });
    const answer = await sts("GetFederationToken", { Name: "bob", Policy }, caller);
    expect(answer.FederatedUser).toEqual({
      FederatedUserId: `${ACCOUNT}:bob`,
      Arn: `arn:aws:sts::${ACCOUNT}:federated-user/bob`,
    });
    const federated = callerOf(answer.Credentials);
    await iam("ListUsers", {}, federated);
    expect(await failure(iam("ListRoles", {}, federated))).toMatch(/^AccessDenied/);
    const none = await sts("GetFederationToken", { Name: "eve" }, caller);
    expect(none.PackedPolicySize).toBe(0);
    expect(await failure(iam("ListUsers", {}, callerOf(none.Credentials)))).toMatch(/^AccessDenied/);
  });

  it("MFA counts for the call and for the session", async () => {
    const caller = await user("careful", { Effect: "Allow", Action: "sts:*", Resource: "*" });
    const { VirtualMFADevice } = await iam("CreateVirtualMFADevice", { VirtualMFADeviceName: "careful" });
    const seed = Buffer.from(VirtualMFADevice.Base32StringSeed).toString();
    const SerialNumber = VirtualMFADevice.SerialNumber;
    const now = cloud.runtime.clock.now();
    await iam("EnableMFADevice", {
      UserName: "careful",
      SerialNumber,
      AuthenticationCode1: totp(seed, now - 30_000),
      AuthenticationCode2: totp(seed, now),
    });
    const { Role } = await iam("CreateRole", {
      RoleName: "with-mfa",
      AssumeRolePolicyDocument: policy({
        Effect: "Allow",
        Principal: { AWS: ACCOUNT },
        Action: "sts:AssumeRole",
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
      }),
    });
    const request = { RoleArn: Role.Arn, RoleSessionName: "ss" };
    expect(await failure(sts("AssumeRole", request, caller))).toMatch(/^AccessDenied/);
    expect(await failure(sts("AssumeRole", { ...request, SerialNumber, TokenCode: "000000" }, caller))).toBe(
      "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ",
    );
    const TokenCode = totp(seed, now);
    await sts("AssumeRole", { ...request, SerialNumber, TokenCode }, caller);
    const { Credentials } = await sts("GetSessionToken", { SerialNumber, TokenCode }, caller);
    await sts("AssumeRole", request, callerOf(Credentials));
  });

  it("revoking older sessions denies them and spares new ones", async () => {
    const caller = await user("revoked", ALL);
    const { Role } = await iam("CreateRole", {
      RoleName: "revocable",
      AssumeRolePolicyDocument: policy({
        Effect: "Allow",
        Principal: { AWS: ACCOUNT },
        Action: "sts:AssumeRole",
      }),
    });
    await iam("PutRolePolicy", { RoleName: "revocable", PolicyName: "all", PolicyDocument: policy(ALL) });
    const request = { RoleArn: Role.Arn, RoleSessionName: "ss" };
    const old = callerOf((await sts("AssumeRole", request, caller)).Credentials);
    await iam("ListUsers", {}, old);
    await cloud.runtime.clock.advance(5_000);
    await iam("PutRolePolicy", {
      RoleName: "revocable",
      PolicyName: "AWSRevokeOlderSessions",
      PolicyDocument: policy({
        Effect: "Deny",
        Action: ["*"],
        Resource: ["*"],
        Condition: {
          DateLessThan: { "aws:TokenIssueTime": new Date(cloud.runtime.clock.now()).toISOString() },
        },
      }),
    });
    expect(await failure(iam("ListUsers", {}, old))).toMatch(
      /with an explicit deny in an identity-based policy/,
    );
    await cloud.runtime.clock.advance(1_000);
    await iam("ListUsers", {}, callerOf((await sts("AssumeRole", request, caller)).Credentials));
  });
});

describe("access key ids", () => {
  it("carry their account", () => {
    for (const account of ["000000000000", "111122223333", "999999999999"]) {
      for (let i = 0; i < 20; i++) {
        const id = accessKeyId("ASIA", account);
        expect(id).toMatch(/^ASIA[A-Z2-7]{16}$/);
        expect(accountOfAccessKey(id)).toBe(account);
      }
    }
    expect(accountOfAccessKey("AKIAIOSFODNN7EXAMPLE")).toBeUndefined();
  });
});

describe("web identity", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (claims: object, key = privateKey, alg = "RS256") => {
    const seconds = Math.floor(cloud.runtime.clock.now() / 1000);
    const full = {
      iss: "https://id.example.com",
      aud: "client",
      sub: "alice",
      exp: seconds + 600,
      ...claims,
    };
    const signed = `${base64url({ alg, kid: "one" })}.${base64url(full)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
  };
  let RoleArn: string;
  const assume = (WebIdentityToken: string) =>
    sts("AssumeRoleWithWebIdentity", { RoleArn, RoleSessionName: "web", WebIdentityToken }, anonymous);

  beforeAll(async () => {
    const { OpenIDConnectProviderArn } = await iam("CreateOpenIDConnectProvider", {
      Url: "https://id.example.com",
      ClientIDList: ["client"],
    });
    const { Role } = await iam("CreateRole", {
      RoleName: "web",
      AssumeRolePolicyDocument: policy({
        Effect: "Allow",
        Principal: { Federated: OpenIDConnectProviderArn },
        Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        Condition: { StringEquals: { "id.example.com:aud": "client", "id.example.com:sub": "alice" } },
      }),
    });
    RoleArn = Role.Arn;
  });

  it("says so when the issuer's keys are not known", async () => {
    expect(await failure(assume(token({})))).toMatch(/^IDPCommunicationErrorException/);
    registerIssuerKeys(context(), "https://id.example.com", {
      keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one" }],
    });
  });

  it("takes a good token and keeps its tags", async () => {
    const answer = await assume(
      token({
        "https://aws.amazon.com/tags": { principal_tags: { Team: ["a"] }, transitive_tag_keys: ["Team"] },
      }),
    );
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: "alice",
      Audience: "client",
      Provider: `arn:aws:iam::${ACCOUNT}:oidc-provider/id.example.com`,
      AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/web/web` },
    });
    expect(callerOf(answer.Credentials)).toMatchObject({
      principal: { sessionTags: { Team: "a" } },
      credential: { transitiveTagKeys: ["Team"], context: { "id.example.com:sub": "alice" } },
    });
  });

  it.each([
    ["another key", () => token({}, other.privateKey), /^InvalidIdentityTokenException/],
    ["no algorithm", () => token({}, privateKey, "none"), /^InvalidIdentityTokenException/],
    ["a symmetric algorithm", () => token({}, privateKey, "HS256"), /^InvalidIdentityTokenException/],
    ["another audience", () => token({ aud: "else" }), /Incorrect token audience/],
    [
      "another subject",
      () => token({ sub: "eve" }),
      /Not authorized to perform sts:AssumeRoleWithWebIdentity/,
    ],
    ["its end behind it", () => token({ exp: 1 }), /^ExpiredTokenException/],
    ["no end", () => token({ exp: undefined }), /^InvalidIdentityTokenException/],
    ["an unknown issuer", () => token({ iss: "https://x.example.com" }), /No OpenIDConnect provider found/],
    ["no form", () => "nonsense", /not a valid JWT/],
  ])("refuses a token with %s", async (_name, make, expected) => {
    expect(await failure(assume(make()))).toMatch(expected);
  });

  it("is a web identity in the trail, denied or not", async () => {
    const identities = async () =>
      (
        await cloud.call("cloudtrail", "LookupEvents", {
          LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "AssumeRoleWithWebIdentity" }],
        })
      ).Events.map((one: { CloudTrailEvent: string }) => JSON.parse(one.CloudTrailEvent).userIdentity);
    await assume(token({}));
    const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/id.example.com`;
    const shown = (userName: string) => ({
      type: "WebIdentityUser",
      principalId: `${provider}:client:${userName}`,
      userName,
      identityProvider: provider,
    });
    expect((await identities())[0]).toEqual(shown("alice"));
    await failure(assume(token({ sub: "eve" })));
    expect((await identities())[0]).toEqual(shown("eve"));
  });
});

/** A self-signed certificate, written out in DER. */
function selfSigned(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const der = (tag: number, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    const length =
      body.length < 128
        ? Buffer.from([body.length])
        : Buffer.from([0x82, body.length >> 8, body.length & 255]);
    return Buffer.concat([Buffer.from([tag]), length, body]);
  };
  const sha256Rsa = der(0x30, Buffer.from("06092a864886f70d01010b0500", "hex"));
  const name = der(
    0x30,
    der(0x31, der(0x30, Buffer.from("0603550403", "hex"), der(0x0c, Buffer.from("idp")))),
  );
  const time = (text: string) => der(0x17, Buffer.from(text));
  const body = der(
    0x30,
    der(0x02, Buffer.from([1])),
    sha256Rsa,
    name,
    der(0x30, time("200101000000Z"), time("490101000000Z")),
    name,
    publicKey.export({ format: "der", type: "spki" }),
  );
  const signature = sign("sha256", body, privateKey);
  return der(0x30, body, sha256Rsa, der(0x03, Buffer.from([0]), signature));
}

describe("SAML", () => {
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const PrincipalArn = `arn:aws:iam::${ACCOUNT}:saml-provider/corp`;
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/saml`;
  const excl = "http://www.w3.org/2001/10/xml-exc-c14n#";

  function assertion(change: { role?: string; end?: number; name?: string } = {}): string {
    const now = cloud.runtime.clock.now();
    const end = new Date(change.end ?? now + 300_000).toISOString();
    const attribute = (name: string, value: string) =>
      `<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`;
    return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1" Version="2.0"><saml:Issuer>https://idp.example.com/</saml:Issuer>SIGNATURE<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${change.name ?? "alice"}</saml:NameID><saml:SubjectConfirmation><saml:SubjectConfirmationData NotOnOrAfter="${end}" Recipient="https://signin.aws.amazon.com/saml"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotOnOrAfter="${end}"><saml:AudienceRestriction><saml:Audience>https://signin.aws.amazon.com/saml</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AttributeStatement>${attribute("Role", `${change.role ?? RoleArn},${PrincipalArn}`)}${attribute("RoleSessionName", "alice@example.com")}${attribute("PrincipalTag:Team", "a &amp; b")}</saml:AttributeStatement></saml:Assertion>`;
  }
  function signedResponse(text: string, tamper = (xml: string) => xml, key = keys.privateKey): string {
    const bare = canonical(parseXml(text.replace("SIGNATURE", "")));
    const digest = createHash("sha256").update(bare).digest("base64");
    const info = `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod Algorithm="${excl}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#_a1"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform Algorithm="${excl}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
    const value = createSign("sha256").update(info).sign(key, "base64");
    const signature = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${info.replace(' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', "")}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`;
    const response = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">${text.replace("SIGNATURE", signature)}</samlp:Response>`;
    return Buffer.from(tamper(response)).toString("base64");
  }
  const assume = (SAMLAssertion: string) =>
    sts("AssumeRoleWithSAML", { RoleArn, PrincipalArn, SAMLAssertion }, anonymous);

  beforeAll(async () => {
    const der = selfSigned(keys.privateKey, keys.publicKey).toString("base64");
    expect(new X509Certificate(Buffer.from(der, "base64")).subject).toBe("CN=idp");
    const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/"><IDPSSODescriptor><KeyDescriptor use="signing"><X509Certificate>${der}</X509Certificate></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>${" ".repeat(300)}`;
    await iam("CreateSAMLProvider", { Name: "corp", SAMLMetadataDocument: metadata });
    await iam("CreateRole", {
      RoleName: "saml",
      AssumeRolePolicyDocument: policy({
        Effect: "Allow",
        Principal: { Federated: PrincipalArn },
        Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        Condition: { StringEquals: { "saml:aud": "https://signin.aws.amazon.com/saml" } },
      }),
    });
  });

  it("takes a signed assertion and keeps its tags", async () => {
    const answer = await assume(signedResponse(assertion()));
    expect(answer).toMatchObject({
      Subject: "alice",
      SubjectType: "persistent",
      Issuer: "https://idp.example.com/",
      AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/saml/alice@example.com` },
    });
    expect(callerOf(answer.Credentials).principal).toMatchObject({ sessionTags: { Team: "a & b" } });
  });

  it.each([
    ["changed after signing", () => signedResponse(assertion(), (xml) => xml.replace(">alice<", ">eve<"))],
    [
      "signed by another",
      () =>
        signedResponse(
          assertion(),
          undefined,
          generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
        ),
    ],
    ["not signed", () => Buffer.from(assertion().replace("SIGNATURE", "")).toString("base64")],
    [
      "joined by a second one",
      () =>
        signedResponse(assertion(), (xml) =>
          xml.replace("</samlp:Response>", `${assertion().replace("SIGNATURE", "")}</samlp:Response>`),
        ),
    ],
    ["with a document type", () => Buffer.from(`<!DOCTYPE a>${assertion()}`).toString("base64")],
  ])("refuses one %s", async (_name, make) => {
    expect(await failure(assume(make()))).toMatch(/^InvalidIdentityTokenException/);
  });

  it("refuses one for another role, or past its end", async () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/else`;
    expect(await failure(assume(signedResponse(assertion({ role }))))).toMatch(/Not authorized to perform/);
    expect(await failure(assume(signedResponse(assertion({ end: 1 }))))).toMatch(/^ExpiredTokenException/);
  });
});
