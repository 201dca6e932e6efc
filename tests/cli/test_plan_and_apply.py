"""`org plan` and `org apply` as a person or a pipeline runs them, with the exit codes that others rely on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from org.cli import run
from tests.cli.test_terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from org.sandbox.serve import Sandbox

FILE = """
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111111111111"}
  home_region: eu-west-1
  regions: [eu-west-1]
policies: [deny-leave-organization]
organizational_units:
  Security: {}
  Workloads:
    units:
      Prod: {policies: [deny-root]}
accounts:
  - {key: log-archive, name: acme-log-archive, ou: Security, email: aws+log@acme.example}
  - {key: payments, name: acme-payments, ou: Workloads/Prod, email: aws+payments@acme.example}
  - {key: search, name: acme-search, ou: Workloads/Prod, email: aws+search@acme.example}
"""


@pytest.fixture
def accounts(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An accounts file in the current folder that asks for two policies more than the sandbox has."""
    assert sandbox.url
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORG_ACCOUNTS", raising=False)
    file = tmp_path / "accounts.yaml"
    file.write_text(FILE, encoding="utf-8")
    return file


@pytest.fixture
def outcome(accounts: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """A function that runs a command and gives its exit code, stdout and stderr."""
    assert accounts.exists()

    def ran(*words: str) -> tuple[int, str, str]:
        code = run(words)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ran


def test_a_plan_writes_nothing_and_is_fine(outcome: Any, sandbox: Sandbox) -> None:
    code, out, _ = outcome("plan")
    assert (0, ()) == (code, sandbox.recorder.writes())
    assert "+ attach policy deny-root to OU Workloads/Prod  [accounts.yaml:12:" in out


@pytest.mark.parametrize(("words", "expected"), [((), 0), (("--detailed-exitcode",), 2)])
def test_changes_are_code_two_only_where_asked(words: tuple[str, ...], expected: int, outcome: Any) -> None:
    assert expected == outcome("plan", *words)[0]


def test_apply_makes_it_so_and_the_next_plan_is_empty(outcome: Any) -> None:
    assert 0 == outcome("apply", "--auto-approve")[0]
    code, out, _ = outcome("plan", "--detailed-exitcode")
    assert (0, "Plan: no changes.\n") == (code, out)


def test_nobody_there_to_ask_is_bad_usage_and_writes_nothing(outcome: Any, sandbox: Sandbox) -> None:
    code, _, err = outcome("apply")
    assert (64, ()) == (code, sandbox.recorder.writes())
    assert "--auto-approve" in err


def test_a_no_changes_nothing_and_says_so(outcome: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    code, _, err = outcome("apply")
    assert (130, ()) == (code, sandbox.recorder.writes())
    assert "Carry out these 6 changes?" in err
    assert err.endswith("nothing was changed\n")


def test_one_change_is_asked_about_in_the_singular(
    outcome: Any, accounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome("apply", "--auto-approve")
    accounts.write_text(FILE.replace("  Security: {}", "  Security: {}\n  Suspended: {}"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    code, _, err = outcome("apply")
    assert 0 == code
    assert "Carry out this 1 change?" in err


def test_a_reviewed_plan_is_applied_from_its_file(outcome: Any) -> None:
    assert 0 == outcome("plan", "--out", "plan.json")[0]
    code, out, _ = outcome("apply", "plan.json", "--format", "json")
    assert (0, 1) == (code, json.loads(out)["version"])
    assert {"done"} == {entry["result"] for entry in json.loads(out)["outcomes"]}


def test_a_stale_plan_is_code_three_with_the_difference(outcome: Any, sandbox: Sandbox) -> None:
    outcome("plan", "--out", "plan.json")
    outcome("apply", "--auto-approve")
    realm = sandbox.world.realm
    assert realm is not None
    next(
        policy for policy in realm.policies.values() if policy.name == "deny-root"
    ).content = '{"Version":"2012-10-17"}'
    sandbox.recorder.clear()
    code, _, err = outcome("apply", "plan.json")
    assert (3, ()) == (code, sandbox.recorder.writes())
    assert "create policy deny-root: planned on nothing, found" in err


def test_a_failed_change_is_code_five_and_names_it(outcome: Any, sandbox: Sandbox) -> None:
    from org.sandbox.serve import Fault

    sandbox.faults.add(Fault(match="AttachPolicy", code="AccessDeniedException"))
    code, out, err = outcome("apply", "--auto-approve")
    assert 5 == code
    assert "failed: + attach policy deny-root to OU Workloads/Prod" in err
    assert ", 1 failed" in out


def test_a_guard_stops_until_it_is_named(outcome: Any, accounts: Path, sandbox: Sandbox) -> None:
    accounts.write_text(FILE.replace("policies: [deny-leave-organization]\n", ""), encoding="utf-8")
    code, out, err = outcome("apply", "--auto-approve")
    assert (1, ()) == (code, sandbox.recorder.writes())
    assert "guard last-guardrail" in out
    assert "--allow" in err
    assert 0 == outcome("apply", "--auto-approve", "--allow", "last-guardrail")[0]


def test_a_mistake_in_the_file_is_shown_with_its_line(outcome: Any, accounts: Path) -> None:
    accounts.write_text(FILE.replace("ou: Security", "ou: Securty"), encoding="utf-8")
    code, _, err = outcome("plan")
    assert 1 == code
    assert "accounts.yaml:14:" in err
    assert "did you mean" in err


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_machine_output_is_alone_on_stdout(form: str, outcome: Any) -> None:
    code, out, _ = outcome("plan", "--format", form)
    assert 0 == code
    if form == "json":
        assert 64 == len(json.loads(out)["plan_id"])
    else:
        assert out.startswith("### org plan: 2 to create, 1 to attach")


@pytest.mark.parametrize(
    "words", [("plan", "--nonsense"), ("nonsense",), ("plan", "a", "b"), ("apply", "--format", "x")]
)
def test_bad_usage_is_64(words: tuple[str, ...], outcome: Any) -> None:
    assert 64 == outcome(*words)[0]


def test_no_credentials_is_an_error_for_people(outcome: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    code, out, err = outcome("plan")
    assert (1, "") == (code, out)
    assert "no AWS credentials found" in err


def test_the_accounts_file_may_be_named_three_ways(
    outcome: Any, accounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = accounts.rename(accounts.with_name("other.yaml"))
    assert 0 == outcome("plan", str(other))[0]
    assert 0 == outcome("plan", "--accounts", str(other))[0]
    monkeypatch.setenv("ORG_ACCOUNTS", str(other))
    assert 0 == outcome("plan")[0]
