"""Calls that were really made are decided on both sides, and what would be denied is a danger."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from org.cli import run
from tests.review.conftest import ACCOUNTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.review.conftest import Repo

BASE = ACCOUNTS.replace("name: acme-payments,", 'name: acme-payments, id: "222222222222",')
TRAILS = BASE.replace("[deny-leave-organization]", "[deny-leave-organization, protect-cloudtrail]")


def event(name: str, role: str, source: str = "cloudtrail.amazonaws.com") -> dict[str, Any]:
    issuer = {"type": "Role", "arn": f"arn:aws:iam::222222222222:role/{role}", "accountId": "222222222222"}
    session = f"arn:aws:sts::222222222222:assumed-role/{role}/x"
    return {
        "eventVersion": "1.09",
        "eventType": "AwsApiCall",
        "eventID": f"{name}-{role}",
        "eventTime": "2026-11-20T10:00:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7",
        "recipientAccountId": "222222222222",
        "requestParameters": {"name": "main"},
        "userIdentity": {
            "type": "AssumedRole",
            "arn": session,
            "accountId": "222222222222",
            "sessionContext": {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}},
        },
    }


@pytest.fixture
def corpus(repo: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Three calls of three roles, as `org replay` condenses them; the head protects trails."""
    events = [event("StopLogging", "team/deployer"), event("StopLogging", "org-baseline-apply")]
    events += [event("DescribeInstances", "team/deployer", "ec2.amazonaws.com")]
    (tmp_path / "log.json").write_text(json.dumps({"Records": events}))
    assert 0 == run(["replay", "--out", str(tmp_path / "corpus.gz"), str(tmp_path / "log.json")])
    repo.commit({"accounts.yaml": BASE})
    repo.write({"accounts.yaml": TRAILS})
    capsys.readouterr()
    return tmp_path / "corpus.gz"


def found(capsys: pytest.CaptureFixture[str], corpus: Path, *options: str) -> Any:
    assert 0 == run(["review", "--base", "main", "--corpus", str(corpus), "--format", "json", *options])
    return json.loads(capsys.readouterr().out)


def test_what_was_done_and_would_be_denied_is_a_danger(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review = found(capsys, corpus)
    (group,) = review["replay"]["groups"]
    expected = ("newly_denied", "payments", "cloudtrail:StopLogging", 1, "allowed", "explicitly_denied")
    assert expected == tuple(group[key] for key in ("outcome", "account", "action", "count", "before", "after"))
    assert ["`ProtectCloudTrail` of `protect-cloudtrail`"] == group["statements"]
    assert 3 == review["replay"]["calls"]
    (danger,) = [one for one in review["dangers"] if one["trip"] == "denied"]
    assert ["payments"] == danger["accounts"]
    assert "role/team/deployer" in danger["message"]


def test_a_pipeline_can_fail_on_it(corpus: Path) -> None:
    options = ["review", "--base", "main", "--corpus", str(corpus), "--fail-on"]
    assert (1, 0) == (run([*options, "denied"]), run([*options, "depends"]))


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_read_who_did_what(corpus: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert 0 == run(["review", "--base", "main", "--corpus", str(corpus), "--format", form])
    out = capsys.readouterr().out
    assert "role/team/deployer` in `payments`: `cloudtrail:StopLogging`" in out
    assert "would be denied by `ProtectCloudTrail` of `protect-cloudtrail`" in out


def test_damaged_lines_are_counted(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = gzip.decompress(corpus.read_bytes())
    corpus.write_bytes(text + b"{nonsense\n")
    assert 1 == len(found(capsys, corpus)["replay"]["findings"])
    assert 0 == run(["review", "--base", "main", "--corpus", str(corpus)])
    assert "1 damaged line left out" in capsys.readouterr().out


def test_what_is_no_corpus_is_told(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write({"corpus.gz": "nonsense"})
    assert 1 == run(["review", "--base", "main", "--corpus", "corpus.gz"])
    assert "no corpus" in capsys.readouterr().err
