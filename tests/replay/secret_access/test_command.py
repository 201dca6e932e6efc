"""`org report secret-access`, as somebody runs it."""

from __future__ import annotations

import gzip
import io
import json
import sys
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from org import cli
from org.report.plan_markdown import NO_WIDTH
from tests.replay.secret_access.logged import (
    ARN,
    OURS,
    REGION,
    ROLE,
    THEIRS,
    batch,
    decrypt,
    event,
    moved,
    read,
    refusal,
    role,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from org.sandbox.serve import Sandbox

CANARY = "canary-4f9d1c-value"
ACCOUNTS = f"""\
version: 1
organization:
  management: {{name: acme, email: aws@acme.example, id: "{OURS}"}}
  home_region: {REGION}
  regions: [{REGION}]
accounts: []
"""
ANN = role("AWSReservedSSO_Admin_0123456789abcdef", session="ann@acme.example", path="aws-reserved/sso.amazonaws.com/")
STORY = [
    read(),
    decrypt(),
    read("shop/db", eventTime="2026-11-12T08:00:00Z"),
    read(userIdentity=role("rotate-shop")),
    moved(userIdentity=role("rotate-shop")),
    read(userIdentity=ANN, eventTime="2026-11-20T09:30:00Z", sourceIPAddress="203.0.113.9"),
    read(userIdentity=role("vendor", THEIRS), vpcEndpointId="vpce-1", vpcEndpointAccountId=THEIRS),
    refusal(userIdentity=ANN, eventTime="2026-11-20T09:29:00Z"),
    batch("shop/api", userIdentity={"type": "AWSService", "invokedBy": "rds.amazonaws.com"}),
]
TOLD = f"""\
2 secrets read by 5 readers, 5 reads, 1 foreign-account, 1 foreign-endpoint, 4 first-time, 1 denied (of 9 events)

to look at:
  first-time: rds.amazonaws.com reads it for the first time: shop/api in 111122223333 eu-west-1
  first-time: {ANN["sessionContext"]["sessionIssuer"]["arn"]} (ann@acme.example) reads it for the first time: \
shop/db in 111122223333 eu-west-1
  first-time: arn:aws:iam::111122223333:role/rotate-shop reads it for the first time: shop/db in 111122223333 eu-west-1
  first-time: arn:aws:iam::999988887777:role/vendor reads it for the first time: shop/db in 111122223333 eu-west-1
  foreign-account: arn:aws:iam::999988887777:role/vendor is in an account outside the organization: shop/db in \
111122223333 eu-west-1
  foreign-endpoint: arn:aws:iam::999988887777:role/vendor comes through a VPC endpoint of an account outside the \
organization: shop/db in 111122223333 eu-west-1
  denied: {ANN["sessionContext"]["sessionIssuer"]["arn"]} (ann@acme.example) was refused: shop/db in 111122223333 \
eu-west-1

by secret:
  shop/api in 111122223333 eu-west-1: 0 reads by 1 reader
    rds.amazonaws.com [service]: 1 in batches, 2026-11-10T12:00:00Z
      from 198.51.100.7 (1)
  shop/db in 111122223333 eu-west-1: 5 reads by 4 readers
    {ARN}
    arn:aws:iam::111122223333:role/app: 2 reads, 2026-11-10T12:00:00Z to 2026-11-12T08:00:00Z
      from 198.51.100.7 (2)
    {ANN["sessionContext"]["sessionIssuer"]["arn"]} (ann@acme.example): 1 read, 2026-11-20T09:30:00Z
      from 203.0.113.9 (1)
    arn:aws:iam::111122223333:role/rotate-shop [rotation]: 1 read, 2026-11-10T12:00:00Z
      from 198.51.100.7 (1)
    arn:aws:iam::999988887777:role/vendor: 1 read, 2026-11-10T12:00:00Z
      from 198.51.100.7 through vpce-1 of 999988887777 (1)

by principal:
  arn:aws:iam::111122223333:role/app: 2 reads of 1 secret
    shop/db in 111122223333 eu-west-1: 2 reads, 2026-11-10T12:00:00Z to 2026-11-12T08:00:00Z
  {ANN["sessionContext"]["sessionIssuer"]["arn"]} (ann@acme.example): 1 read of 1 secret
    shop/db in 111122223333 eu-west-1: 1 read, 2026-11-20T09:30:00Z
  arn:aws:iam::111122223333:role/rotate-shop: 1 read of 1 secret
    shop/db in 111122223333 eu-west-1: 1 read, 2026-11-10T12:00:00Z
  arn:aws:iam::999988887777:role/vendor: 1 read of 1 secret
    shop/db in 111122223333 eu-west-1: 1 read, 2026-11-10T12:00:00Z
  rds.amazonaws.com: 0 reads of 1 secret
    shop/api in 111122223333 eu-west-1: 1 in batches, 2026-11-10T12:00:00Z

failed:
  {ANN["sessionContext"]["sessionIssuer"]["arn"]} (ann@acme.example) of shop/db in 111122223333 eu-west-1: \
1 AccessDenied, the last 2026-11-20T09:29:00Z
    from 198.51.100.7 (1)
"""


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORG_ACCOUNTS", raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """A function that runs the command; its exit code, standard output and standard error come back."""

    def ran(*words: str) -> tuple[int, str, str]:
        code = cli.run(["report", "secret-access", *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ran


def log(*events: dict[str, Any]) -> bytes:
    return json.dumps({"Records": list(events)}).encode()


def told(*words: str, run: Callable[..., tuple[int, str, str]]) -> dict[str, Any]:
    code, out, err = run(*words, "--format", "json")
    assert (cli.OK, "") == (code, err)
    content: dict[str, Any] = json.loads(out)
    return content


def test_the_text_says_all_of_it(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    (tmp_path / "before.json").write_bytes(log(read(eventTime="2026-10-01T00:00:00Z")))
    (tmp_path / "log.json").write_bytes(log(*STORY))
    (tmp_path / "known.json").write_text(json.dumps(told("before.json", run=run)))
    assert (cli.OK, TOLD, "") == run("log.json", "--known", "known.json")


def test_markdown_has_the_same_and_nothing_in_it_is_markup(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    hostile = "a|b`*_<img src=x>@team\n# c [x](y)\x1b[31m"
    (tmp_path / "log.json").write_bytes(log(*STORY, read(hostile), refusal(errorCode=hostile, secret=hostile)))
    code, out, _ = run("log.json", "--format", "markdown")
    assert cli.OK == code
    rows = [line.split(" | ") for line in out.splitlines() if line.startswith("| ")]
    assert [3, 6, 4, 5] == [*dict.fromkeys(map(len, rows))]
    assert not {"<", "`", "@", "\x1b", "*"} & set("".join(out.splitlines()[1:]).replace("> ", ""))
    assert r"a|b`*_<img src=x>@team\n# c [x](y)\x1b[31m in 111122223333 eu-west-1" in unescape(out).replace(
        NO_WIDTH, ""
    )
    assert "@team" not in unescape(out)


def test_nothing_reaches_a_terminal_raw(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    hostile = "x\x1b]0;title\x07\r\n\u202ey\ud7ff"
    identity = {**role(), "arn": hostile, "sessionContext": {"sourceIdentity": hostile}, "invokedBy": hostile}
    events = [read(hostile, userIdentity=identity, sourceIPAddress=hostile), refusal(errorCode=hostile)]
    (tmp_path / "log.json").write_bytes(log(*events))
    for form in ("text", "json", "markdown"):
        code, out, err = run("log.json", "--format", form)
        assert (cli.OK, []) == (code, [c for c in f"{out}{err}" if not c.isprintable() and c != "\n"])


def test_json_is_complete(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    (tmp_path / "log.json").write_bytes(log(*STORY))
    found = told("log.json", run=run)
    assert (1, "secret-access", 9, 0, True, False) == tuple(
        found[key] for key in ("version", "report", "events", "damaged", "accounts_known", "compared")
    )
    assert [("shop/api", 1, 0), ("shop/db", 4, 5)] == [
        (one["secret"], one["accesses"], one["reads"]) for one in found["secrets"]
    ]
    vendor = next(one for one in found["accesses"] if one["principal_account"] == THEIRS)
    assert ["foreign-account", "foreign-endpoint"] == vendor["flags"]
    assert [{"address": "198.51.100.7", "endpoint": "vpce-1", "endpoint_account": THEIRS, "count": 1}] == vendor[
        "sources"
    ]
    app = next(one for one in found["accesses"] if one["principal"] == ROLE)
    assert (2, 1, "direct", [ARN]) == (app["reads"], app["decrypts"], app["kind"], app["arns"])
    ann = next(one for one in found["principals"] if one["person"])
    assert (1, 1, "2026-11-20T09:30:00Z") == (ann["reads"], ann["denied"], ann["last"])


def test_logs_come_from_files_folders_and_standard_input(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "AWSLogs" / OURS / "CloudTrail"
    folder.mkdir(parents=True)
    (folder / "one.json.gz").write_bytes(gzip.compress(log(read())))
    (folder / "two.json").write_bytes(log(read()))
    (tmp_path / "CloudTrail-Digest_x.json").write_text("{}")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(log(read(), read()))))
    (found,) = told(".", "-", run=run)["accesses"]
    assert 4 == found["reads"]


def test_logs_come_from_a_bucket(
    sandbox: Sandbox, client: Callable[..., Any], run: Callable[..., tuple[int, str, str]]
) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="trail-of-acme")
    s3.put_object(Bucket="trail-of-acme", Key="AWSLogs/a.json.gz", Body=gzip.compress(log(read())))
    (found,) = told("s3://trail-of-acme/AWSLogs/", run=run)["accesses"]
    assert 1 == found["reads"]


def test_reads_come_from_a_corpus(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    (tmp_path / "log.json").write_bytes(log(read(), read(), read("shop/api"), refusal(), decrypt()))
    assert cli.OK == cli.run(["replay", "log.json", "--out", "corpus.gz"])
    code, out, err = run("--corpus", "corpus.gz", "--format", "json")
    found = json.loads(out)
    assert (cli.OK, [("shop/api", 1), ("shop/db", 2)]) == (
        code,
        [(one["secret"], one["reads"]) for one in found["secrets"]],
    )
    assert "a corpus has no refused reads" in err


def test_a_first_report_makes_the_next_one_know_its_readers(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    (tmp_path / "old.json").write_bytes(log(read(), read(userIdentity=ANN)))
    (tmp_path / "new.json").write_bytes(log(read(), read(userIdentity=ANN), read("shop/api")))
    (tmp_path / "known.json").write_text(json.dumps(told("old.json", run=run)))
    found = told("new.json", "--known", "known.json", run=run)
    assert (True, 1) == (found["compared"], found["flags"]["first-time"])
    assert ["shop/api"] == [one["secret"] for one in found["accesses"] if "first-time" in one["flags"]]


@pytest.mark.parametrize("since", ["2026-11-12", "2026-11-12T00:00:00Z"])
def test_since_a_day_who_read_before_is_known(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]], since: str
) -> None:
    (tmp_path / "log.json").write_bytes(log(*STORY))
    found = told("log.json", "--since", since, run=run)
    assert [("app", 1, []), ("ann@acme.example", 1, ["first-time", "denied"])] == [
        (one["person"] or one["principal"].rpartition("/")[2], one["reads"], one["flags"])
        for one in sorted(found["accesses"], key=lambda one: one["person"] or "")
    ]


@pytest.mark.parametrize(
    ("flag", "events", "code"),
    [
        ("foreign-account", [read(userIdentity=role(account=THEIRS))], cli.FAILED),
        ("foreign-account", [read()], cli.OK),
        ("foreign-secret", [read(ARN.replace(OURS, THEIRS))], cli.FAILED),
        ("denied", [refusal()], cli.FAILED),
        ("denied", [read(errorCode="ResourceNotFoundException")], cli.OK),
        ("first-time", [read()], cli.OK),
        ("around-secrets-manager", [decrypt(userIdentity=role())], cli.FAILED),
        ("damaged", [read(), {"eventVersion": "1"}], cli.FAILED),
        ("damaged", [read()], cli.OK),
    ],
)
def test_a_pipeline_fails_on_what_it_asks_for(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]], flag: str, events: list[dict[str, Any]], code: int
) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    (tmp_path / "log.json").write_bytes(log(*events))
    assert (code, cli.OK) == (run("log.json", "--fail-on", flag)[0], run("log.json")[0])


def test_what_cannot_be_known_is_said(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    (tmp_path / "log.json").write_bytes(log(read()))
    _, out, _ = run("log.json")
    assert "which accounts are foreign is not known" in out
    assert "who reads for the first time is not known" in out


def test_accounts_without_an_id_are_named(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    more = ACCOUNTS.replace("accounts: []", "accounts: [{key: new, name: new, email: new@acme.example, ou: /}]")
    (tmp_path / "accounts.yaml").write_text(more)
    (tmp_path / "log.json").write_bytes(log(read()))
    _, _, err = run("log.json")
    assert "1 account of accounts.yaml without an id would look foreign: new" in err


def test_damage_is_a_finding_and_the_rest_is_told(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    (tmp_path / "bad.gz").write_bytes(gzip.compress(log(*STORY))[:-20])
    (tmp_path / "good.json").write_bytes(log(read(), read(requestParameters=5)))
    code, out, err = run("bad.gz", "good.json", "absent.json")
    assert (cli.OK, True) == (code, "shop/db in 111122223333 eu-west-1" in out)
    for said in ("gzip", "holds an event that has parameters that are no mapping", "absent.json` cannot be read"):
        assert said in err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], cli.USAGE, "name logs, or a corpus with --corpus"),
        (["a", "--corpus", "b"], cli.USAGE, "name logs, or a corpus with --corpus"),
        (["absent"], cli.FAILED, "error[ORG602]: there are no logs of calls here"),
        (["log.json", "--since", "yesterday"], cli.USAGE, "'yesterday' does not match the formats"),
        (["log.json", "--known", "absent"], cli.USAGE, "'absent' does not exist"),
        (["log.json", "--accounts", "absent"], cli.FAILED, "absent"),
        (["--corpus", "log.json"], cli.FAILED, "error[ORG603]"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]], words: list[str], code: int, message: str
) -> None:
    (tmp_path / "log.json").write_bytes(log(read()))
    found, out, err = run(*words)
    assert (code, "") == (found, out)
    assert message in err


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("{", "`known.json` is no JSON: expecting property name"),
        ("\xff", "is no JSON"),
        ("[]", "is no report about the access to secrets"),
        ("{}", "is no report about the access to secrets"),
        ('{"report": "secret-access", "version": 2}', "is of version 2, and this program knows 1"),
        ('{"report": "secret-access", "version": 1}', "has no list `accesses`"),
        ('{"report": "secret-access", "version": 1, "accesses": [{}, 5]}', "has an entry 2 of `accesses`"),
        ('{"report": "secret-access", "version": 1, "accesses": [{"first": 5}]}', "has an entry 1 of `accesses`"),
        ("[" * 100_000, "is no JSON"),
        ("1" * 5_000, "is no JSON"),
    ],
)
def test_a_file_that_is_no_report_is_a_finding(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]], content: str, what: str
) -> None:
    (tmp_path / "log.json").write_bytes(log(read()))
    (tmp_path / "known.json").write_text(content, encoding="latin-1" if content == "\xff" else "utf-8")
    code, out, err = run("log.json", "--known", "known.json")
    assert (cli.FAILED, "") == (code, out)
    assert "error[ORG606]" in err
    assert what in err


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_no_value_of_a_secret_comes_out_even_where_a_log_has_one(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]], form: str
) -> None:
    """CloudTrail never logs one; whatever else writes events may."""
    leaks = {"responseElements": {"secretString": CANARY}, "additionalEventData": {"value": CANARY}}
    parameters = {"secretId": ARN, "secretString": CANARY, "clientRequestToken": CANARY}
    odd = event("GetSecretValue", {"secretId": {"value": CANARY}}, **leaks)
    events = [event("GetSecretValue", parameters, userAgent=CANARY, **leaks), odd, decrypt(**leaks), refusal(**leaks)]
    (tmp_path / "log.json").write_bytes(log(*events))
    _, out, err = run("log.json", "--format", form)
    assert (True, False) == ("shop/db" in out, CANARY in f"{out}{err}")
