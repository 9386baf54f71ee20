/**
 * Amazon SageMaker Runtime: invocations of endpoints. No container runs behind an endpoint here: a stand-in answers
 * and says so. What is real: the endpoint and its variants must be there and in service, the caller must be allowed,
 * an asynchronous call reads its input and writes its output in S3 under the model's role, and logs are written.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Runtime.html
 */
import { randomUUID } from "node:crypto";
import type { CallContext, ReadContext } from "../../context.ts";
import type { Service } from "../../service.ts";
import { bodyOf } from "../../wire/body.ts";
import { AwsError } from "../../wire/errors.ts";
import type { Handlers, InputBody } from "../../wire/types.ts";
import { find, kindNamed } from "../sagemaker/engine/locate.ts";
import type { Fields } from "../sagemaker/engine/model.ts";
import type { Resource } from "../sagemaker/engine/resource.ts";
import { componentsOf, servingEndpoint } from "../sagemaker/hosting/endpoint.ts";

type Client = typeof import("@aws-sdk/client-sagemaker-runtime");

interface Invocation {
  EndpointName: string;
  TargetVariant?: string;
  TargetModel?: string;
  InferenceComponentName?: string;
  ContentType?: string;
  Accept?: string;
  CustomAttributes?: string;
}

const invalid = (message: string) => new AwsError("ValidationError", message);

/** The runtime names its validation error otherwise than the control plane. */
function endpointFor(input: Invocation, context: CallContext): Readonly<Resource> {
  try {
    return servingEndpoint(input.EndpointName, context);
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

/** The variant that answers: the one asked for, or the one with most weight. */
function variantOf(endpoint: Readonly<Resource>, input: Invocation): Fields {
  const variants = (endpoint.fields.ProductionVariants as Fields[] | undefined) ?? [];
  const wanted = input.TargetVariant;
  const found =
    wanted === undefined
      ? [...variants].sort((a, b) => Number(b.CurrentWeight) - Number(a.CurrentWeight))[0]
      : variants.find(({ VariantName }) => VariantName === wanted);
  if (!found) throw invalid(`Variant ${wanted} not found for Endpoint ${endpoint.name}.`);
  return found;
}

function checkComponent(endpoint: Readonly<Resource>, input: Invocation, context: CallContext): void {
  const components = componentsOf(endpoint.name, context);
  const name = input.InferenceComponentName;
  if (name === undefined) {
    if (components.length > 0)
      throw invalid(
        "Inference Component Name header is required for endpoints to which you plan to deploy inference components. Please include Inference Component Name header or consider using SageMaker models.",
      );
    return;
  }
  const one = components.find((component) => component.name === name);
  if (!one) throw invalid(`Inference Component ${name} not found.`);
  if (one.status !== "InService") throw invalid(`Inference Component ${name} is not in service.`);
}

/** Model behind a variant, through the endpoint's configuration. */
function modelOf(
  endpoint: Readonly<Resource>,
  variant: Fields,
  context: ReadContext,
): Readonly<Resource> | undefined {
  const config = find(kindNamed("EndpointConfig"), [String(endpoint.input.EndpointConfigName)], context);
  const variants = (config?.input.ProductionVariants as Fields[] | undefined) ?? [];
  const name = variants.find(({ VariantName }) => VariantName === variant.VariantName)?.ModelName;
  return name === undefined ? undefined : find(kindNamed("Model"), [String(name)], context);
}

/** What the stand-in answers: that it is one, and how much it was given. */
function standIn(endpoint: Readonly<Resource>, variant: Fields, bytes: number): Buffer {
  return Buffer.from(
    JSON.stringify({
      sagekeepStandIn: true,
      message: "no model runs in the local cloud: this answer was not computed",
      endpoint: endpoint.name,
      variant: variant.VariantName,
      receivedBytes: bytes,
    }),
  );
}

const text = (value: Uint8Array | InputBody | undefined): Promise<Buffer> =>
  value === undefined
    ? Promise.resolve(Buffer.alloc(0))
    : value instanceof Uint8Array
      ? Promise.resolve(Buffer.from(value))
      : value.bytes();

async function invoke(input: Invocation & { Body?: Uint8Array | InputBody }, context: CallContext) {
  const endpoint = endpointFor(input, context);
  const variant = variantOf(endpoint, input);
  checkComponent(endpoint, input, context);
  const body = await text(input.Body);
  return {
    Body: standIn(endpoint, variant, body.length),
    ContentType: "application/json",
    InvokedProductionVariant: String(variant.VariantName),
    ...(input.CustomAttributes !== undefined && { CustomAttributes: input.CustomAttributes }),
  };
}

const operations = {
  InvokeEndpoint: invoke,
  InvokeEndpointWithResponseStream: () => {
    throw invalid(
      "InvokeEndpointWithResponseStream is not supported by the Sagekeep local cloud: its stand-in of a model has nothing to stream. Use InvokeEndpoint.",
    );
  },
  async InvokeEndpointAsync(
    input: Invocation & { InputLocation: string; InferenceId?: string },
    context: CallContext,
  ) {
    const endpoint = endpointFor(input, context);
    const output = (endpoint.fields.AsyncInferenceConfig as Fields | undefined)?.OutputConfig as
      | Fields
      | undefined;
    if (!output?.S3OutputPath) {
      throw invalid(`Endpoint ${endpoint.name} is not configured for asynchronous inference.`);
    }
    const variant = variantOf(endpoint, input);
    const role = modelOf(endpoint, variant, context)?.input.ExecutionRoleArn;
    const id = randomUUID();
    const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(String(output.S3OutputPath)) ?? [];
    const key = `${prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`}${id}.out`;
    const [, from = "", object = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(input.InputLocation) ?? [];
    const as = { kind: "role", arn: String(role), sessionName: "SageMaker" } as const;
    const failure = String(output.S3FailurePath ?? output.S3OutputPath);
    context.clock.at(context.now, async () => {
      try {
        const { ContentLength = 0 } = await context.call(
          "s3",
          "HeadObject",
          { Bucket: from, Key: object },
          as,
        );
        const bytes = standIn(endpoint, variant, Number(ContentLength));
        const put = { Bucket: bucket, Key: key, Body: bodyOf(bytes), ContentLength: bytes.length };
        await context.call(
          "s3",
          "PutObject",
          {
            ...put,
            ...(output.KmsKeyId !== undefined && {
              ServerSideEncryption: "aws:kms",
              SSEKMSKeyId: output.KmsKeyId,
            }),
          },
          as,
        );
      } catch (error) {
        const bytes = Buffer.from(`Failed to process ${input.InputLocation}: ${(error as Error).message}`);
        const [, failed = "", path = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(failure) ?? [];
        const name = `${path === "" ? "" : `${path.replace(/\/$/, "")}/`}${id}-error.out`;
        await context
          .call(
            "s3",
            "PutObject",
            { Bucket: failed, Key: name, Body: bodyOf(bytes), ContentLength: bytes.length },
            as,
          )
          .catch(() => {});
      }
    });
    return {
      InferenceId: input.InferenceId ?? id,
      OutputLocation: `s3://${bucket}/${key}`,
      ...(output.S3FailurePath !== undefined && {
        FailureLocation: `${failure.replace(/\/$/, "")}/${id}-error.out`,
      }),
    };
  },
};

const rule = (operation: string) => (input: Invocation, context: ReadContext) => {
  const keys = input.TargetModel === undefined ? {} : { "sagemaker:TargetModel": input.TargetModel };
  const checks = [
    {
      action: `sagemaker:${operation}`,
      resource: context.arn("sagemaker", `endpoint/${input.EndpointName}`.toLowerCase()),
      context: keys,
    },
  ];
  if (input.InferenceComponentName !== undefined) {
    const resource = context.arn(
      "sagemaker",
      `inference-component/${input.InferenceComponentName}`.toLowerCase(),
    );
    checks.push({ action: `sagemaker:${operation}`, resource, context: keys });
  }
  return checks;
};

export const service: Service<Client> = {
  key: "sagemaker-runtime",
  actionPrefix: "sagemaker",
  principal: "sagemaker.amazonaws.com",
  operations: operations as unknown as Handlers<Client, CallContext>,
  authorization: Object.fromEntries(Object.keys(operations).map((name) => [name, rule(name)])),
  knowledge: { InvokeEndpoint: "assumed", InvokeEndpointAsync: "assumed" },
};
