"""`org sandbox`, as people and pipelines start it."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from org.sandbox.control import ACTIONS, PREFIX
from org.sandbox.faults import Fault

ROOT = Path(__file__).parents[2]
ORG = [sys.executable, "-m", "org", "sandbox"]
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("AWS_") and name.lower() not in {"http_proxy", "no_proxy"}
}


def run(*arguments: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ORG, *arguments],
        cwd=folder,
        env={**CLEAN, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments", [("--exec", "echo $AWS_ENDPOINT_URL; exit 7"), ("--", "sh", "-c", "echo $AWS_ENDPOINT_URL; exit 7")]
)
def test_a_command_runs_inside_and_its_exit_code_comes_back(arguments: tuple[str, ...]) -> None:
    done = run("--empty", *arguments)
    assert (7, True) == (done.returncode, bool(re.fullmatch(r"http://127\.0\.0\.1:\d+\n", done.stdout)))
    assert "no organization yet" in done.stderr


def test_a_command_that_is_killed_ends_with_128_and_the_signal() -> None:
    assert 137 == run("--empty", "--exec", "kill -9 $$").returncode


def test_the_command_sees_no_other_account_and_no_other_proxy() -> None:
    given = {"AWS_PROFILE": "prod", "AWS_SESSION_TOKEN": "x", "HTTP_PROXY": "http://proxy.example", "NO_PROXY": "*"}
    done = run("--empty", "--exec", "env", AWS_ENDPOINT_URL_STS="https://sts.example", **given)
    found = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    url = found["AWS_ENDPOINT_URL"]
    assert (url, "", "sandbox") == (found["http_proxy"], found["no_proxy"], found["AWS_ACCESS_KEY_ID"])
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTP_PROXY", "NO_PROXY", "AWS_ENDPOINT_URL_STS"} & found.keys()


def test_the_organization_comes_from_accounts_yaml_with_its_drift() -> None:
    done = run("--drift", "3", "--seed", "5", "--exec", "true")
    lines = done.stderr.splitlines()
    assert (0, "") == (done.returncode, done.stdout)
    assert "24 accounts" in lines[0]
    assert 3 == sum(line.startswith("  ") for line in lines)
    assert lines[1:] == run("--drift", "3", "--seed", "5", "--exec", "true").stderr.splitlines()[1:]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_and_prints_what_a_shell_evaluates(number: signal.Signals) -> None:
    environment = {**CLEAN, "PYTHONPATH": str(ROOT), "AWS_ACCESS_KEY_ID": "mine", "no_proxy": "localhost"}
    with subprocess.Popen(
        [*ORG, "--empty"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline().strip() for _ in range(5)]
        url = lines[0].removeprefix("export AWS_ENDPOINT_URL=")
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5):
            server.send_signal(number)
        server.communicate(timeout=30)
    expected = [
        f"export AWS_ENDPOINT_URL={url}",
        f"export http_proxy={url}",
        "export AWS_SECRET_ACCESS_KEY=sandbox",
        "export AWS_DEFAULT_REGION=us-east-1",
        "export no_proxy=",
    ]
    assert (expected, 0) == (lines, server.returncode)


def test_the_port_can_be_chosen_and_a_taken_one_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("--empty", "--port", port, "--exec", "true")
    assert (1, True) == (done.returncode, f"cannot listen on port {port}" in done.stderr)
    done = run("--empty", "--port", port, "--exec", "echo $AWS_ENDPOINT_URL")
    assert f"http://127.0.0.1:{port}\n" == done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--empty", "--seed-from", "accounts.yaml"), 64, "--empty goes with neither"),
        (("--empty", "--drift", "3"), 64, "--empty goes with neither"),
        (("--empty", "--exec", "true", "--", "true"), 64, "not both"),
        (("--seed-from", "missing.yaml"), 64, "there is no missing.yaml"),
        (("--empty", "--", "no-such-program"), 1, "cannot run no-such-program"),
        (("--port", "70000"), 64, "70000"),
    ],
)
def test_wrong_usage_is_named(arguments: tuple[str, ...], code: int, message: str) -> None:
    done = run(*arguments)
    assert (code, "", True) == (done.returncode, done.stdout, message in done.stderr), done.stderr


def test_a_file_with_errors_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text("version: 1\nnonsense: true\n")
    done = run("--exec", "true", folder=tmp_path)
    assert (1, True) == (done.returncode, "nonsense" in done.stderr), done.stderr


def test_with_throttle_calls_above_the_published_rates_are_refused() -> None:
    code = "import boto3\nfrom botocore.config import Config\n"
    code += "c = boto3.client('organizations', config=Config(retries={'total_max_attempts': 1}))\n"
    code += "c.create_organization()\n"
    code += "for n in range(4): c.create_account(Email=f'aws+{n}@acme.example', AccountName='new')"
    done = run("--empty", "--throttle", "--", sys.executable, "-c", code)
    assert (1, True) == (done.returncode, "TooManyRequestsException" in done.stderr)


def test_latency_is_in_milliseconds() -> None:
    code = "import boto3, time; c = boto3.client('organizations'); s = time.monotonic()\n"
    code += "try: c.list_roots()\nexcept Exception: pass\nprint(time.monotonic() - s)"
    done = run("--empty", "--latency", "400", "--", sys.executable, "-c", code)
    assert 0.4 <= float(done.stdout) < 60


def test_the_documentation_names_every_fault_field_every_request_and_the_number_of_rules() -> None:
    import yaml

    page = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    assert [] == [field.name for field in dataclasses.fields(Fault) if f"`{field.name}`" not in page]
    assert [] == [f"{method} {name}" for method, name in ACTIONS if f"`{method} {PREFIX}{name}`" not in page]
    rows = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / "tests/sandbox/conformance").iterdir()]
    told = int(re.findall(r"one row for each rule, (\d+) of them", page)[0])
    assert told <= sum(map(len, rows)) < told + 50


MEMBER = """
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111111111111"}
  home_region: eu-west-1
  regions: [eu-west-1]
policies: [deny-iam-users]
organizational_units: {Security: {}}
accounts:
  - {key: log, name: acme-log, ou: Security, email: aws+log@acme.example, id: "012345670123"}
"""
CALL = """
import boto3
from botocore.exceptions import ClientError
role = "arn:aws:iam::012345670123:role/OrganizationAccountAccessRole"
keys = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
iam = boto3.client("iam", **dict(zip(names, list(keys.values())[:3])))
iam.put_role_policy(RoleName="OrganizationAccountAccessRole", PolicyName="own", PolicyDocument=READS)
for name, given in (("list_roles", {}), ("list_users", {}), ("create_user", {"UserName": "eve"})):
    try:
        getattr(iam, name)(**given)
        print(name, "passed")
    except ClientError as error:
        print(name, str(error).rpartition("with an explicit deny in ")[2].rpartition("because ")[2])
"""
READS = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["iam:ListRoles"], "Resource": "*"}}


@pytest.mark.parametrize(
    ("flags", "users"),
    [((), "passed"), (("--enforce-iam",), "no identity-based policy allows the iam:ListUsers action")],
)
def test_policies_are_enforced_and_calls_are_logged(flags: tuple[str, ...], users: str, tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text(MEMBER, encoding="utf-8")
    code = CALL.replace("READS", repr(json.dumps(READS)))
    done = run("--log", "trail/of", *flags, "--", sys.executable, "-c", code, folder=tmp_path)
    assert (0, "") == (done.returncode, done.stderr.partition("\n")[2])
    expected = ["list_roles passed", f"list_users {users}", "create_user a service control policy"]
    assert expected == done.stdout.splitlines()
    files = list((tmp_path / "trail" / "of").rglob("*.json.gz"))
    records = [record for path in files for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]]
    assert {"AssumeRole", "PutRolePolicy", "ListRoles", "ListUsers", "CreateUser"} == {
        record["eventName"] for record in records
    }


def test_a_log_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run("--empty", "--log", "file/log", "--exec", "true", folder=tmp_path)
    assert (1, True) == (done.returncode, "cannot write the log into file/log: Not a directory" in done.stderr)


def test_another_process_reads_the_log_while_it_grows(tmp_path: Path) -> None:
    asks = (
        "import json, os, urllib.request as web\n"
        "url = os.environ['AWS_ENDPOINT_URL'] + '/_sandbox/'\n"
        "def ask(name, **more): return json.load(web.urlopen(web.Request(url + name, **more)))\n"
        "import boto3; boto3.client('sts').get_caller_identity()\n"
        "print([one['eventName'] for one in ask('cloudtrail')['Records']])\n"
        "print(len(ask('flush', method='POST', headers={'X-Sandbox': 'yes'}, data=b'null')['files']))\n"
    )
    done = run("--empty", "--log", str(tmp_path), "--", sys.executable, "-c", asks)
    assert (["['GetCallerIdentity']", "1"], 1) == (done.stdout.splitlines(), len(list(tmp_path.rglob("*.gz"))))
