/** The environment that points any AWS client at the local cloud. */

import { ToolkitError } from "../../errors.ts";
import { defaultState, rootCredentials, runningCloud } from "./state-folder.ts";

export interface CloudEnvironment {
  endpoint: string;
  region: string;
  account: string;
  /** Shell variables: endpoint, credentials, region, CA bundle. */
  variables: Record<string, string>;
}

/** @throws ToolkitError when no cloud runs on the folder */
export function cloudEnvironment(state = defaultState): CloudEnvironment {
  const cloud = runningCloud(state);
  if (!cloud) {
    throw new ToolkitError("TOOL0001", `no local cloud runs on \`${state}\``, {
      help: "start it with `sagekeep cloud start`",
      exit: "invalid",
    });
  }
  const { accessKeyId, secretAccessKey } = rootCredentials(state);
  const endpoint = cloud.secureEndpoint ?? cloud.endpoint;
  return {
    endpoint,
    region: cloud.region,
    account: cloud.account,
    variables: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: cloud.region,
      AWS_REGION: cloud.region,
      ...(cloud.caBundle && { AWS_CA_BUNDLE: cloud.caBundle, NODE_EXTRA_CA_CERTS: cloud.caBundle }),
    },
  };
}
