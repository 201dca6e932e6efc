"""`org check --policies FILE --judge aws`, with the sandbox in the place of AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from org.aws.access_analyzer import TYPES
from org.cli import run
from org.cli._judge import JUDGES
from org.model.finding import Finding, Severity, Span
from org.policy.lint import Kind, lint_path
from org.policy.lint.rules import outside_judge
from org.sandbox.faults import Fault
from tests.policy.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from org.sandbox.serve import Sandbox

    Judged = Callable[..., tuple[int, list[dict[str, Any]], str]]

CLEAN = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}\n'
EMPTY_SID = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*", "Sid": ""}
  ]
}
"""
AS_YAML = """\
# the same in YAML
Statement:
  - Effect: Deny
    Action: s3:DeleteBucket
    Resource: "*"
    Sid: ""
Version: "2012-10-17"
"""
ASKED = "accessanalyzer", "ValidatePolicy"


@pytest.fixture
def judged(sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Judged:
    """Writes a policy, asks about it, and gives the exit code, the findings of ORG290, and what stderr says."""
    assert sandbox.url

    def asked(text: str, *options: str, name: str = "policy.json") -> tuple[int, list[dict[str, Any]], str]:
        (tmp_path / name).write_text(text, encoding="utf-8")
        code = run(["check", "--policies", str(tmp_path / name), "--format", "json", *options])
        out, err = capsys.readouterr()
        return code, [one for one in json.loads(out or '{"findings": []}')["findings"] if one["rule"] == "ORG290"], err

    return asked


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [("policy.json", EMPTY_SID, (4, 77)), ("policy.json", "\ufeff" + EMPTY_SID, (4, 77)), ("p.yaml", AS_YAML, (6, 10))],
)
def test_what_aws_says_stands_at_its_line_and_column(
    name: str, text: str, place: tuple[int, int], judged: Judged
) -> None:
    _, (one,), _ = judged(text, "--judge", "aws", name=name)
    assert place == (one["line"], one["column"])
    assert "`EMPTY_SID_VALUE` in AWS's words: Add a value to the empty string in the Sid element" == one["message"]
    assert "note" == one["severity"]
    assert one["help"].endswith("#access-analyzer-reference-policy-checks-suggestion-empty-sid-value")


def test_a_clean_document_is_asked_about_and_shows_nothing_more(judged: Judged, sandbox: Sandbox) -> None:
    assert (0, []) == judged(CLEAN, "--judge", "aws")[:2]
    assert 1 == sandbox.recorder.counts()[ASKED]


def test_without_a_judge_aws_is_not_asked(judged: Judged, sandbox: Sandbox) -> None:
    assert [] == judged(EMPTY_SID)[1]
    assert 0 == len(sandbox.recorder)


def test_every_page_is_read(judged: Judged, sandbox: Sandbox) -> None:
    many = {"Statement": [{"Sid": "", "Effect": "Deny", "Action": "s3:*", "Resource": "*"} for _ in range(130)]}
    _, found, _ = judged(json.dumps(many, indent=1), "--judge", "aws")
    assert (131, 2) == (len(found), sandbox.recorder.counts()[ASKED])


def test_the_documents_of_a_role_are_asked_about_too(sandbox: Sandbox) -> None:
    roles = ROOT / "scps" / "role"
    assert 0 == run(["check", "--policies", str(roles), "--judge", "aws"])
    assert 10 < lint_path(roles).documents <= sandbox.recorder.counts()[ASKED]


def test_a_file_that_is_no_policy_is_not_sent(judged: Judged, sandbox: Sandbox) -> None:
    assert (1, []) == judged("{", "--judge", "aws")[:2]
    assert ASKED not in sandbox.recorder.counts()


def test_a_refusal_is_one_clear_error(judged: Judged, sandbox: Sandbox) -> None:
    message = "User is not authorized to perform: access-analyzer:ValidatePolicy"
    sandbox.faults.add(Fault("accessanalyzer:", code="AccessDeniedException", status=403, message=message))
    code, found, err = judged(CLEAN, "--judge", "aws")
    assert (1, []) == (code, found)
    assert [f"error: ValidatePolicy in 111111111111: AccessDeniedException: {message}"] == err.splitlines()


def test_no_credentials_is_one_clear_error(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    code, _, err = judged(CLEAN, "--judge", "aws")
    assert (1, 1) == (code, len(err.splitlines()))
    assert "no AWS credentials found" in err


@pytest.mark.parametrize("words", [["--judge", "aws"], ["--policies", ".", "--judge", "oracle"]])
def test_a_judge_without_policies_and_one_that_nobody_knows_are_bad_usage(words: list[str]) -> None:
    assert 64 == run(["check", *words])


def test_every_kind_of_document_has_a_type_of_aws() -> None:
    from org.sandbox.app import input_shape

    assert set(Kind) == set(TYPES)
    members = input_shape("accessanalyzer", "ValidatePolicy").members
    assert [] == [value for asked in TYPES.values() for name, value in asked.items() if value not in members[name].enum]
    assert ("aws",) == JUDGES


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("ERROR", Severity.ERROR),
        ("SECURITY_WARNING", Severity.WARNING),
        ("WARNING", Severity.WARNING),
        ("SUGGESTION", Severity.NOTE),
        ("VERDICT", Severity.WARNING),
    ],
)
def test_each_type_of_finding_has_its_severity(kind: str, severity: Severity, tmp_path: Path) -> None:
    assert severity == told(tmp_path, findingType=kind).severity


@pytest.mark.parametrize(
    ("locations", "place"),
    [
        ([], (1, 1, 1, 2)),
        ([{"path": [], "span": {}}], (1, 1, 1, 2)),
        ([{"path": [{"value": "Statement"}, {"index": 0}, {"key": "Sid"}], "span": {}}], (4, 70, 4, 75)),
        ([{"path": [{"value": "Statement"}, {"index": 0}, {"value": "Nothing"}], "span": {}}], (4, 5, 4, 80)),
        ([{"path": [{"value": "Version"}, {"substring": {"start": 1, "length": 2}}], "span": {}}], (2, 14, 2, 26)),
    ],
)
def test_a_path_leads_to_its_node_or_the_nearest_above(
    locations: list[Any], place: tuple[int, ...], tmp_path: Path
) -> None:
    span = told(tmp_path, locations=locations).span
    assert Span(str(tmp_path / "policy.json"), *place) == span


def test_what_aws_says_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    message = told(tmp_path, findingDetails="Bad\n \x1b[31mred.").message
    assert "`CODE` in AWS's words: Bad \\x1b[31mred" == message


def told(folder: Path, **said: Any) -> Finding:
    (folder / "policy.json").write_text(EMPTY_SID, encoding="utf-8")
    (document,) = lint_path(folder / "policy.json").read
    whole = {"findingDetails": "It is so.", "findingType": "ERROR", "issueCode": "CODE", "learnMoreLink": "https://x"}
    return outside_judge.told(document, whole | {"locations": []} | said, as_written=False)
