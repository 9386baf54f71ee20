import type { Lifecycle } from "../lifecycle.ts";

export const cloudtrail: Lifecycle = {
  service: "cloudtrail",
  calls: [
    { call: "DescribeTrails", expect: { "trailList.0": null } },
    {
      call: "CreateTrail",
      with: { Name: "t", S3BucketName: "no-such-bucket" },
      fails: "InvalidTrailNameException",
    },
    {
      call: "CreateTrail",
      with: { Name: "trail", S3BucketName: "no-such-bucket" },
      fails: "S3BucketDoesNotExistException",
    },
    {
      call: "LookupEvents",
      with: { LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "CreateTrail" }] },
      expect: { "Events.0.EventName": "CreateTrail", "Events.0.CloudTrailEvent": "*" },
    },
    { call: "GetTrailStatus", with: { Name: "none" }, fails: "TrailNotFoundException" },
  ],
};
