"""`org sandbox`, as people and pipelines start it."""

from __future__ import annotations

import dataclasses
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
