"""`org render`, as somebody runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from org import cli
from tests.policy.conftest import TEMPLATE

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNTS = """\
version: 1
organization:
  management: {name: acme, email: aws@acme.example}
  home_region: eu-west-1
  regions: [eu-west-1, eu-central-1]
policies:
  - deny-root
organizational_units:
  Workloads:
    units:
      Prod: {policies: [{use: restrict-regions, with: {regions: [eu-west-1]}}]}
accounts: []
"""


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    file = tmp_path / "accounts.yaml"
    file.write_text(ACCOUNTS)
    return file


def test_a_policy_is_a_line_with_its_size_and_targets(accounts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["render", str(accounts)]) == cli.OK
    heads, root, prod = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert heads == ["POLICY", "TYPE", "CHARACTERS", "TARGETS"]
    assert root == ["deny-root", "SCP", "206", "of", "10,240", "ou:/"]
    assert (prod[0], prod[-1]) == ("restrict-regions@Workloads/Prod", "ou:Workloads/Prod")


def test_json_has_every_document(accounts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["render", "--accounts", str(accounts), "--format", "json"]) == cli.OK
    answer = json.loads(capsys.readouterr().out)
    assert answer["version"] == 1
    assert [(policy["name"], policy["targets"]) for policy in answer["policies"]] == [
        ("deny-root", ["ou:/"]),
        ("restrict-regions@Workloads/Prod", ["ou:Workloads/Prod"]),
    ]
    assert answer["policies"][0]["document"]["Statement"][0]["Sid"] == "DenyRootUser"


def test_the_quota_shown_is_the_one_declared(accounts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quota = "  policy_quotas: {SERVICE_CONTROL_POLICY: {characters: 5120}}\npolicies:\n"
    accounts.write_text(ACCOUNTS.replace("policies:\n", quota, 1))
    assert cli.run(["render", str(accounts)]) == cli.OK
    assert "206 of 5,120" in capsys.readouterr().out
    assert cli.run(["render", str(accounts), "--format", "json"]) == cli.OK
    assert {5_120} == {policy["quota"] for policy in json.loads(capsys.readouterr().out)["policies"]}


@pytest.mark.parametrize("pretty", [False, True])
def test_the_files_are_what_aws_gets(
    accounts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], pretty: bool
) -> None:
    out = tmp_path / "out"
    assert cli.run(["render", str(accounts), "--out", str(out), *(["--pretty"] if pretty else [])]) == cli.OK
    files = {file.name: file.read_text() for file in (out / "SERVICE_CONTROL_POLICY").iterdir()}
    assert sorted(files) == ["deny-root.json", "restrict-regions@Workloads%2FProd.json"]
    assert ("\n" in files["deny-root.json"]) == pretty
    capsys.readouterr()
    cli.run(["render", str(accounts), "--format", "json"])
    policies = json.loads(capsys.readouterr().out)["policies"]
    assert [json.loads(files[name]) for name in sorted(files)] == [policy["document"] for policy in policies]


def test_a_template_beside_the_accounts_file_is_found_and_wins(
    accounts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = accounts.parent / "scps" / "scp" / "deny-root.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(TEMPLATE.format(name="deny-root"))
    assert cli.run(["render", str(accounts), "--format", "json"]) == cli.OK
    shown = capsys.readouterr()
    assert json.loads(shown.out)["policies"][0]["description"] == "A guardrail"
    assert "note[ORG106]: template `deny-root` takes the place of the one that comes with org" in shown.err


def test_a_broken_template_stops_the_command_with_its_place(accounts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = accounts.parent / "scps" / "scp" / "mine.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(TEMPLATE.format(name="mine").replace("Effect: Deny", "Effect: {$param: roles}"))
    assert cli.run(["render", str(accounts)]) == cli.FAILED
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "error[ORG105]: `$param` as `Effect`" in shown.err
    assert "mine.yaml:13:13" in shown.err


def test_a_folder_that_cannot_be_written_is_said_in_one_line(
    accounts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (accounts.parent / "out").mkdir()
    (accounts.parent / "out" / "SERVICE_CONTROL_POLICY").write_text("in the way")
    assert cli.run(["render", str(accounts), "--out", str(accounts.parent / "out")]) == cli.FAILED
    assert "Could not open file" in capsys.readouterr().err
