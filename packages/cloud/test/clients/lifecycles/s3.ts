import type { Lifecycle } from "../lifecycle.ts";

export const s3: Lifecycle = {
  service: "s3",
  calls: [
    { call: "CreateBucket", with: { Bucket: "life-of-a-bucket" } },
    {
      call: "PutBucketVersioning",
      with: { Bucket: "life-of-a-bucket", VersioningConfiguration: { Status: "Enabled" } },
    },
    {
      call: "PutObject",
      with: {
        Bucket: "life-of-a-bucket",
        Key: "a/ü.csv",
        Body: { $bytes: "1,2\n" },
        Metadata: { owner: "ana" },
      },
      keep: { version: "VersionId" },
      expect: { ETag: '"3ecfad755fa825f7a17c5526ec44e651"' },
    },
    {
      call: "HeadObject",
      with: { Bucket: "life-of-a-bucket", Key: "a/ü.csv" },
      expect: { ContentLength: 4, "Metadata.owner": "ana" },
    },
    {
      call: "ListObjectsV2",
      with: { Bucket: "life-of-a-bucket", Delimiter: "/" },
      expect: { "CommonPrefixes.0.Prefix": "a/", KeyCount: 1, IsTruncated: false },
    },
    { call: "GetObject", with: { Bucket: "life-of-a-bucket", Key: "none" }, fails: "NoSuchKey" },
    {
      call: "DeleteObject",
      with: { Bucket: "life-of-a-bucket", Key: "a/ü.csv" },
      expect: { DeleteMarker: true },
    },
    { call: "DeleteBucket", with: { Bucket: "life-of-a-bucket" }, fails: "BucketNotEmpty" },
    {
      call: "ListObjectVersions",
      with: { Bucket: "life-of-a-bucket" },
      keep: { marker: "DeleteMarkers.0.VersionId" },
      expect: { "Versions.0.VersionId": "${version}", "Versions.0.IsLatest": false },
    },
    {
      call: "DeleteObjects",
      with: {
        Bucket: "life-of-a-bucket",
        Delete: {
          Objects: [
            { Key: "a/ü.csv", VersionId: "${version}" },
            { Key: "a/ü.csv", VersionId: "${marker}" },
          ],
        },
      },
      expect: { "Deleted.1.VersionId": "*" },
    },
    { call: "DeleteBucket", with: { Bucket: "life-of-a-bucket" } },
    { call: "HeadBucket", with: { Bucket: "life-of-a-bucket" }, fails: "404" },
  ],
};
