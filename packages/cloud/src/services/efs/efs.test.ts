import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
let subnets: string[];
beforeEach(async () => {
  cloud = await startCloud();
  const { Subnets } = await cloud.call("ec2", "DescribeSubnets");
  subnets = Subnets.map((one: { SubnetId: string }) => one.SubnetId);
});
afterEach(() => cloud.close());

const efs = (operation: string, input: object = {}) => cloud.call("efs", operation, input);
const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code: string }) => error.code,
  );

describe("file systems", () => {
  it("are made once a token, and go after their mount targets", async () => {
    const made = await efs("CreateFileSystem", {
      CreationToken: "t",
      Encrypted: true,
      Tags: [{ Key: "Name", Value: "home" }],
    });
    expect(made).toMatchObject({ LifeCycleState: "creating", Name: "home", Encrypted: true });
    expect(await code(efs("CreateFileSystem", { CreationToken: "t" }))).toBe("FileSystemAlreadyExists");
    const { FileSystemId } = made;
    const target = await efs("CreateMountTarget", { FileSystemId, SubnetId: subnets[0] });
    expect(await code(efs("CreateMountTarget", { FileSystemId, SubnetId: subnets[0] }))).toBe(
      "MountTargetConflict",
    );
    const NetworkInterfaceIds = [target.NetworkInterfaceId];
    const { NetworkInterfaces } = await cloud.call("ec2", "DescribeNetworkInterfaces", {
      NetworkInterfaceIds,
    });
    expect(NetworkInterfaces[0]).toMatchObject({
      InterfaceType: "efs",
      RequesterManaged: true,
      Status: "in-use",
      Description: `EFS mount target for ${FileSystemId} (${target.MountTargetId})`,
      PrivateIpAddress: target.IpAddress,
    });
    expect((await efs("DescribeFileSystems", { FileSystemId })).FileSystems[0]).toMatchObject({
      LifeCycleState: "available",
      NumberOfMountTargets: 1,
    });
    expect(await code(efs("DeleteFileSystem", { FileSystemId }))).toBe("FileSystemInUse");
    await efs("DeleteMountTarget", { MountTargetId: target.MountTargetId });
    await efs("DeleteFileSystem", { FileSystemId });
    expect(await code(efs("DescribeFileSystems", { FileSystemId }))).toBe("FileSystemNotFound");
    expect(await code(cloud.call("ec2", "DescribeNetworkInterfaces", { NetworkInterfaceIds }))).toBe(
      "InvalidNetworkInterfaceID.NotFound",
    );
  });

  it("have policies, lifecycles, access points and tags", async () => {
    const { FileSystemId, FileSystemArn } = await efs("CreateFileSystem", { CreationToken: "u" });
    expect(await code(efs("DescribeFileSystemPolicy", { FileSystemId }))).toBe("PolicyNotFound");
    expect(await code(efs("PutFileSystemPolicy", { FileSystemId, Policy: "{" }))).toBe(
      "InvalidPolicyException",
    );
    const LifecyclePolicies = [{ TransitionToIA: "AFTER_30_DAYS" }];
    expect(await efs("PutLifecycleConfiguration", { FileSystemId, LifecyclePolicies })).toEqual({
      LifecyclePolicies,
    });
    const point = await efs("CreateAccessPoint", {
      ClientToken: "c",
      FileSystemId,
      PosixUser: { Uid: 1, Gid: 2 },
    });
    expect(point.RootDirectory).toEqual({ Path: "/" });
    await efs("TagResource", { ResourceId: FileSystemArn, Tags: [{ Key: "team", Value: "a" }] });
    expect((await efs("ListTagsForResource", { ResourceId: FileSystemId })).Tags).toEqual([
      { Key: "team", Value: "a" },
    ]);
    await efs("UntagResource", { ResourceId: FileSystemId, TagKeys: ["team"] });
    expect((await efs("ListTagsForResource", { ResourceId: FileSystemId })).Tags).toEqual([]);
    expect(await code(efs("CreateMountTarget", { FileSystemId, SubnetId: "subnet-no" }))).toBe(
      "SubnetNotFound",
    );
  });

  it("are not described by id and token at once; ids are long ones", async () => {
    const both = { CreationToken: "t", FileSystemId: "fs-0123abcd" };
    expect(await code(efs("DescribeFileSystems", both))).toBe("BadRequest");
    expect((await efs("DescribeAccountPreferences")).ResourceIdPreference).toEqual({
      ResourceIdType: "LONG_ID",
      Resources: ["FILE_SYSTEM", "MOUNT_TARGET"],
    });
    expect(await code(efs("PutAccountPreferences", { ResourceIdType: "SHORT_ID" }))).toBe("BadRequest");
  });
});
