"""Plays the table of lifecycles, JSON on stdin, with boto3 or with the AWS CLI's own code, in one process.

usage: play_lifecycles.py boto3|aws-cli ENDPOINT CA_BUNDLE ACCESS_KEY_ID SECRET
The endpoint is their proxy: requests go to AWS's own host names.
Prints one line of JSON a call: service, call, and what was wrong with it.
"""
import atexit
import base64
import contextlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time

client_kind, endpoint, bundle, key_id, secret = sys.argv[1:6]
folder = tempfile.mkdtemp()
atexit.register(shutil.rmtree, folder, True)
config = os.path.join(folder, "config")
with open(config, "w") as file:
    file.write("[default]\ncli_binary_format = raw-in-base64-out\n")
os.environ.update(
    AWS_CONFIG_FILE=config,
    HTTPS_PROXY=endpoint,
    AWS_CA_BUNDLE=bundle,
    AWS_ACCESS_KEY_ID=key_id,
    AWS_SECRET_ACCESS_KEY=secret,
    AWS_DEFAULT_REGION="us-east-1",
    AWS_PAGER="",
    AWS_MAX_ATTEMPTS="1",
)
for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "NO_PROXY", "no_proxy", "https_proxy"):
    os.environ.pop(name, None)


class Failed(Exception):
    """The service answered with an error: its code."""


def with_bytes(value):
    if isinstance(value, dict):
        if set(value) == {"$bytes"}:
            return value["$bytes"].encode()
        return {name: with_bytes(one) for name, one in value.items()}
    return [with_bytes(one) for one in value] if isinstance(value, list) else value


def readable(value):
    """Bytes as the table writes them; dates and the like as text."""
    if isinstance(value, dict):
        return {name: readable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [readable(one) for one in value]
    if isinstance(value, bytes):
        try:
            return {"$bytes": value.decode()}
        except UnicodeDecodeError:
            return value
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def boto3_caller():
    import boto3
    from botocore.exceptions import ClientError
    from botocore import xform_name

    clients = {}

    def call(service, operation, given):
        if service not in clients:
            clients[service] = boto3.client(service)
        try:
            return readable(getattr(clients[service], xform_name(operation))(**with_bytes(given)))
        except ClientError as error:
            raise Failed(error.response["Error"]["Code"]) from error

    return call


def cli_caller():
    from awscli.clidriver import create_clidriver
    from botocore import xform_name

    driver = create_clidriver()

    def call(service, operation, given):
        command = "s3api" if service == "s3" else service
        line = [command, xform_name(operation, "-"), "--no-paginate", "--output", "json"]
        members = driver.session.get_service_model(service).operation_model(operation).input_shape
        members = members.members if members else {}
        # an answer that streams goes to a file, and the CLI then takes no JSON for the rest
        to_file = operation in ("GetObject", "InvokeEndpoint")
        rest = {}
        for name, value in given.items():
            option = f"--{xform_name(name, '-')}"
            if members[name].type_name == "blob":
                path = os.path.join(folder, "blob")
                with open(path, "wb") as file:
                    file.write(value["$bytes"].encode() if isinstance(value, dict) else base64.b64decode(value))
                line += [option, path if members[name].serialization.get("streaming") else f"fileb://{path}"]
            elif to_file:
                line += [option, str(value)]
            else:
                rest[name] = value
        if rest:
            line += ["--cli-input-json", json.dumps(rest)]
        if to_file:
            line.append(os.path.join(folder, "out"))
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = driver.main(line)
            except SystemExit as stopped:
                code = stopped.code
        if code:
            found = re.search(r"An error occurred \(([^)]+)\)", err.getvalue())
            raise Failed(found.group(1) if found else f"exit {code}: {err.getvalue().strip()[-300:]}")
        text = out.getvalue().strip()
        return json.loads(text) if text else {}

    return call


def at(answer, path):
    for name in path.split("."):
        if isinstance(answer, list) and name.isdigit() and int(name) < len(answer):
            answer = answer[int(name)]
        elif isinstance(answer, dict):
            answer = answer.get(name)
        else:
            return None
    return answer


def fill(value, kept):
    if isinstance(value, str):
        whole = re.fullmatch(r"\$\{(\w+)\}", value)
        if whole:
            return kept.get(whole.group(1))
        return re.sub(r"\$\{(\w+)\}", lambda found: str(kept.get(found.group(1))), value)
    if isinstance(value, dict):
        return {name: fill(one, kept) for name, one in value.items()}
    return [fill(one, kept) for one in value] if isinstance(value, list) else value


def same(got, wanted):
    if wanted == "*":
        return got is not None
    if wanted is None:
        return got is None
    if isinstance(wanted, dict) and set(wanted) == {"$bytes"} and isinstance(got, str):
        return base64.b64decode(got).decode() == wanted["$bytes"]
    return got == wanted


def play(call, step, service, kept):
    given = fill(step.get("with", {}), kept)
    try:
        answer = call(service, step["call"], given)
    except Failed as error:
        code = str(error)
        return [] if code == step.get("fails") else [f"failed with {code}, not {step.get('fails', 'answered')}"]
    except Exception as error:  # the client's own refusal
        return [f"{type(error).__name__}: {error}"]
    if "fails" in step:
        return [f"was answered, and should fail with {step['fails']}"]
    for name, path in step.get("keep", {}).items():
        kept[name] = at(answer, path)
    return [
        f"{path} is {at(answer, path)!r}, not {fill(wanted, kept)!r}"
        for path, wanted in step.get("expect", {}).items()
        if not same(at(answer, path), fill(wanted, kept))
    ]


def main():
    call = boto3_caller() if client_kind == "boto3" else cli_caller()
    kept = {"now": int(time.time() * 1000)}
    for life in json.load(sys.stdin):
        service = life.get("python", life["service"])
        for step in life["calls"]:
            until = time.monotonic() + 10
            wrong = play(call, step, service, kept)
            while wrong and step.get("waits") and time.monotonic() < until:
                time.sleep(0.05)
                wrong = play(call, step, service, kept)
            print(json.dumps({"service": life["service"], "call": step["call"], "wrong": wrong}))


main()
