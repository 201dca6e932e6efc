"""`org replay`, as people and pipelines use it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from org import cli
from tests.replay.trail import ACCOUNT, event, log

ACCOUNTS = """
version: 1
organization:
  management: {{name: acme, email: aws@acme.example, id: "123456789012"}}
  home_region: eu-west-1
  regions: [eu-west-1]
  email_pattern: "aws+{{key}}@acme.example"
policies: [deny-leave-organization]
organizational_units:
  Prod: {{policies: {policies}}}
accounts:
  - {{key: payments, ou: Prod, owner: pay@acme.example, id: "{account}"}}
"""
REGIONS = "[{use: restrict-regions, with: {regions: [us-east-1]}}]"

Run = "Callable[..., tuple[int, str, str]]"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in a folder with logs, and an accounts file that a change restricts to another Region."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORG_ACCOUNTS", raising=False)
    Path("accounts.yaml").write_text(ACCOUNTS.format(policies=REGIONS, account=ACCOUNT))
    Path("before.yaml").write_text(ACCOUNTS.format(policies="[]", account=ACCOUNT))
    made = [
        event("ec2", "DescribeInstances", "role"),
        event("ec2", "DescribeInstances", "role"),
        event("sqs", "ListQueues"),
    ]
    log(Path("logs/one.json.gz"), [*made, event(errorCode="AccessDenied")])

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["replay", *arguments])
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return ran


def test_logs_become_a_corpus_and_the_numbers_are_told(run: Any) -> None:
    code, out, err = run("logs", "--out", "corpus.gz")
    assert (code, out) == (0, "")
    assert "wrote corpus.gz: 4 events of 1 file, 1 already denied (" in err


def test_a_change_that_denies_real_calls_is_told_by_account_principal_and_action(run: Any) -> None:
    run("logs", "--out", "corpus.gz")
    code, out, _ = run("--corpus", "corpus.gz", "--base", "before.yaml")
    assert code == 0
    assert out == (
        "NEWLY DENIED\n"
        f"  payments ({ACCOUNT})\n"
        "    role/team/deployer\n"
        "      ec2:DescribeInstances  2 calls, 2026-11-02T09:30:00Z\n"
        "        denied by `DenyOtherRegions` of SCP restrict-regions@Prod at ou:Prod\n"
        "        first: event 00000000-0000-4000-8000-000000000001 on *\n"
        "    user/ada\n"
        "      sqs:ListQueues  1 call, 2026-11-02T09:30:00Z\n"
        "        denied by `DenyOtherRegions` of SCP restrict-regions@Prod at ou:Prod\n"
        "        first: event 00000000-0000-4000-8000-000000000001 on *\n"
        "\n"
        "newly denied: 3 calls of 2 principals. 3 calls looked at, 100 % of them certain\n"
    )


def test_a_pipeline_may_fail_on_what_it_says(run: Any) -> None:
    run("logs", "--out", "corpus.gz")
    asked = ("--corpus", "corpus.gz", "--base", "before.yaml")
    assert run(*asked, "--fail-on", "denied")[0] == 1
    assert run(*asked, "--fail-on", "allowed", "--fail-on", "depends", "--fail-on", "damaged")[0] == 0
    turned = ("--corpus", "corpus.gz", "--base", "accounts.yaml", "--head", "before.yaml")
    assert run(*turned, "--fail-on", "allowed")[0] == 1
    assert run(*turned, "--fail-on", "denied")[0] == 0


def test_an_account_that_a_change_leaves_out_stays_in_the_organization(run: Any) -> None:
    run("logs", "--out", "corpus.gz")
    before = ACCOUNTS.format(policies=REGIONS, account=ACCOUNT)
    Path("before.yaml").write_text(before)
    Path("accounts.yaml").write_text(before.partition("accounts:")[0] + "accounts: []\n")
    code, out, _ = run("--corpus", "corpus.gz", "--base", "before.yaml")
    assert (code, out) == (0, "nothing changes for any call. 3 calls looked at, 100 % of them certain\n")
    Path("accounts.yaml").write_text(before.partition("organizational_units:")[0] + "accounts: []\n")
    assert run("--corpus", "corpus.gz", "--base", "before.yaml")[1] == out


def test_without_a_base_calls_that_would_be_denied_now_are_told(run: Any) -> None:
    code, out, err = run("logs", "--format", "json")
    found = json.loads(out)
    assert (code, found["version"], found["calls"], found["certain"]) == (0, 1, 3, 3)
    assert [(one["outcome"], one["key"], one["action"], one["count"]) for one in found["groups"]] == [
        ("denied", "payments", "ec2:DescribeInstances", 2),
        ("denied", "payments", "sqs:ListQueues", 1),
    ]
    assert found["groups"][0]["statements"][0]["attached"] == "ou:Prod"
    assert "4 events of 1 file" in err


def test_a_base_may_be_a_commit(run: Any, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@acme.example")
        subprocess.run(["git", *who, *arguments], check=True, cwd=tmp_path, capture_output=True)

    now = Path("accounts.yaml").read_text()
    Path("accounts.yaml").write_text(Path("before.yaml").read_text())
    git("init", "-q", "-b", "main")
    git("add", "accounts.yaml")
    git("commit", "-q", "-m", "before")
    Path("accounts.yaml").write_text(now)
    code, out, _ = run("logs", "--base", "main", "--format", "markdown")
    assert code == 0
    assert out.startswith("### org replay: newly denied&#58; 3 calls of 2 principals.")
    code, _, err = run("logs", "--base", "no-such-branch")
    assert (code, "no-such-branch" in err) == (1, True)


def test_corpora_are_added_up(run: Any) -> None:
    run("logs", "--out", "a.jsonl")
    run("logs", "--out", "b.jsonl")
    code, out, err = run("--merge", "a.jsonl", "b.jsonl", "--out", "sum.jsonl")
    assert (code, out, err) == (0, "", "wrote sum.jsonl: 8 events\n")
    counts = [json.loads(line)["count"] for line in Path("sum.jsonl").read_text().splitlines()[1:]]
    assert sorted(counts) == [2, 4]


def test_with_an_accounts_file_a_corpus_keeps_just_what_its_policies_read(run: Any) -> None:
    run("logs", "--out", "corpus.jsonl", "--accounts", "accounts.yaml", "--keep", "aws:SourceIp")
    header = json.loads(Path("corpus.jsonl").read_text().splitlines()[0])
    assert {"aws:requestedregion", "aws:sourceip"} <= set(header["keys"])
    assert "aws:viaawsservice" not in header["keys"]


def test_damage_is_told_and_counted_and_only_fails_a_run_that_asks(run: Any) -> None:
    Path("logs/two.json.gz").write_bytes(b"\x1f\x8bgarbage")
    code, out, err = run("logs", "--out", "corpus.gz", "--format", "json")
    found = json.loads(out)
    assert (code, found["damaged"], found["events"], found["files"]) == (0, 1, 4, 2)
    assert [(one["rule"], one["line"]) for one in found["findings"]] == [("ORG601", 1)]
    assert "warning[ORG601]" in err
    assert run("logs", "--out", "corpus.gz", "--fail-on", "damaged")[0] == 1
    assert run("--corpus", "corpus.gz", "--fail-on", "damaged")[0] == 1


def test_a_place_without_logs_is_an_error(run: Any) -> None:
    Path("empty").mkdir()
    code, _, err = run("empty", "--out", "corpus.gz")
    assert (code, "error[ORG602]: there are no logs of calls here" in err) == (1, True)
    assert not Path("corpus.gz").exists()


def test_what_is_hostile_reaches_no_terminal_and_no_comment(run: Any) -> None:
    user = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/x|<b>@everyone`*_[a](b)", "accountId": ACCOUNT}
    bad = "\x1b[31mred"
    parameters = {"bucketName": f"b{bad}", "key": "x"}
    log(Path("logs/one.json.gz"), [event("s3", "GetObject", userIdentity=user, requestParameters=parameters)])
    _, out, _ = run("logs")
    assert ("\x1b" in out, "user/x|<b>@everyone" in out) == (False, True)
    _, out, _ = run("logs", "--format", "markdown")
    assert [] == [mark for mark in ("\x1b", "<b>", "@everyone", "](b)") if mark in out]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "name logs, or a corpus"),
        (("logs", "--corpus", "c.gz"), "name logs, or a corpus"),
        (("--corpus", "c.gz", "--out", "d.gz"), "--out is for the corpus of logs"),
        (("logs", "--out", "c.gz", "--base", "x"), "decides nothing"),
        (("--merge", "a.gz"), "--merge needs"),
        (("--merge", "a.gz", "--out", "a.gz"), "is one of those to add up"),
        (("logs", "--processes", "0"), "--processes"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused(run: Any, arguments: tuple[str, ...], why: str) -> None:
    code, _, err = run(*arguments)
    assert (code, why in err) == (cli.USAGE, True)


def test_where_no_account_has_an_id_that_is_said(run: Any) -> None:
    text = Path("accounts.yaml").read_text().replace(f', id: "{ACCOUNT}"', "").replace(', id: "123456789012"', "")
    Path("accounts.yaml").write_text(text)
    code, out, err = run("logs")
    assert (code, "no account of the accounts file has an id" in err) == (0, True)
    assert "3 beyond all policies" in out
