/**
 * Writes src/generated/meta.json: the few facts of each mounted service that its schemas lack (protocol, namespaces,
 * target prefix, signing name), read from an instance of the official SDK client.
 *
 * Run after updating the clients: `npx tsx packages/cloud/tools/extract-meta.ts`.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { mounted } from "./mounted.ts";

interface ClientConfig {
  protocol: { getShapeId(): string };
  protocolSettings: Record<string, string | boolean | undefined>;
  serviceId: string;
  defaultSigningName: string;
}

const require = createRequire(import.meta.url);
const protocols: Record<string, string> = {
  awsJson1_0: "json",
  awsJson1_1: "json",
  awsQuery: "query",
  ec2Query: "ec2",
  restXml: "rest-xml",
  restJson1: "rest-json",
};
const meta: Record<string, unknown> = {};
for (const key of Object.keys(mounted)) {
  const client = require(`@aws-sdk/client-${key}`) as Record<string, unknown>;
  const name = Object.keys(client).find((name) => name.endsWith("Client") && !name.startsWith("_")) ?? "";
  const Client = client[name] as new (config: unknown) => { config: ClientConfig };
  const { config } = new Client({
    region: "us-east-1",
    credentials: { accessKeyId: "x", secretAccessKey: "x" },
  });
  const shapeId = config.protocol.getShapeId().split("#")[1] ?? "";
  const settings = config.protocolSettings;
  meta[key] = {
    serviceId: config.serviceId,
    signingName: config.defaultSigningName,
    protocol: protocols[shapeId],
    ...(shapeId.startsWith("awsJson") ? { jsonVersion: shapeId.endsWith("0") ? "1.0" : "1.1" } : {}),
    namespace: settings.defaultNamespace,
    ...(settings.xmlNamespace ? { xmlNamespace: settings.xmlNamespace } : {}),
    version: settings.version,
    target: settings.serviceTarget,
    ...(settings.awsQueryCompatible ? { queryCompatible: true } : {}),
  };
}
writeFileSync(new URL("../src/generated/meta.json", import.meta.url), `${JSON.stringify(meta, null, 1)}\n`);
