"""`org check`, `org schema` and `org explain`, as a shell sees them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from org.cli import run
from org.load.checks import rules

ROOT = Path(__file__).resolve().parents[2]
RIGHT = (ROOT / "accounts.yaml").read_text()
WRONG = RIGHT.replace("version: 1\n", "version: 3\n")
DOUBTFUL = RIGHT.replace("regions: [", "regions: [eu-west-99, ", 1)

Shown = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORG_ACCOUNTS", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "accounts.yaml").write_text(RIGHT)
    (tmp_path / "wrong.yaml").write_text(WRONG)
    (tmp_path / "doubtful.yaml").write_text(DOUBTFUL)
    return tmp_path


def test_a_right_file_gives_one_line_and_nothing_on_stdout(here: Path, capsys: Shown) -> None:
    assert 0 == run(["check"])
    shown = capsys.readouterr()
    assert "" == shown.out
    assert shown.err.startswith("accounts.yaml: no findings in ")
    assert 1 == shown.err.count("\n")


def test_a_wrong_file_is_told_on_stdout_and_counted_on_stderr(here: Path, capsys: Shown) -> None:
    assert 1 == run(["check", "wrong.yaml"])
    shown = capsys.readouterr()
    assert shown.out.startswith("error[ORG023]: ")
    assert shown.err.startswith("wrong.yaml: 1 error (")


@pytest.mark.parametrize("named", [["--accounts", "wrong.yaml"], []])
def test_the_file_can_be_named_by_an_option_or_by_the_environment(
    here: Path, named: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not named:
        monkeypatch.setenv("ORG_ACCOUNTS", "wrong.yaml")
    assert 1 == run(["check", *named])
    assert (64 if named else 0) == run(["check", "accounts.yaml", *named])


def test_a_warning_fails_only_when_strict(here: Path) -> None:
    assert [0, 1] == [run(["check", "doubtful.yaml"]), run(["check", "doubtful.yaml", "--strict"])]


@pytest.mark.parametrize("form", ["json", "sarif"])
@pytest.mark.parametrize("file", ["accounts.yaml", "wrong.yaml", "none.yaml", "."])
def test_machine_output_is_one_document_on_stdout_and_nothing_else(
    here: Path, form: str, file: str, capsys: Shown
) -> None:
    assert (0 if file == "accounts.yaml" else 1) == run(["check", file, "--format", form])
    shown = capsys.readouterr()
    assert json.loads(shown.out)
    assert "" == shown.err


def test_github_is_told_in_workflow_commands(here: Path, capsys: Shown) -> None:
    assert 1 == run(["check", "wrong.yaml", "--format", "github"])
    assert capsys.readouterr().out.startswith("::error file=wrong.yaml,line=")


def test_a_wrong_use_of_the_command_is_64(here: Path) -> None:
    assert 64 == run(["check", "--format", "xml"])


@pytest.mark.parametrize(("variable", "coloured"), [("FORCE_COLOR", True), ("NO_COLOR", False)])
def test_colour_follows_the_environment(
    here: Path, variable: str, coloured: bool, capsys: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(variable, "1")
    run(["check", "wrong.yaml"])
    assert coloured == ("\x1b[" in capsys.readouterr().out)


def test_checking_imports_neither_boto3_nor_jsonschema() -> None:
    code = "import sys; from org.cli import run; run(['check']); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set() == {"boto3", "botocore", "moto", "jsonschema", "ansible"} & set(done.stdout.split())


def test_the_schema_is_printed_as_it_is_checked_in(capsys: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert 0 == run(["schema"])
    assert (ROOT / "schema/accounts.schema.json").read_text() == capsys.readouterr().out


def test_the_schema_offers_the_units_and_policies_of_a_file(here: Path, capsys: Shown) -> None:
    assert 0 == run(["schema", "--with-ous", "accounts.yaml"])
    shape = json.loads(capsys.readouterr().out)
    assert "Workloads/Prod" in shape["definitions"]["account"]["properties"]["ou"]["enum"]
    assert "deny-root" in shape["definitions"]["policies"]["items"]["anyOf"][0]["enum"]


def test_a_file_with_errors_offers_nothing(here: Path, capsys: Shown) -> None:
    assert 1 == run(["schema", "--with-ous", "wrong.yaml"])
    assert ("", "error: wrong.yaml has errors; see `org check wrong.yaml`\n") == capsys.readouterr()


def test_the_schema_of_included_files_has_accounts_only(capsys: Shown) -> None:
    assert 0 == run(["schema", "--included"])
    assert {"version", "accounts"} == json.loads(capsys.readouterr().out)["properties"].keys()


def test_all_rules_are_listed(capsys: Shown) -> None:
    assert 0 == run(["explain"])
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert list(rules()) == listed[: len(rules())]
    assert sorted(set(listed)) == listed


@pytest.mark.parametrize("name", ["ORG035", "org035"])
def test_a_rule_is_explained(name: str, capsys: Shown) -> None:
    assert 0 == run(["explain", name])
    assert capsys.readouterr().out.startswith("ORG035 (error): an unknown organizational unit\n\n")


def test_a_rule_that_is_none_is_answered_with_a_near_one(capsys: Shown) -> None:
    assert 1 == run(["explain", "0RG035"])
    assert ("", "error: no rule `0RG035`; did you mean `ORG035`?\n") == capsys.readouterr()


def test_a_hostile_name_of_a_file_cannot_act_on_a_terminal(here: Path, capsys: Shown) -> None:
    name = "a\x1b[2J\n::error::b"
    assert 1 == run(["check", name])
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "\n::error" not in shown.out + shown.err
    assert not (here / name).exists()
