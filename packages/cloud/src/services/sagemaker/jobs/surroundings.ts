/**
 * What a local command that runs in an image's place finds around it: the job's own variables and SageMaker's, the
 * role's temporary credentials, and a way out that leaves from the job's interface. Network isolation takes away
 * credentials and network. (A command is not put into a box: what it does without these variables is its own.)
 */
import type { CallContext } from "../../../context.ts";
import type { Resource } from "../engine/resource.ts";
import { type LocalPosition, optionsOf } from "../options.ts";
import type { JobPlan } from "./plan.ts";
import type { JobSession } from "./session.ts";

export interface Surroundings {
  variables: Record<string, string>;
  close(): Promise<void>;
}

/** A proxy that nothing listens at: connections are refused at once. */
const NOWHERE = "http://127.0.0.1:9";

export async function surroundingsOf(
  job: Readonly<Resource>,
  plan: JobPlan,
  session: JobSession,
  context: CallContext,
): Promise<Surroundings> {
  const variables: Record<string, string> = {
    ...plan.environment,
    AWS_REGION: context.region,
    AWS_DEFAULT_REGION: context.region,
    AWS_EC2_METADATA_DISABLED: "true",
    ...(plan.layout === "training" && { TRAINING_JOB_NAME: job.name, TRAINING_JOB_ARN: job.arn }),
    ...(plan.layout === "processing" && { PROCESSING_JOB_NAME: job.name, PROCESSING_JOB_ARN: job.arn }),
  };
  if (plan.isolated)
    return { variables: { ...variables, ...proxied({ url: NOWHERE }) }, close: async () => {} };
  const position = await positionOf(session, context);
  return {
    variables: { ...variables, ...(await credentialsOf(job, plan, context)), ...proxied(position) },
    close: async () => position.close?.(),
  };
}

async function positionOf(session: JobSession, context: CallContext): Promise<LocalPosition> {
  const options = optionsOf(context.store);
  const [first] = session.interfaces;
  const { account, region } = context;
  const opened = first
    ? await options.openPosition?.({ networkInterfaceId: first.id, account, region })
    : options.outside;
  return opened ?? { url: NOWHERE };
}

function proxied({ url, caBundle }: LocalPosition): Record<string, string> {
  return {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    http_proxy: url,
    https_proxy: url,
    NO_PROXY: "",
    no_proxy: "",
    ...(caBundle !== undefined && {
      AWS_CA_BUNDLE: caBundle,
      SSL_CERT_FILE: caBundle,
      REQUESTS_CA_BUNDLE: caBundle,
      CURL_CA_BUNDLE: caBundle,
      NODE_EXTRA_CA_CERTS: caBundle,
    }),
  };
}

/** The role's credentials, as SageMaker gets them. */
async function credentialsOf(
  job: Readonly<Resource>,
  plan: JobPlan,
  context: CallContext,
): Promise<Record<string, string>> {
  const { Credentials } = await context.call(
    "sts",
    "AssumeRole",
    {
      RoleArn: plan.role,
      RoleSessionName: "SageMaker",
      ...(job.by.sourceIdentity !== undefined && { SourceIdentity: job.by.sourceIdentity }),
    },
    { kind: "service" },
  );
  return {
    AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials.SessionToken,
  };
}
