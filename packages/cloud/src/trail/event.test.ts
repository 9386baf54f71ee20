import { describe, expect, it } from "vitest";
import { systemClock } from "../clock/clock.ts";
import type { Caller } from "../identity/caller.ts";
import { internetPath, servicePath } from "../network/path.ts";
import { Store } from "../store/store.ts";
import { buildEvent, type FinishedCall } from "./event.ts";
import { TrailStore } from "./store.ts";

const session: Caller = {
  principal: {
    kind: "session",
    arn: "arn:aws:sts::111122223333:assumed-role/R/alice",
    roleArn: "arn:aws:iam::111122223333:role/team/R",
    account: "111122223333",
    sourceIdentity: "alice",
  },
  account: "111122223333",
  arn: "arn:aws:sts::111122223333:assumed-role/R/alice",
  userId: "AROAEXAMPLE:alice",
  credential: {
    accessKeyId: "ASIAEXAMPLE",
    temporary: true,
    issuedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    issuer: { type: "Role", arn: "arn:aws:iam::111122223333:role/team/R", id: "AROAEXAMPLE", name: "R" },
  },
};
const call = (over: Partial<FinishedCall>): FinishedCall => ({
  caller: session,
  service: "iam",
  actionPrefix: "iam",
  operation: "CreateRole",
  account: "111122223333",
  region: "eu-west-1",
  now: Date.UTC(2026, 10, 23, 19, 6, 7, 123),
  requestId: "req-1",
  path: internetPath("203.0.113.10", true),
  ...over,
});

describe("events", () => {
  it("name the session, its issuer and its source identity", () => {
    const event = buildEvent(call({ input: { RoleName: "X", Tags: [{ Key: "Team", Value: "a" }] } }));
    expect(event.userIdentity).toEqual({
      type: "AssumedRole",
      principalId: "AROAEXAMPLE:alice",
      arn: session.arn,
      accountId: "111122223333",
      accessKeyId: "ASIAEXAMPLE",
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: "AROAEXAMPLE",
          arn: "arn:aws:iam::111122223333:role/team/R",
          accountId: "111122223333",
          userName: "R",
        },
        attributes: { creationDate: "2026-01-02T03:04:05Z", mfaAuthenticated: "false" },
        sourceIdentity: "alice",
      },
    });
    expect(event.requestParameters).toEqual({ roleName: "X", tags: [{ key: "Team", value: "a" }] });
    expect(event.eventTime).toBe("2026-11-23T19:06:07Z");
    expect(event.awsRegion).toBe("us-east-1");
    expect(event.readOnly).toBe(false);
  });

  it("leave secrets out of IAM's and hide those of other services", () => {
    const key = buildEvent(
      call({
        operation: "CreateAccessKey",
        input: { UserName: "u" },
        output: {
          AccessKey: {
            AccessKeyId: "AKIA",
            SecretAccessKey: "top",
            CreateDate: new Date("2026-01-02T15:04:05Z"),
          },
        },
      }),
    );
    expect(key.responseElements).toEqual({
      accessKey: { accessKeyId: "AKIA", createDate: "Jan 2, 2026, 3:04:05 PM" },
    });
    const put = buildEvent(
      call({
        service: "ssm",
        actionPrefix: "ssm",
        operation: "PutParameter",
        input: { Name: "/a", Value: "top" },
      }),
    );
    expect(put.requestParameters).toEqual({ name: "/a", value: "HIDDEN_DUE_TO_SECURITY_REASONS" });
    expect(JSON.stringify([key, put])).not.toContain("top");
  });

  it("carry the error of a denied call, EC2's with its prefix, and no answer", () => {
    const event = buildEvent(
      call({
        service: "ec2",
        actionPrefix: "ec2",
        operation: "CreateVpc",
        input: { CidrBlock: "10.0.0.0/16", TagSpecifications: [{ ResourceType: "vpc" }] },
        error: { code: "UnauthorizedOperation", message: "You are not authorized" },
      }),
    );
    expect(event.errorCode).toBe("Client.UnauthorizedOperation");
    expect(event.responseElements).toBeNull();
    expect(event.awsRegion).toBe("eu-west-1");
    expect(event.requestParameters).toEqual({
      cidrBlock: "10.0.0.0/16",
      tagSpecificationSet: { items: [{ resourceType: "vpc" }] },
    });
  });

  it("keep the keys of maps and drop bodies and byte strings", () => {
    const event = buildEvent(
      call({
        service: "kms",
        actionPrefix: "kms",
        operation: "Encrypt",
        input: {
          KeyId: "k",
          Plaintext: new Uint8Array(3),
          EncryptionContext: { Team: "A", __proto__x: "1" },
        },
        output: { CiphertextBlob: new Uint8Array(9) },
      }),
    );
    expect(event.requestParameters).toEqual({
      encryptionAlgorithm: "SYMMETRIC_DEFAULT",
      keyId: "k",
      encryptionContext: { Team: "A", __proto__x: "1" },
    });
    expect(event.readOnly).toBe(true);
    expect(event.responseElements).toBeNull();
  });

  it("show only the account of a foreign caller, and services by name", () => {
    expect(buildEvent(call({ account: "999999999999" })).userIdentity).toEqual({
      type: "AWSAccount",
      principalId: "AROAEXAMPLE:alice",
      accountId: "111122223333",
    });
    const own = buildEvent(
      call({
        caller: {
          principal: { kind: "service", service: "cloudtrail.amazonaws.com" },
          account: "111122223333",
          arn: "x",
          userId: "x",
        },
        path: servicePath("cloudtrail.amazonaws.com"),
        invokedBy: "cloudtrail.amazonaws.com",
      }),
    );
    expect(own.userIdentity).toEqual({ type: "AWSService", invokedBy: "cloudtrail.amazonaws.com" });
    expect(own.sourceIPAddress).toBe("cloudtrail.amazonaws.com");
  });
});

describe("the history", () => {
  it("gives events newest first, those that still wait too, data events never", () => {
    const clock = systemClock(() => {});
    const store = new Store();
    const trail = new TrailStore(store, clock);
    const now = clock.now();
    const told: string[] = [];
    trail.listen((events) => told.push(...events.map((one) => one.eventName)));
    trail.append(buildEvent(call({ operation: "ListRoles", now })));
    trail.append(buildEvent(call({ now })));
    trail.append(buildEvent(call({ operation: "GetRole", now })));
    trail.append(buildEvent(call({ service: "s3", actionPrefix: "s3", operation: "GetObject", now })));
    const all = trail.query({ account: "111122223333", region: "us-east-1", limit: 50 });
    expect(all.map((one) => one.event.eventName)).toEqual(["GetRole", "CreateRole", "ListRoles"]);
    trail.flush();
    expect(told).toEqual(["ListRoles", "CreateRole", "GetRole", "GetObject"]);
    const older = trail.query({
      account: "111122223333",
      region: "us-east-1",
      limit: 1,
      before: all[0]?.sequence,
      accept: (event) => event.readOnly,
    });
    expect(older.map((one) => one.event.eventName)).toEqual(["ListRoles"]);
    store.reset();
    expect(trail.query({ account: "111122223333", region: "us-east-1", limit: 50 })).toEqual([]);
    store.close();
  });

  it("forgets a write's event when its unit of work fails", () => {
    const clock = systemClock(() => {});
    const store = new Store();
    const trail = new TrailStore(store, clock);
    expect(() =>
      store.unitOfWork(() => {
        trail.append(buildEvent(call({ now: clock.now() })));
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(trail.query({ account: "111122223333", region: "us-east-1", limit: 50 })).toEqual([]);
    store.close();
  });
});
