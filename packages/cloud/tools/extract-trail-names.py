"""Writes src/trail/generated/names.json: how S3 and EC2 call members on the wire, because CloudTrail shows those names.
Source: botocore's service models (Apache-2.0). Run: python3 packages/cloud/tools/extract-trail-names.py

s3:  `members`: headers (x-amz-…) and query parameters by member; `own`: the same for operations that differ;
     `flags`: static query of an operation; `payloads`: [member, root element]; `lists`: [element or "", item element]
ec2: `members`: element names of answers by member, where they are not the member's own in lower case; `own` as above"""
import collections, json, pathlib, re, botocore.loaders

loader = botocore.loaders.Loader()

def model_of(name):
    return loader.load_service_model(name, "service-2")

def split(rows):
    """What most operations agree on, and the rest by operation."""
    votes = collections.defaultdict(collections.Counter)
    for names in rows.values():
        for member, name in names.items():
            votes[member][name] += 1
    common = {member: count.most_common(1)[0][0] for member, count in votes.items()}
    own = {op: {m: n for m, n in names.items() if common[m] != n} for op, names in rows.items()}
    return common, {op: names for op, names in own.items() if names}

def s3():
    model = model_of("s3")
    shapes = model["shapes"]
    rows, flags, payloads, lists = {}, {}, {}, {}
    def walk(shape, found, seen):
        if shape in seen:
            return
        seen.add(shape)
        s = shapes[shape]
        if s["type"] == "structure":
            for name, member in s["members"].items():
                target = shapes[member["shape"]]
                if target["type"] == "list":
                    flat = target.get("flattened") or member.get("flattened")
                    item = target["member"].get("locationName", "member")
                    outer = member.get("locationName", name)
                    found[name] = ["", outer if flat else item] if flat else [outer, item]
                    walk(target["member"]["shape"], found, seen)
                else:
                    if member.get("locationName", name) != name:
                        found[name] = [member["locationName"]]
                    walk(member["shape"], found, seen)
    for op, o in sorted(model["operations"].items()):
        if op == "WriteGetObjectResponse":  # speaks of the headers of another answer
            continue
        names = {}
        for side in ("input", "output"):
            if side not in o:
                continue
            shape = shapes[o[side]["shape"]]
            for name, member in shape["members"].items():
                where, wire = member.get("location"), member.get("locationName", "")
                secret = name.startswith(("SSECustomer", "CopySourceSSECustomer")) or name == "SSEKMSEncryptionContext"
                silent = re.match(r"x-amz-(sdk|checksum|meta|decoded)", wire) or name in ("RequestCharged", "BucketArn")
                if secret or silent:
                    continue
                if where == "querystring" or (where == "header" and wire.startswith("x-amz-")):
                    names[name] = wire
        rows[op] = names
        query = o["http"]["requestUri"].partition("?")[2]
        if query:
            flags[op] = query.split("&")[0]
        if "input" in o:
            shape = shapes[o["input"]["shape"]]
            payload = shape.get("payload")
            if payload and shapes[shape["members"][payload]["shape"]]["type"] == "structure":
                member = shape["members"][payload]
                payloads[op] = [payload, member.get("locationName", payload)]
                found = {}
                walk(member["shape"], found, set())
                if found:
                    lists[op] = found
    common, own = split(rows)
    return {"members": common, "own": own, "flags": flags, "payloads": payloads, "lists": lists}

def ec2():
    model = model_of("ec2")
    shapes = model["shapes"]
    def walk(shape, found, seen):
        if shape in seen:
            return
        seen.add(shape)
        s = shapes[shape]
        if s["type"] == "structure":
            for name, member in s["members"].items():
                wire = member.get("locationName", name)
                found.setdefault(name, wire)
                walk(member["shape"], found, seen)
        elif s["type"] == "list":
            walk(s["member"]["shape"], found, seen)
    rows = {}
    for op, o in sorted(model["operations"].items()):
        if "output" not in o or re.match(r"(Describe|Get|List|Search)", op):
            continue
        found = {}
        walk(o["output"]["shape"], found, set())
        rows[op] = found
    common, own = split(rows)
    lower = lambda name: name[:1].lower() + name[1:]
    return {"members": {m: n for m, n in common.items() if n != lower(m)}, "own": own}

path = pathlib.Path(__file__).parent.parent / "src/trail/generated/names.json"
path.write_text(json.dumps({"s3": s3(), "ec2": ec2()}, separators=(",", ":")) + "\n")
print(path.stat().st_size)
