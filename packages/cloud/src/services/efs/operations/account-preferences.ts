/**
 * What ids new resources of the account get: long ones, nothing else can be asked for since October 2021.
 * https://docs.aws.amazon.com/efs/latest/ug/API_PutAccountPreferences.html
 */
import type { Operations } from "../operation.ts";
import { badRequest } from "../state.ts";

const LONG = { ResourceIdType: "LONG_ID", Resources: ["FILE_SYSTEM", "MOUNT_TARGET"] } as const;
const preference = () => ({ ...LONG, Resources: [...LONG.Resources] });

export const accountPreferenceOperations: Operations = {
  DescribeAccountPreferences: () => ({ ResourceIdPreference: preference() }),

  PutAccountPreferences(input) {
    if (input.ResourceIdType !== "LONG_ID") {
      throw badRequest("short resource IDs are not available any more. Use Long IDs");
    }
    return { ResourceIdPreference: preference() };
  },
};
