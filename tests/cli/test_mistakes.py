"""Slips on the command line, and what is said about them."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from typing import TYPE_CHECKING, Any

import click
import pytest

from org.cli import org, run
from org.cli.sandbox import explain, seeded
from org.reconcile import guard, planfile

if TYPE_CHECKING:
    from pathlib import Path

    from org.sandbox.serve import Sandbox

BOTH = [("check", "x.yaml"), ("plan", "x.yaml"), ("render", "x.yaml"), ("review", "x.yaml", "--base", "HEAD")]


@pytest.mark.parametrize("words", BOTH)
def test_two_accounts_files_are_bad_usage(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert 64 == run([*words, "--accounts", "y.yaml"])
    assert "two accounts files are named: x.yaml, and with --accounts y.yaml" in capsys.readouterr().err


def test_every_command_that_takes_both_is_looked_at() -> None:
    context = click.Context(org)
    commands = {name: org.get_command(context, name) for name in org.list_commands(context)}
    both = {
        name
        for name, command in commands.items()
        if command and {"file", "named"} <= {parameter.name for parameter in command.params}
    }
    assert {name for name, *_ in BOTH} == both - {"prove"}


@pytest.mark.parametrize("words", BOTH)
def test_the_same_file_twice_is_fine(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == run([*words, "--accounts", "x.yaml"])
    assert "Usage" not in capsys.readouterr().err


@pytest.mark.parametrize("words", BOTH)
def test_an_argument_goes_before_the_environment(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ORG_ACCOUNTS", "y.yaml")
    assert 1 == run(words)
    assert "x.yaml" in "".join(capsys.readouterr())


def test_an_accounts_file_beside_a_plan_file_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert 64 == run(["apply", "plan.json", "--accounts", "y.yaml"])
    assert "--accounts does not go with it" in capsys.readouterr().err


ONE = """
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "111111111111"}
  home_region: eu-west-1
  regions: [eu-west-1]
organizational_units: {Security: {}}
"""


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """An accounts file with one account and one unit."""
    file = tmp_path / "accounts.yaml"
    file.write_text(ONE, encoding="utf-8")
    return file


def test_one_account_is_checked_in_the_singular(one: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["check", str(one)])
    assert "no findings in 1 account and 1 organizational unit (" in capsys.readouterr().err


def test_one_account_is_served_in_the_singular(one: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    sandbox.reset(seeded(one), drift=1)
    explain(sandbox)
    said = capsys.readouterr().err
    assert "sandbox: an organization with 1 account, " in said
    assert "sandbox: 1 change made as if by hand:" in said


GUARDS = [("mass-mvoe", "no guard `mass-mvoe`; did you mean `mass-move`?"), ("xyz", "the guards are create-organ")]


@pytest.mark.parametrize(("name", "said"), GUARDS)
def test_a_guard_that_does_not_exist_is_bad_usage(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 64 == run(["apply", "--allow", name])
    assert said in capsys.readouterr().err


def test_the_table_of_guards_has_the_names_that_allow_takes() -> None:
    assert list(guard.NAMES) == re.findall(r"^\| ([a-z]+(?:-[a-z]+)*) \| (?!trips)", guard.__doc__ or "", re.MULTILINE)


NO_PLANS = [
    ("[" * 100_000, "recursion"),
    ('{"changes": ' + "[" * 990 + "]" * 990 + "}", "is not a plan file"),
    (" " * (planfile.MOST_BYTES + 1), "it is larger than 32 MB"),
    ("", "is not a plan file"),
]


@pytest.mark.parametrize(("text", "said"), NO_PLANS, ids=["deep", "less deep", "large", "empty"])
def test_what_is_no_plan_is_a_finding(text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text, encoding="utf-8")
    assert 1 == run(["apply", str(file)])
    errors = capsys.readouterr().err
    assert "ORG910" in errors
    assert said in errors


def test_the_sandbox_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("cheroot", "moto"):
        monkeypatch.setitem(sys.modules, name, None)
    assert 1 == run(["sandbox", "--empty", "--", "true"])
    expected = "Error: the sandbox needs cheroot and moto; install with: pip install 'aws-org-baseline[sandbox]'\n"
    assert expected == capsys.readouterr().err


def test_a_checkout_that_was_never_installed_is_of_version_source(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unknown(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", unknown)
    assert 0 == run(["--version"])
    assert "org, version source\n" == capsys.readouterr().out


@pytest.mark.parametrize("error", [KeyboardInterrupt, click.Abort])
def test_an_interruption_promises_nothing_about_what_was_done(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("org.reconcile.run.plan", interrupted)
    assert 130 == run(["apply"])
    said = "interrupted; what was done is done, and the same command goes on from there"
    assert said == capsys.readouterr().err.strip()
