import type { Lifecycle } from "../lifecycle.ts";

export const efs: Lifecycle = {
  service: "efs",
  calls: [
    {
      call: "CreateFileSystem",
      with: { CreationToken: "t", Encrypted: true, Tags: [{ Key: "Name", Value: "homes" }] },
      keep: { id: "FileSystemId" },
      expect: { Encrypted: true, Name: "homes" },
    },
    {
      call: "CreateFileSystem",
      with: { CreationToken: "t", Encrypted: true },
      fails: "FileSystemAlreadyExists",
    },
    {
      call: "DescribeFileSystems",
      with: { FileSystemId: "${id}" },
      expect: { "FileSystems.0.LifeCycleState": "available" },
      waits: true,
    },
    {
      call: "CreateAccessPoint",
      with: { ClientToken: "c", FileSystemId: "${id}", PosixUser: { Uid: 1000, Gid: 100 } },
      keep: { point: "AccessPointId" },
    },
    { call: "DeleteAccessPoint", with: { AccessPointId: "${point}" } },
    { call: "DeleteFileSystem", with: { FileSystemId: "${id}" } },
    {
      call: "DescribeFileSystems",
      with: { FileSystemId: "${id}" },
      fails: "FileSystemNotFound",
      waits: true,
    },
  ],
};
