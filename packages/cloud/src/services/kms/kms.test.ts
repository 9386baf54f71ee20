import { constants, createPublicKey, publicEncrypt, randomBytes, sign, verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const kms = (operation: string, input: object = {}, region = "us-east-1") =>
  cloud.call("kms", operation, input, { region });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => ({ code: error.code, message: error.message }),
  );
const make = async (input: object = {}) =>
  (await kms("CreateKey", input)).KeyMetadata as { KeyId: string; Arn: string };
const spki = (bytes: Uint8Array) => createPublicKey({ key: Buffer.from(bytes), format: "der", type: "spki" });

describe("symmetric keys", () => {
  it("encrypt with the context as additional data, across rotations", async () => {
    const { KeyId, Arn } = await make();
    const context = { b: "2", a: "1" };
    const sealed = await kms("Encrypt", {
      KeyId,
      Plaintext: Buffer.from("secret"),
      EncryptionContext: context,
    });
    expect(sealed.KeyId).toBe(Arn);
    await kms("RotateKeyOnDemand", { KeyId });
    const opened = await kms("Decrypt", {
      CiphertextBlob: sealed.CiphertextBlob,
      EncryptionContext: { a: "1", b: "2" },
    });
    expect(Buffer.from(opened.Plaintext).toString()).toBe("secret");
    const wrong = kms("Decrypt", { CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: { a: "1" } });
    expect(await failure(wrong)).toMatchObject({ code: "InvalidCiphertextException" });
    const broken = Buffer.from(sealed.CiphertextBlob);
    broken[broken.length - 1] = (broken[broken.length - 1] as number) ^ 1;
    expect(
      await failure(kms("Decrypt", { CiphertextBlob: broken, EncryptionContext: context })),
    ).toMatchObject({
      code: "InvalidCiphertextException",
    });
    const other = await make();
    const again = await kms("ReEncrypt", {
      CiphertextBlob: sealed.CiphertextBlob,
      SourceEncryptionContext: context,
      DestinationKeyId: other.KeyId,
    });
    expect(
      Buffer.from(
        (await kms("Decrypt", { CiphertextBlob: again.CiphertextBlob, KeyId: other.Arn })).Plaintext,
      ).toString(),
    ).toBe("secret");
    expect(await failure(kms("Decrypt", { CiphertextBlob: again.CiphertextBlob, KeyId }))).toMatchObject({
      code: "IncorrectKeyException",
    });
    expect((await kms("ListKeyRotations", { KeyId })).Rotations).toMatchObject([
      { RotationType: "ON_DEMAND" },
    ]);
  });

  it("rotate by the clock and go at the end of the waiting period", async () => {
    const { KeyId, Arn } = await make();
    await kms("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
    const { CiphertextBlob } = await kms("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
    await cloud.runtime.clock.advance(181 * 86_400_000);
    expect((await kms("ListKeyRotations", { KeyId })).Rotations).toHaveLength(2);
    expect(Buffer.from((await kms("Decrypt", { CiphertextBlob })).Plaintext).toString()).toBe("x");
    await kms("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    expect(await failure(kms("Decrypt", { CiphertextBlob }))).toEqual({
      code: "KMSInvalidStateException",
      message: `${Arn} is pending deletion.`,
    });
    await kms("CancelKeyDeletion", { KeyId });
    expect(await failure(kms("Encrypt", { KeyId, Plaintext: Buffer.from("x") }))).toEqual({
      code: "DisabledException",
      message: `${Arn} is disabled.`,
    });
    await kms("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    await cloud.runtime.clock.advance(8 * 86_400_000);
    expect(await failure(kms("DescribeKey", { KeyId }))).toEqual({
      code: "NotFoundException",
      message: `Key '${Arn}' does not exist`,
    });
  });
});

describe("asymmetric keys", () => {
  const message = Buffer.from("to be signed");

  it.each([
    ["RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256", "sha256"],
    ["RSA_2048", "RSASSA_PSS_SHA_384", "sha384"],
    ["ECC_NIST_P256", "ECDSA_SHA_256", "sha256"],
    ["ECC_NIST_P384", "ECDSA_SHA_384", "sha384"],
    ["ECC_NIST_P521", "ECDSA_SHA_512", "sha512"],
    ["ECC_SECG_P256K1", "ECDSA_SHA_256", "sha256"],
  ])("%s signs with %s, message or digest alike", async (KeySpec, SigningAlgorithm, hash) => {
    const { KeyId } = await make({ KeySpec, KeyUsage: "SIGN_VERIFY" });
    const { createHash } = await import("node:crypto");
    const digest = createHash(hash).update(message).digest();
    const { PublicKey } = await kms("GetPublicKey", { KeyId });
    const padding = SigningAlgorithm.includes("PSS")
      ? constants.RSA_PKCS1_PSS_PADDING
      : constants.RSA_PKCS1_PADDING;
    const known = KeySpec.startsWith("RSA") ? { key: spki(PublicKey), padding } : spki(PublicKey);
    const forms = [
      { Message: message, MessageType: "RAW" },
      { Message: digest, MessageType: "DIGEST" },
    ];
    for (const made of forms) {
      const { Signature } = await kms("Sign", { KeyId, SigningAlgorithm, ...made });
      expect(verify(hash, message, known, Signature)).toBe(true);
      for (const read of forms) {
        expect(await kms("Verify", { KeyId, SigningAlgorithm, Signature, ...read })).toMatchObject({
          SignatureValid: true,
        });
      }
      const wrong = kms("Verify", { KeyId, SigningAlgorithm, Signature, Message: randomBytes(12) });
      expect(await failure(wrong)).toMatchObject({ code: "KMSInvalidSignatureException" });
    }
  });

  it("decrypt what their public half encrypts, and sign with Ed25519", async () => {
    const { KeyId, Arn } = await make({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
    const { PublicKey } = await kms("GetPublicKey", { KeyId });
    const CiphertextBlob = publicEncrypt(
      { key: spki(PublicKey), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
      Buffer.from("hi"),
    );
    const opened = await kms("Decrypt", { KeyId, CiphertextBlob, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" });
    expect(Buffer.from(opened.Plaintext).toString()).toBe("hi");
    expect(
      await failure(kms("Sign", { KeyId, Message: message, SigningAlgorithm: "RSASSA_PSS_SHA_256" })),
    ).toEqual({
      code: "InvalidKeyUsageException",
      message: `${Arn} key usage is ENCRYPT_DECRYPT which is not valid for Sign.`,
    });
    const edwards = await make({ KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" });
    const signed = await kms("Sign", {
      KeyId: edwards.KeyId,
      Message: message,
      SigningAlgorithm: "ED25519_SHA_512",
    });
    expect(
      verify(
        null,
        message,
        spki((await kms("GetPublicKey", { KeyId: edwards.KeyId })).PublicKey),
        signed.Signature,
      ),
    ).toBe(true);
    expect(sign).toBeDefined();
  });

  it("authenticate messages and agree on secrets", async () => {
    const { KeyId } = await make({ KeySpec: "HMAC_384", KeyUsage: "GENERATE_VERIFY_MAC" });
    const { Mac } = await kms("GenerateMac", { KeyId, Message: message, MacAlgorithm: "HMAC_SHA_384" });
    expect(
      await kms("VerifyMac", { KeyId, Message: message, Mac, MacAlgorithm: "HMAC_SHA_384" }),
    ).toMatchObject({ MacValid: true });
    const bad = kms("VerifyMac", {
      KeyId,
      Message: message,
      Mac: randomBytes(48),
      MacAlgorithm: "HMAC_SHA_384",
    });
    expect(await failure(bad)).toMatchObject({ code: "KMSInvalidMacException" });
    const [a, b] = [
      await make({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" }),
      await make({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" }),
    ];
    const derive = async (one: { KeyId: string }, other: { KeyId: string }) =>
      (
        await kms("DeriveSharedSecret", {
          KeyId: one.KeyId,
          KeyAgreementAlgorithm: "ECDH",
          PublicKey: (await kms("GetPublicKey", { KeyId: other.KeyId })).PublicKey,
        })
      ).SharedSecret;
    expect(await derive(a, b)).toEqual(await derive(b, a));
  });
});

describe("key policies, grants and aliases", () => {
  it("are checked as KMS checks them", async () => {
    expect(await failure(kms("CreateKey", { Policy: '{"Version":"2012-10-17","Statement":[]}' }))).toEqual({
      code: "MalformedPolicyDocumentException",
      message: "The new key policy will not allow you to update the key policy in the future.",
    });
    expect(await failure(kms("DescribeKey", { KeyId: "alias/none" }))).toEqual({
      code: "NotFoundException",
      message: "Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.",
    });
    const { KeyId, Arn } = await make();
    await kms("CreateAlias", { AliasName: "alias/app", TargetKeyId: KeyId });
    expect((await kms("DescribeKey", { KeyId: "alias/app" })).KeyMetadata.Arn).toBe(Arn);
    expect(await failure(kms("CreateAlias", { AliasName: "alias/app", TargetKeyId: KeyId }))).toEqual({
      code: "AlreadyExistsException",
      message: "An alias with the name arn:aws:kms:us-east-1:111122223333:alias/app already exists",
    });
  });

  it("let a grantee of another identity in, within the constraints, until the grant is revoked", async () => {
    const { KeyId, Arn } = await make();
    const roleArn = "arn:aws:iam::111122223333:role/Grantee";
    const tooEarly = { KeyId, GranteePrincipal: roleArn, Operations: ["Encrypt"] };
    expect(await failure(kms("CreateGrant", tooEarly))).toMatchObject({ code: "InvalidArnException" });
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" },
    });
    await cloud.call("iam", "CreateRole", { RoleName: "Grantee", AssumeRolePolicyDocument });
    const arn = "arn:aws:sts::111122223333:assumed-role/Grantee/s";
    const caller = {
      principal: { kind: "session", arn, roleArn, account: "111122223333" },
      account: "111122223333",
      arn,
      userId: "AROAX:s",
    } as const;
    const encrypt = (team: string) =>
      cloud.call(
        "kms",
        "Encrypt",
        { KeyId, Plaintext: Buffer.from("x"), EncryptionContext: { team } },
        { caller },
      );
    expect((await failure(encrypt("a")))?.message).toBe(
      `User: ${arn} is not authorized to perform: kms:Encrypt on resource: ${Arn} because no identity-based policy allows the kms:Encrypt action`,
    );
    const grant = await kms("CreateGrant", {
      KeyId,
      GranteePrincipal: roleArn,
      Operations: ["Encrypt"],
      Constraints: { EncryptionContextSubset: { team: "a" } },
    });
    await encrypt("a");
    expect(await failure(encrypt("b"))).toMatchObject({ code: "AccessDeniedException" });
    expect((await kms("ListGrants", { KeyId })).Grants).toMatchObject([
      { GrantId: grant.GrantId, Operations: ["Encrypt"] },
    ]);
    await kms("RevokeGrant", { KeyId, GrantId: grant.GrantId });
    expect(await failure(encrypt("a"))).toMatchObject({ code: "AccessDeniedException" });
  });
});

describe("imported and multi-Region keys", () => {
  it("take material that is wrapped for them", async () => {
    const { KeyId } = await make({ Origin: "EXTERNAL" });
    const parameters = await kms("GetParametersForImport", {
      KeyId,
      WrappingAlgorithm: "RSAES_OAEP_SHA_256",
      WrappingKeySpec: "RSA_2048",
    });
    const wrap = (secret: Buffer) =>
      publicEncrypt(
        { key: spki(parameters.PublicKey), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
        secret,
      );
    const secret = randomBytes(32);
    const input = {
      KeyId,
      ImportToken: parameters.ImportToken,
      ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
    };
    await kms("ImportKeyMaterial", { ...input, EncryptedKeyMaterial: wrap(secret) });
    const { CiphertextBlob } = await kms("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
    await kms("DeleteImportedKeyMaterial", { KeyId });
    expect(await failure(kms("Decrypt", { CiphertextBlob }))).toMatchObject({
      code: "KMSInvalidStateException",
    });
    expect(
      await failure(kms("ImportKeyMaterial", { ...input, EncryptedKeyMaterial: wrap(randomBytes(32)) })),
    ).toMatchObject({ code: "IncorrectKeyMaterialException" });
    await kms("ImportKeyMaterial", { ...input, EncryptedKeyMaterial: wrap(secret) });
    expect(Buffer.from((await kms("Decrypt", { CiphertextBlob })).Plaintext).toString()).toBe("x");
  });

  it("decrypt in one Region what another encrypted", async () => {
    const { KeyId } = await make({ MultiRegion: true });
    const { ReplicaKeyMetadata } = await kms("ReplicateKey", { KeyId, ReplicaRegion: "eu-west-1" });
    expect(ReplicaKeyMetadata.MultiRegionConfiguration.MultiRegionKeyType).toBe("REPLICA");
    await kms("RotateKeyOnDemand", { KeyId });
    const { CiphertextBlob } = await kms("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
    expect(Buffer.from((await kms("Decrypt", { CiphertextBlob }, "eu-west-1")).Plaintext).toString()).toBe(
      "x",
    );
    const single = await make();
    const other = await kms("Encrypt", { KeyId: single.KeyId, Plaintext: Buffer.from("x") });
    expect(
      await failure(kms("Decrypt", { CiphertextBlob: other.CiphertextBlob }, "eu-west-1")),
    ).toMatchObject({ code: "AccessDeniedException" });
  });

  it("wait for their replicas before they are deleted", async () => {
    const { KeyId } = await make({ MultiRegion: true });
    await kms("ReplicateKey", { KeyId, ReplicaRegion: "eu-west-1" });
    const state = async () => (await kms("DescribeKey", { KeyId })).KeyMetadata;
    const scheduled = await kms("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 8 });
    expect(scheduled).toMatchObject({ KeyState: "PendingReplicaDeletion", PendingWindowInDays: 8 });
    expect(scheduled.DeletionDate).toBeUndefined();
    expect(await state()).toMatchObject({ PendingDeletionWindowInDays: 8, Enabled: false });
    expect(await failure(kms("EnableKey", { KeyId }))).toMatchObject({ code: "KMSInvalidStateException" });
    await kms("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 }, "eu-west-1");
    await cloud.runtime.clock.advance(7 * 86_400_000 + 1000);
    expect(await state()).toMatchObject({ KeyState: "PendingDeletion", DeletionDate: expect.any(Date) });
    await cloud.runtime.clock.advance(8 * 86_400_000 + 1000);
    expect(await failure(kms("DescribeKey", { KeyId }))).toMatchObject({ code: "NotFoundException" });
  });
});

describe("keys that cannot be made", () => {
  it.each([
    [{ KeySpec: "RSA_2048", CustomerMasterKeySpec: "RSA_2048" }, "ValidationException"],
    [{ CustomKeyStoreId: "cks-1234567890abcdef0" }, "UnsupportedOperationException"],
  ])("%j", async (input, code) => {
    expect(await failure(kms("CreateKey", input))).toMatchObject({ code });
  });
});

it("has no custom key stores", async () => {
  expect(await kms("DescribeCustomKeyStores")).toEqual({ CustomKeyStores: [], Truncated: false });
  expect(await failure(kms("DescribeCustomKeyStores", { CustomKeyStoreName: "hsm" }))).toMatchObject({
    code: "CustomKeyStoreNotFoundException",
  });
});
