/**
 * Writes src/generated/constraints/<service>.json: lengths, ranges, patterns, enums and number kinds of the members of
 * every structure, from botocore's models (Apache-2.0, Copyright Amazon.com, Inc. or its affiliates), which the SDK's
 * own schemas leave out.
 *
 * Run with botocore's newest version: `npx tsx packages/cloud/tools/extract-constraints.ts [botocore/data folder]`.
 *
 * A file is `{ types: Node[], members: { Structure: { Member: index into types } } }`; members without a constraint
 * are left out. A node: n/x least and greatest (length, value or size), p pattern, e enum, k number kind, i item,
 * y map key, v map value (indices into types).
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { mounted } from "./mounted.ts";

interface BotoShape {
  type: string;
  min?: number;
  max?: number;
  pattern?: string;
  enum?: string[];
  member?: { shape: string };
  key?: { shape: string };
  value?: { shape: string };
  members?: Record<string, { shape: string }>;
}
interface Node {
  n?: number;
  x?: number;
  p?: string;
  e?: string[];
  k?: string;
  i?: number;
  y?: number;
  v?: number;
}

const kinds: Record<string, string> = { integer: "i", long: "l", float: "f", double: "d" };
const data =
  process.argv[2] ??
  execFileSync("python3", ["-c", "import botocore,os;print(os.path.join(botocore.__path__[0],'data'))"], {
    encoding: "utf8",
  }).trim();

for (const [key, folder] of Object.entries(mounted)) {
  const version = readdirSync(join(data, folder)).sort().at(-1) ?? "";
  const path = join(data, folder, version, "service-2.json.gz");
  const model = JSON.parse(gunzipSync(readFileSync(path)).toString("utf8")) as {
    shapes: Record<string, BotoShape>;
  };
  const types: Node[] = [];
  const index = new Map<string, number>();

  const nodeOf = (name: string, above: readonly string[]): number | undefined => {
    const shape = model.shapes[name];
    if (!shape || shape.type === "structure" || above.includes(name)) return undefined;
    const inner = [...above, name];
    const node: Node = {};
    if (shape.min !== undefined) node.n = shape.min;
    if (shape.max !== undefined) node.x = shape.max;
    if (shape.pattern !== undefined) node.p = shape.pattern;
    if (shape.enum) node.e = shape.enum;
    const kind = kinds[shape.type];
    if (kind) node.k = kind;
    if (shape.member) node.i = nodeOf(shape.member.shape, inner);
    if (shape.key) node.y = nodeOf(shape.key.shape, inner);
    if (shape.value) node.v = nodeOf(shape.value.shape, inner);
    const text = JSON.stringify(node);
    if (text === "{}") return undefined;
    const known = index.get(text);
    if (known !== undefined) return known;
    index.set(text, types.length);
    return types.push(node) - 1;
  };

  const members: Record<string, Record<string, number>> = {};
  for (const [name, shape] of Object.entries(model.shapes)) {
    const constrained: Record<string, number> = {};
    for (const [member, { shape: target }] of Object.entries(shape.members ?? {})) {
      const node = nodeOf(target, []);
      if (node !== undefined) constrained[member] = node;
    }
    if (Object.keys(constrained).length > 0) members[name] = constrained;
  }
  const notice = "From botocore's models, Apache-2.0, Copyright Amazon.com, Inc. or its affiliates.";
  const out = new URL(`../src/generated/constraints/${key}.json`, import.meta.url);
  writeFileSync(out, `${JSON.stringify({ notice, types, members })}\n`);
}
