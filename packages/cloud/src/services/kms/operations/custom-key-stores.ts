/** Custom key stores: none can be made here, so there are none. */
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { validation } from "../errors.ts";

export const customKeyStoreOperations: Handlers<typeof Kms, CallContext> = {
  DescribeCustomKeyStores({ CustomKeyStoreId, CustomKeyStoreName }) {
    if (CustomKeyStoreId !== undefined && CustomKeyStoreName !== undefined) {
      throw validation("You cannot specify both CustomKeyStoreId and CustomKeyStoreName.");
    }
    if (CustomKeyStoreId !== undefined || CustomKeyStoreName !== undefined) {
      throw new AwsError("CustomKeyStoreNotFoundException", "");
    }
    return { CustomKeyStores: [], Truncated: false };
  },
};
