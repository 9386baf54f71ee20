/** Launch templates and key pairs; the launch templates' answers as recorded from AWS by moto's and LocalStack's suites. */
import { createHash, createPrivateKey } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe("launch templates", () => {
  const make = async (name = "web", data: object = { InstanceType: "m5.large" }) =>
    (await ec2("CreateLaunchTemplate", { LaunchTemplateName: name, LaunchTemplateData: data }))
      .LaunchTemplate;

  it("have versions, one of them the default", async () => {
    const { LaunchTemplateId } = await make();
    const two = await ec2("CreateLaunchTemplateVersion", {
      LaunchTemplateName: "web",
      SourceVersion: "1",
      VersionDescription: "larger",
      LaunchTemplateData: { ImageId: "ami-0123456789abcdef0" },
    });
    expect(two.LaunchTemplateVersion).toMatchObject({
      LaunchTemplateId,
      VersionNumber: 2,
      VersionDescription: "larger",
      DefaultVersion: false,
      LaunchTemplateData: { InstanceType: "m5.large", ImageId: "ami-0123456789abcdef0" },
    });
    const modified = await ec2("ModifyLaunchTemplate", { LaunchTemplateName: "web", DefaultVersion: "2" });
    expect(modified.LaunchTemplate).toMatchObject({ DefaultVersionNumber: 2, LatestVersionNumber: 2 });
    const { LaunchTemplateVersions } = await ec2("DescribeLaunchTemplateVersions", { LaunchTemplateId });
    expect(
      LaunchTemplateVersions.map((one: { VersionNumber: number; DefaultVersion: boolean }) => [
        one.VersionNumber,
        one.DefaultVersion,
      ]),
    ).toEqual([
      [2, true],
      [1, false],
    ]);
    const latest = await ec2("DescribeLaunchTemplateVersions", { Versions: ["$Latest"] });
    expect(latest.LaunchTemplateVersions).toHaveLength(1);
    const deleted = await ec2("DeleteLaunchTemplateVersions", {
      LaunchTemplateId,
      Versions: ["1", "2", "9"],
    });
    expect(deleted.SuccessfullyDeletedLaunchTemplateVersions).toHaveLength(1);
    expect(deleted.UnsuccessfullyDeletedLaunchTemplateVersions).toHaveLength(2);
    // numbers are not given twice
    const three = await ec2("CreateLaunchTemplateVersion", {
      LaunchTemplateId,
      LaunchTemplateData: { InstanceType: "t3.micro" },
    });
    expect(three.LaunchTemplateVersion.VersionNumber).toBe(3);
    await ec2("DeleteLaunchTemplate", { LaunchTemplateId });
    expect(await make()).toMatchObject({ LatestVersionNumber: 1 });
  });

  it("refuse what AWS refuses, in its words", async () => {
    const { LaunchTemplateId } = await make();
    for (const [operation, input, error] of [
      [
        "CreateLaunchTemplate",
        { LaunchTemplateName: "web", LaunchTemplateData: { ImageId: "ami-00000001" } },
        "InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use.",
      ],
      [
        "CreateLaunchTemplate",
        { LaunchTemplateName: "empty", LaunchTemplateData: {} },
        "MissingParameter: The request must contain the parameter LaunchTemplateData",
      ],
      [
        "CreateLaunchTemplate",
        {
          LaunchTemplateName: "tagged",
          LaunchTemplateData: { ImageId: "ami-00000001" },
          TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "a", Value: "b" }] }],
        },
        "InvalidParameterValue: The value for the ResourceType member of the TagSpecification request parameter must be ‘launch-template’. Verify the ResourceType and try again",
      ],
      [
        "ModifyLaunchTemplate",
        { LaunchTemplateId, DefaultVersion: "44" },
        "InvalidLaunchTemplateId.VersionNotFound: The launch template version 44 is not found for the specified launch template.",
      ],
      [
        "ModifyLaunchTemplate",
        { LaunchTemplateId: "x", LaunchTemplateName: "web", DefaultVersion: "1" },
        "InvalidParameterCombination: Either provide launch template ID or launch template name to modify the template.",
      ],
      [
        "DescribeLaunchTemplateVersions",
        { LaunchTemplateId, Versions: ["8"] },
        `InvalidLaunchTemplateId.VersionNotFound: Could not find the specified version 8 for the launch template with ID ${LaunchTemplateId}.`,
      ],
      [
        "DescribeLaunchTemplateVersions",
        { LaunchTemplateName: "absent" },
        "InvalidLaunchTemplateName.NotFoundException: The specified launch template, with template name absent, does not exist.",
      ],
      [
        "DescribeLaunchTemplates",
        { LaunchTemplateNames: ["web", "absent"] },
        "InvalidLaunchTemplateName.NotFoundException: At least one of the launch templates specified in the request does not exist.",
      ],
      [
        "DeleteLaunchTemplate",
        {},
        "MissingParameter: The request must contain the parameter launch template ID or launch template name",
      ],
      [
        "DeleteLaunchTemplate",
        { LaunchTemplateId: "lt-00000000000000001" },
        "InvalidLaunchTemplateId.NotFound: The specified launch template, with template ID lt-00000000000000001, does not exist.",
      ],
    ] as const) {
      expect(await failure(ec2(operation, input))).toBe(error);
    }
    expect(
      await failure(ec2("CreateLaunchTemplate", { LaunchTemplateName: "a b c", LaunchTemplateData: {} })),
    ).toMatch(/^InvalidLaunchTemplateName.MalformedException/);
    expect(await failure(ec2("DescribeLaunchTemplateVersions"))).toMatch(
      /^MissingParameter: To describe the/,
    );
    expect(await failure(ec2("DescribeLaunchTemplateVersions", { Versions: ["1"] }))).toMatch(
      /^InvalidParameterValue: To describe the/,
    );
  });
});

describe("key pairs", () => {
  it("are made with a private key that is answered once", async () => {
    const made = await ec2("CreateKeyPair", { KeyName: "mine" });
    const key = createPrivateKey(made.KeyMaterial);
    const sha1 = createHash("sha1")
      .update(key.export({ type: "pkcs8", format: "der" }))
      .digest("hex");
    expect(made.KeyFingerprint.replaceAll(":", "")).toBe(sha1);
    const { KeyPairs } = await ec2("DescribeKeyPairs", { KeyNames: ["mine"], IncludePublicKey: true });
    expect(KeyPairs[0]).toMatchObject({ KeyPairId: made.KeyPairId, KeyType: "rsa" });
    expect(KeyPairs[0]).not.toHaveProperty("KeyMaterial");
    // what EC2 knows of the key can be imported as one
    const again = await ec2("ImportKeyPair", {
      KeyName: "again",
      PublicKeyMaterial: Buffer.from(`${KeyPairs[0].PublicKey} me@home`),
    });
    expect(again.KeyFingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    expect(await failure(ec2("CreateKeyPair", { KeyName: "mine" }))).toBe(
      "InvalidKeyPair.Duplicate: The keypair already exists",
    );
    await ec2("DeleteKeyPair", { KeyName: "mine" });
    expect(await failure(ec2("DescribeKeyPairs", { KeyNames: ["mine"] }))).toBe(
      "InvalidKeyPair.NotFound: The key pair 'mine' does not exist",
    );
    expect((await ec2("DeleteKeyPair", { KeyName: "mine" })).Return).toBe(true);
  });

  it("are of either type; what is no key is refused", async () => {
    const made = await ec2("CreateKeyPair", { KeyName: "ed", KeyType: "ed25519" });
    const { KeyPairs } = await ec2("DescribeKeyPairs", {
      KeyPairIds: [made.KeyPairId],
      IncludePublicKey: true,
    });
    expect(KeyPairs[0].PublicKey).toMatch(/^ssh-ed25519 AAAA/);
    const imported = await ec2("ImportKeyPair", {
      KeyName: "ed2",
      PublicKeyMaterial: Buffer.from(KeyPairs[0].PublicKey),
    });
    expect(imported.KeyFingerprint).toBe(made.KeyFingerprint);
    for (const text of ["banana", "ssh-rsa AAAA", "ssh-rsa AAAAB3NzaC1yc2EAAAA="]) {
      expect(
        await failure(ec2("ImportKeyPair", { KeyName: "bad", PublicKeyMaterial: Buffer.from(text) })),
      ).toBe("InvalidKey.Format: Key is not in valid OpenSSH public key format");
    }
  });
});
