/** The environment of a Studio terminal: credentials, region, and all traffic through the position's proxy. */
import { runningCloud } from "../cloud/state-folder.ts";
import type { StudioSession } from "./sign-in.ts";

/** Variables to set; an empty one takes away what the caller's own shell has. */
export function studioEnvironment(session: StudioSession, state: string): Record<string, string | undefined> {
  const { credentials, region, proxy } = session;
  const ca = runningCloud(state)?.caBundle;
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // real host names, reached through the position: what a profile or endpoint setting says must not get in the way
    AWS_ENDPOINT_URL: undefined,
    AWS_PROFILE: undefined,
    AWS_EC2_METADATA_DISABLED: "true",
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NO_PROXY: "",
    no_proxy: "",
    ...(ca && {
      AWS_CA_BUNDLE: ca,
      SSL_CERT_FILE: ca,
      CURL_CA_BUNDLE: ca,
      REQUESTS_CA_BUNDLE: ca,
      NODE_EXTRA_CA_CERTS: ca,
    }),
  };
}
