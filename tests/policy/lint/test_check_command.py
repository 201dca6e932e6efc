"""`org check --policies` as a person or a pipeline runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from org.cli import run
from org.cli._policies import KINDS
from org.policy.lint import Kind, lint_path
from tests.policy.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

WRONG = (
    '{\n "Version": "2012-10-17",\n "Statement": {"Effect": "Allow", "Action": "s3>ListBucket", "Resource": "*"}\n}\n'
)
UNSURE = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:GetObjekt", "Resource": "*"}}'


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (WRONG, [], 1),
        (UNSURE, [], 0),
        (UNSURE, ["--strict"], 1),
        (UNSURE, ["--kind", "scp"], 0),
        (UNSURE, ["--kind", "rcp"], 1),
        (UNSURE, ["--kind", "acl"], 64),
    ],
)
def test_the_exit_code_says_whether_there_are_errors(text: str, options: list[str], code: int, tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(text)
    assert code == run(["check", "--policies", str(tmp_path / "policy.json"), *options])


@pytest.mark.parametrize("form", ["json", "sarif", "github", "text"])
def test_every_format_names_the_rule_and_the_line(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policy.json").write_text(WRONG)
    run(["check", "--policies", str(tmp_path), "--format", form])
    written = capsys.readouterr().out
    assert "ORG210" in written
    if form == "json":
        (one,) = json.loads(written)["findings"]
        assert (3, 45) == (one["line"], one["column"])
    if form == "text":
        assert "did you mean `s3:ListBucket`?" in written
        assert "policy.json:3:45" in written


def test_the_summary_counts_policies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "policy.json").write_text(WRONG)
    run(["check", "--policies", str(tmp_path)])
    assert "1 error in 1 policy" in capsys.readouterr().err


def test_every_rule_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["explain", "ORG212"])
    assert "s3:GetObject" in capsys.readouterr().out


def test_the_kinds_of_the_command_are_those_of_the_lint() -> None:
    assert KINDS == tuple(Kind)


def test_our_own_policies_give_no_finding() -> None:
    linted = lint_path(ROOT / "scps")
    assert (True, []) == (linted.documents > 10, [(str(one.span), one.rule, one.message) for one in linted.findings])


def test_the_policies_that_accounts_yaml_asks_for_are_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scps" / "scp").mkdir(parents=True)
    (tmp_path / "scps" / "scp" / "deny-others.yaml").write_text(
        "name: deny-others\nkind: scp\ntitle: Only two services\ndescription: As pasted.\nstatements:\n"
        '  - {Effect: Deny, NotAction: ["s3:*", "ec2:*"], Resource: "*"}\n'
    )
    (tmp_path / "accounts.yaml").write_text(
        "version: 1\norganization:\n  management: {name: acme, email: aws@acme.example}\n  home_region: eu-west-1\n"
        "  regions: [eu-west-1]\npolicies: [deny-others]\norganizational_units: {Prod: {}}\n"
    )
    assert 1 == run(["check", str(tmp_path / "accounts.yaml"), "--format", "json"])
    (one,) = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["rule"] == "ORG251"]
    assert (6, True) == (one["line"], one["message"].startswith("policy `deny-others"))
