"""Calls operations of every service through boto3 and prints what was sent and what came back, a JSON line each.

Values are made from botocore's own models. Arguments: port, operations for each service (0 for all).
"""
import base64
import datetime
import json
import sys

import boto3
from botocore.config import Config

port, most = int(sys.argv[1]), int(sys.argv[2])
services = sys.argv[3].split(",")
count = 0


def value(shape, depth, member=None):
    global count
    count += 1
    kind = shape.type_name
    if kind == "string":
        if shape.enum:
            return shape.enum[count % len(shape.enum)]
        location = (member or shape).serialization.get("location")
        if location in ("uri", "header", "headers") or "hostLabel" in (member or shape).serialization:
            return "123456789012"
        return f"text {count} <&> \u00e9"
    if kind in ("integer", "long"):
        return count
    if kind in ("float", "double"):
        return count + 0.5
    if kind == "boolean":
        return count % 2 == 0
    if kind == "timestamp":
        return datetime.datetime.fromtimestamp(1_600_000_000 + count, datetime.timezone.utc)
    if kind == "blob":
        return bytes([count % 256, 0, 255])
    if kind == "list":
        item = shape.member
        if depth > 3 and item.type_name in ("structure", "list", "map"):
            return None
        items = [value(item, depth + 1) for _ in range(2)]
        return [one for one in items if one is not None]
    if kind == "map":
        if depth > 3 and shape.value.type_name in ("structure", "list", "map"):
            return None
        one = value(shape.value, depth + 1)
        return None if one is None else {f"k{count}": one}
    if getattr(shape, "is_document_type", False):
        return {"a": 1}
    out = {}
    for name, inner in shape.members.items():
        if getattr(inner, "event_stream", False) or shape.serialization.get("eventstream"):
            continue
        if depth > 3 and inner.type_name in ("structure", "list", "map"):
            continue
        made = value(inner, depth + 1, inner)
        if made is not None:
            out[name] = made
        if getattr(shape, "is_tagged_union", False) and out:
            break
    return out


def plain(thing):
    if isinstance(thing, dict):
        return {key: plain(one) for key, one in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(one) for one in thing]
    if isinstance(thing, bytes):
        return base64.b64encode(thing).decode()
    if isinstance(thing, datetime.datetime):
        return thing.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if hasattr(thing, "read"):
        return base64.b64encode(thing.read()).decode()
    return thing


for service in services:
    config = Config(
        parameter_validation=False,
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
        inject_host_prefix=False,
    )
    # s3control puts the account into the host name: the server is its proxy
    proxied = service == "s3control"
    if proxied:
        config = config.merge(Config(proxies={"http": f"http://127.0.0.1:{port}"}))
    endpoint = "http://s3-control.eu-central-1.amazonaws.com" if proxied else f"http://127.0.0.1:{port}"
    client = boto3.client(
        service,
        region_name="eu-central-1",
        endpoint_url=endpoint,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=config,
    )
    names = sorted(client.meta.service_model.operation_names)
    if most and len(names) > most:
        names = [names[i * len(names) // most] for i in range(most)]
    methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
    for name in names:
        model = client.meta.service_model.operation_model(name)
        if model.has_event_stream_input or model.has_event_stream_output:
            continue
        params = value(model.input_shape, 0) if model.input_shape else {}
        if service == "s3":
            params = {k: v for k, v in params.items() if not k.startswith(("Checksum", "ContentMD5", "SSECustomer", "CopySource", "ContentLength"))}
            if "CopySource" in (model.input_shape.members if model.input_shape else {}):
                params["CopySource"] = "bucket/key"
        if service in ("s3", "s3control"):
            params = {k: "123456789012" if k in ("Bucket", "AccountId") else v for k, v in params.items()}
        line = {"service": service, "operation": name, "sent": plain(params)}
        try:
            answer = getattr(client, methods[name])(**params)
            answer.pop("ResponseMetadata", None)
            line["received"] = plain(answer)
        except Exception as error:  # pylint: disable=broad-except
            line["error"] = f"{type(error).__name__}: {error}"[:500]
        print(json.dumps(line), flush=True)
