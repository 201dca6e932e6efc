"""`org controls`, as somebody runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from org import cli
from org.controls import controls

ROOT = Path(__file__).parents[2]
ACCOUNTS = """\
version: 1
organization:
  management: {name: acme, email: aws@acme.example}
  home_region: eu-west-1
  regions: [eu-west-1]
policies: [deny-root]
organizational_units: {Workloads: {}}
accounts:
  - {key: shop, name: acme-shop, ou: Workloads, email: aws+shop@acme.example}
"""


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.OK == cli.run(["controls", *words])
    return capsys.readouterr().out


def test_every_recommendation_has_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    text = ran(capsys)
    assert [] == [name for name in controls() if f"\n{name:<9}" not in f"\n{text}"]
    assert "         prevents  deny-root\n" in text


def test_every_recommendation_has_a_line_in_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ran(capsys, "--format", "markdown").splitlines()
    assert [*controls()] == [line.split(" | ")[0][2:] for line in lines if line.startswith("| ")][2:]


def test_every_recommendation_is_in_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(ran(capsys, "--format", "json"))
    assert (1, [*controls()]) == (told["version"], [one["id"] for one in told["controls"]])
    by_id = {one["id"]: one for one in told["controls"]}
    assert ["deny-root"] == by_id["ORG-09"]["prevents"]
    assert "central-root-access" in by_id["ORG-09"]["corrects"]


def test_what_holds_where(capsys: pytest.CaptureFixture[str]) -> None:
    text = ran(capsys, "--for", "accounts.yaml")
    assert "Workloads (1 account): 3 of 72 recommendations hold\n" in text
    assert "  ORG-09   `deny-root` at /\n" in text


def test_what_holds_where_in_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    text = ran(capsys, "--for", "accounts.yaml", "--format", "markdown")
    assert (
        "## Workloads: 3 of 72 recommendations hold\n\nAccounts: `shop`.\n\n| id | holds by |\n| --- | --- |\n" in text
    )
    assert "\n| ORG-09 | `deny-root` at / |\n" in text


def test_what_holds_where_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(ran(capsys, "--for", "accounts.yaml", "--format", "json"))
    (unit,) = [one for one in told["units"] if one["name"] == "Workloads"]
    assert (1, 72, 3, ["shop"]) == (told["version"], told["recommendations"], unit["holds"], unit["accounts"])
    assert {"control": "ORG-09", "by": ["`deny-root` at /"], "part": "", "missing": {}} in unit["held"]


def test_an_accounts_file_with_mistakes_is_not_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS.replace("deny-root", "deny-rot"))
    assert cli.FAILED == cli.run(["controls", "--for", "accounts.yaml"])
    captured = capsys.readouterr()
    assert ("", True) == (captured.out, "`deny-rot`" in captured.err)
