"""`org plan --baseline`: the same changes as with Ansible, without it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from org.cli import run
from org.sandbox.serve import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from org.sandbox.serve import Sandbox

FILE = """
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111111111111"}
  home_region: eu-west-1
  regions: [eu-west-1, us-east-1, af-south-1]
baseline:
  ebs-encryption-by-default: {}
  iam-password-policy: {}
accounts:
  - {key: log-archive, ou: /, email: aws+log@acme.example}
  - {key: payments, ou: /, email: aws+pay@acme.example}
  - {key: search, ou: /, email: aws+search@acme.example, baseline: {iam-password-policy: false}}
"""
Outcome = tuple[int, str, str]


@pytest.fixture
def outcome(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """A function that runs `org plan` on the file and gives its exit code, stdout and stderr."""
    assert sandbox.url
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORG_ACCOUNTS", raising=False)
    (tmp_path / "accounts.yaml").write_text(FILE, encoding="utf-8")

    def ran(*words: str) -> Outcome:
        code = run(["plan", *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ran


def test_accounts_that_change_alike_are_one_group_and_nothing_is_written(
    outcome: Callable[..., Outcome], sandbox: Sandbox
) -> None:
    code, out, _ = outcome("--baseline", "--detailed-exitcode")
    assert 2 == code
    expected = [
        "ebs-encryption-by-default:",
        "  ~ 4 accounts: update ebs-encryption-by-default in eu-west-1, us-east-1",
        "      enabled: false -> true",
        "      management, log-archive, payments, search",
    ]
    assert expected == out.splitlines()[:4]
    assert "  + 3 accounts: create iam-password-policy" in out
    skipped = (
        "skipped in af-south-1 (management, log-archive, payments, search): the Region is not enabled in the account"
    )
    assert skipped in out
    assert "Baseline: 3 to create, 8 to update in 4 accounts.\n" == out.splitlines(keepends=True)[-1]
    assert () == sandbox.recorder.writes()


def test_one_component_in_one_account_is_data(outcome: Callable[..., Outcome]) -> None:
    code, out, _ = outcome("--component", "ebs-encryption-by-default", "--limit", "payments", "--format", "json")
    assert 0 == code
    (component,) = json.loads(out)["components"]
    assert ["payments"] == list(component["accounts"])
    regions = [place["region"] for place in component["accounts"]["payments"]["places"]]
    assert ["af-south-1", "eu-west-1", "us-east-1"] == sorted(regions)


def test_an_account_that_cannot_be_entered_is_named_and_makes_it_fail(
    outcome: Callable[..., Outcome], sandbox: Sandbox
) -> None:
    sandbox.faults.add(Fault(match="iam:", code="AccessDenied", status=403, account="012345670123"))
    code, out, _ = outcome("--component", "iam-password-policy")
    assert 1 == code
    assert (
        "! log-archive (012345670123) failed: GetAccountPasswordPolicy in log-archive (012345670123): AccessDenied"
        in out
    )
    assert out.endswith("Baseline: 2 to create in 2 accounts; 1 account failed.\n")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--component", "ebs-encryption"), "did you mean `ebs-encryption-by-default`?"),
        (("--account", "payment"), "did you mean `payments`?"),
        (("--baseline", "--out", "x.json"), "the baseline is applied with ansible-playbook"),
    ],
)
def test_a_slip_is_named(words: tuple[str, ...], hint: str, outcome: Callable[..., Outcome]) -> None:
    code, _, err = outcome(*words)
    assert 64 == code
    assert hint in err


def test_markdown_is_the_text_in_a_fence(outcome: Callable[..., Outcome]) -> None:
    _, out, _ = outcome("--component", "iam-password-policy", "--format", "markdown", "-v")
    assert out.startswith("```text\niam-password-policy:\n")
