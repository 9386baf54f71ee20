"""Writes src/trail/generated/members.json: for each operation, the names of the members that AWS's own models
mark sensitive; for each service, the members that are maps (whose keys are data). Source: botocore's service models (Apache-2.0). Run: python3 packages/cloud/tools/extract-trail-members.py"""
import json, os, pathlib, botocore.loaders

SERVICES = {
    "cloudformation": "cloudformation", "cloudtrail": "cloudtrail", "cloudwatch": "cloudwatch",
    "cloudwatch-logs": "logs", "ec2": "ec2", "ecr": "ecr", "efs": "efs", "iam": "iam",
    "identitystore": "identitystore", "kms": "kms", "network-firewall": "network-firewall",
    "organizations": "organizations", "s3": "s3", "s3-control": "s3control", "sagemaker": "sagemaker",
    "sagemaker-runtime": "sagemaker-runtime", "secrets-manager": "secretsmanager", "service-catalog": "servicecatalog",
    "service-quotas": "service-quotas", "ssm": "ssm", "sso-admin": "sso-admin", "sts": "sts",
    "vpc-lattice": "vpc-lattice",
}
loader = botocore.loaders.Loader()

def names(model, shape, seen):
    found = set()
    if shape in seen:
        return found
    seen.add(shape)
    s = model["shapes"][shape]
    if s["type"] == "structure":
        for name, member in s["members"].items():
            if model["shapes"][member["shape"]].get("sensitive"):
                found.add(name)
            else:
                found |= names(model, member["shape"], seen)
    elif s["type"] == "list":
        found |= names(model, s["member"]["shape"], seen)
    elif s["type"] == "map":
        found |= names(model, s["value"]["shape"], seen)
    return found

out = {}
maps = {}
for key, botoname in SERVICES.items():
    model = loader.load_service_model(botoname, "service-2")
    rows = {}
    for op, o in sorted(model["operations"].items()):
        both = set()
        for side in ("input", "output"):
            if side in o:
                both |= names(model, o[side]["shape"], set())
        if key == "s3":  # CloudTrail shows which KMS key was used
            both = {n for n in both if "KMS" not in n and n != "KeyId"}
        if both:
            rows[op] = sorted(both)
    if rows:
        out[key] = rows
    found = {n for s in model["shapes"].values() if s["type"] == "structure" for n, m in s["members"].items()
             if model["shapes"][m["shape"]]["type"] == "map"}
    if found:
        maps[key] = sorted(found)
path = pathlib.Path(__file__).parent.parent / "src/trail/generated/members.json"
os.makedirs(path.parent, exist_ok=True)
path.write_text(json.dumps({"sensitive": out, "maps": maps}, separators=(",", ":")) + "\n")
print({k: len(v) for k, v in out.items()}, path.stat().st_size)
