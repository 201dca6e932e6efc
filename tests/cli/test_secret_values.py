"""The value of a secret is never asked for, and is in nothing that a run says, not even where everything is logged."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from org import baseline
from org.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from org.sandbox.serve import Sandbox

CANARY = "c4n4ry-0f-4-s3cr3t"
READS = ("GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetParametersByPath", "Decrypt")
FILE = """
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111111111111"}
  home_region: eu-west-1
  regions: [eu-west-1, us-east-1]
baseline:
  secrets-rotation: {function: rotate, key: alias/baseline, replica_regions: [us-east-1], owner_tags: [owner]}
  parameters: {key: alias/baseline}
accounts:
  - {key: payments, ou: /, email: aws+pay@acme.example}
  - {key: search, ou: /, email: aws+search@acme.example}
"""


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All that is logged by anybody, the bodies of calls and answers among it."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.fixture
def planted(client: Callable[..., Any], assume: Callable[..., dict[str, Any]], sandbox: Sandbox) -> Sandbox:
    plant(client, assume, sandbox, "eu-west-1")
    return sandbox


def plant(
    client: Callable[..., Any], assume: Callable[..., dict[str, Any]], sandbox: Sandbox, region: str = "us-east-1"
) -> None:
    """In every member a secret with two versions, one that rotates not to the end, and parameters of both kinds."""
    realm = sandbox.world.realm
    assert realm is not None
    for account in realm.accounts:
        if account == realm.management:
            continue
        credentials = assume(account)
        secrets, parameters = (client(name, credentials, region) for name in ("secretsmanager", "ssm"))
        for name, stage in (("shop/db", "AWSCURRENT"), ("shop/stuck", "AWSPENDING")):
            secrets.create_secret(Name=name, SecretString=CANARY, Description="of the shop")
            secrets.put_secret_value(SecretId=name, SecretString=f"{CANARY}-new", VersionStages=[stage])
        parameters.put_parameter(Name="/shop/password", Value=CANARY, Type="String")
        parameters.put_parameter(Name="/shop/key", Value=CANARY, Type="SecureString")
    sandbox.recorder.clear()


@pytest.mark.parametrize("words", [["--baseline"], ["--baseline", "--format", "json"], ["--component", "parameters"]])
def test_no_value_is_read_or_shown_by_a_plan(
    words: list[str],
    planted: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    everything_logged: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "accounts.yaml").write_text(FILE, encoding="utf-8")
    everything_logged.clear()
    run(["plan", *words])
    shown = capsys.readouterr()
    assert "/shop/password" in shown.out
    assert "DescribeParameters" in everything_logged.text
    assert "/shop/password" in everything_logged.text
    assert [] == [text for text in (shown.out, shown.err, everything_logged.text) if CANARY in text]
    assert [] == [call.name for call in planted.recorder.calls if call.operation in READS]
    assert () == planted.recorder.writes()


def test_no_component_may_read_a_value() -> None:
    values = {f"{service}:{name}" for service in ("secretsmanager", "ssm") for name in READS} - {"ssm:Decrypt"}
    assert [] == [(one.name, action) for one in baseline.find().values() for action in one.needs if action in values]
