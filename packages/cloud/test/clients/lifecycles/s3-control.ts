import type { Lifecycle } from "../lifecycle.ts";

export const s3Control: Lifecycle = {
  service: "s3-control",
  python: "s3control",
  calls: [
    {
      call: "GetPublicAccessBlock",
      with: { AccountId: "111122223333" },
      fails: "NoSuchPublicAccessBlockConfiguration",
    },
    {
      call: "PutPublicAccessBlock",
      with: {
        AccountId: "111122223333",
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true },
      },
    },
    {
      call: "GetPublicAccessBlock",
      with: { AccountId: "111122223333" },
      expect: {
        "PublicAccessBlockConfiguration.BlockPublicPolicy": true,
        "PublicAccessBlockConfiguration.IgnorePublicAcls": false,
      },
    },
    { call: "ListAccessPoints", with: { AccountId: "111122223333" }, expect: { "AccessPointList.0": null } },
    { call: "DeletePublicAccessBlock", with: { AccountId: "111122223333" } },
  ],
};
