"""`org render roles`, as somebody runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from org import cli

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNTS = """\
version: 1
organization:
  management: {name: acme, email: aws@acme.example, id: "999988887777"}
  home_region: eu-west-1
  regions: [eu-west-1]
  trusted_services: [guardduty.amazonaws.com]
accounts: []
"""


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORG_ACCOUNTS", raising=False)


def test_every_role_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.OK == cli.run(["render", "roles"])
    lines = capsys.readouterr().out.splitlines()
    assert ["ROLE", "ACTIONS", "CHARACTERS", "WHAT", "IT", "IS"] == lines[0].split()
    (line,) = [line for line in lines if line.startswith("s3-read-only ")]
    assert line.endswith("Reads the objects of one bucket")


def test_one_role_is_shown_as_documents(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--role", "third-party", "--with", "principal=arn:aws:iam::444455556666:root", "--with", "external_id=a=b"]
    assert cli.OK == cli.run(["render", "roles", *words])
    text = capsys.readouterr().out
    assert text.startswith("third-party: The trust in a vendor, with an external id\n\ntrust (")
    assert {"StringEquals": {"sts:ExternalId": "a=b"}} == json.loads(text.partition("):\n")[2])["Statement"][0][
        "Condition"
    ]


def test_what_accounts_yaml_says_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    words = [
        "--role",
        "pipeline-apply",
        "--with",
        "subjects=repo:a/b:environment:c",
        "--with",
        "organization_id=o-exampleorgid",
    ]
    assert cli.OK == cli.run(["render", "roles", *words, "--format", "json"])
    (role,) = json.loads(capsys.readouterr().out)["roles"]
    assert ([], "999988887777") == (role["examples"], role["values"]["management"])
    services = [one for one in role["documents"]["permissions"]["Statement"] if one["Sid"] == "TrustServices"]
    assert ["guardduty.amazonaws.com"] == services[0]["Condition"]["StringEquals"]["organizations:ServicePrincipal"]


def test_examples_are_named_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.OK == cli.run(["render", "roles", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    by_name = {role["name"]: role for role in told["roles"]}
    assert (1, ["principal", "external_id"]) == (told["version"], by_name["third-party"]["examples"])


def test_an_example_never_stands_in_a_role_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.FAILED == cli.run(["render", "roles", "--role", "third-party"])
    captured = capsys.readouterr()
    assert "" == captured.out
    assert "`third-party` needs the parameter `external_id`" in captured.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["roles", "--role", "s3-read"], "no role `s3-read`; did you mean `s3-read-only`?"),
        (["roles", "--role", "third-party", "--with", "external_id"], "`external_id` is not of the form name=value"),
        (["--role", "third-party"], "--role and --with belong to `org render roles`"),
        (["roles", "--with", "a=b"], "--with belongs to --role"),
        (["roles", "--out", "there"], "--out belongs to --role"),
    ],
)
def test_wrong_words_are_a_mistake_in_the_usage(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.USAGE == cli.run(["render", *words])
    assert message in capsys.readouterr().err


def test_a_role_of_one_s_own_stands_beside_the_accounts_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    folder = tmp_path / "scps" / "role"
    folder.mkdir(parents=True)
    trust = "{Sid: A, Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: [sts:AssumeRole, s3:*]}"
    (folder / "mine.yaml").write_text(f"name: mine\nkind: role\ntitle: Mine\ndescription: Own.\ntrust: [{trust}]\n")
    assert cli.FAILED == cli.run(["render", "roles", "--role", "mine"])
    assert "error[ORG190]: the trust of `mine`: action `s3:*` is not in the list" in capsys.readouterr().err


def test_a_file_that_is_never_read_as_a_role_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    (tmp_path / "scps" / "role" / "folder.yaml").mkdir(parents=True)
    (tmp_path / "scps" / "role" / "mine.yml").write_text("name: mine")
    assert cli.FAILED == cli.run(["render", "roles"])
    said = capsys.readouterr().err
    assert "error[ORG102]: `mine.yml` does not end in .yaml\n --> scps/role/mine.yml" in said
    assert "error[ORG100]: `folder.yaml` is not a file\n --> scps/role/folder.yaml" in said


def test_a_role_beside_the_accounts_file_takes_the_place_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    folder = tmp_path / "scps" / "role"
    folder.mkdir(parents=True)
    trust = "{Sid: A, Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}"
    (folder / "third-party.yaml").write_text(
        f"name: third-party\nkind: role\ntitle: Ours\ndescription: Own.\ntrust: [{trust}]\n"
    )
    assert cli.OK == cli.run(["render", "roles", "--role", "third-party"])
    assert capsys.readouterr().out.startswith("third-party: Ours\n")


def test_a_role_of_one_s_own_is_linted_at_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    folder = tmp_path / "scps" / "role"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(
        "name: mine\nkind: role\ntitle: Mine\ndescription: Own.\nallow: [s3:GetObjekt]\npermissions:\n"
        "  - {Sid: A, Effect: Deny, Action: s3:PutObject, Resource: '*'}\n"
        "  - {Sid: B, Effect: Allow, Action: s3:GetObjekt, Resource: 'arn:aws:s3:::a/*'}\n"
    )
    cli.run(["render", "roles", "--role", "mine"])
    said = capsys.readouterr().err
    assert "[ORG211]: unknown action `s3:GetObjekt`" in said
    assert "--> scps/role/mine.yaml:8:5" in said


def test_documents_are_written_to_files_unless_something_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["render", "roles", "--role", "third-party", "--with", "principal=arn:aws:iam::444455556666:root"]
    assert cli.FAILED == cli.run([*words, "--out", "there"])
    assert not (tmp_path / "there").exists()
    assert cli.OK == cli.run([*words, "--with", "external_id=ab", "--out", "there"])
    (file,) = (tmp_path / "there").iterdir()
    assert ("third-party.trust.json", "ab") == (
        file.name,
        json.loads(file.read_text())["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"],
    )
    assert capsys.readouterr()
