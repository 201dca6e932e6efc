"""The corpus: what is in it, what is not, and what happens to a damaged one."""

from __future__ import annotations

import gzip
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from org.access.document import document
from org.errors import BadInput, OrgError
from org.model.request import Layer
from org.replay import building, corpus
from org.replay.keys import ALWAYS, PERSONAL, Keys, plus, read_by, usual
from tests.replay.trail import IDENTITIES, USER, built, deny, event, log, read

CANARY = "canary"


def secretive() -> dict[str, Any]:
    """An event with a canary wherever a secret or a person may be."""
    identity = {
        **IDENTITIES["role"],
        "sessionContext": {**IDENTITIES["role"]["sessionContext"], "sourceIdentity": "canary-identity"},
    }
    parameters = {
        "instancesSet": {"items": [{"imageId": "ami-0aaaaaaaaaaaaaaaa", "minCount": 1}]},
        "userData": "canary-user-data",
        "clientToken": "canary-token",
        "instanceType": "t3.micro",
        "iamInstanceProfile": {"name": "web"},
        "tagSpecificationSet": {
            "items": [{"resourceType": "instance", "tags": [{"key": "team", "value": "canary-value"}]}]
        },
        "description": "canary-description",
    }
    return event(
        "ec2",
        "RunInstances",
        userIdentity=identity,
        requestParameters=parameters,
        responseElements={"credentials": {"sessionToken": "canary-session-token"}},
        additionalEventData={"x-amz-id-2": "canary-id"},
        userAgent="canary-agent",
        sourceIPAddress="203.0.113.77",
        errorMessage="canary-message",
        errorCode="Client.DryRunOperation",
    )


def test_no_secret_and_no_person_is_in_a_corpus(tmp_path: Path) -> None:
    role = "arn:aws:iam::111122223333:role/l"
    secrets: list[tuple[str, str, dict[str, Any]]] = [
        ("lambda", "CreateFunction20150331", {"functionName": "f", "role": role, "environment": {"KEY": "canary-env"}}),
        ("sts", "AssumeRole", {"roleArn": role, "roleSessionName": "canary-session", "externalId": "canary-external"}),
        ("iam", "CreateLoginProfile", {"userName": "ada", "password": "canary-password"}),
        ("ssm", "PutParameter", {"name": "/p", "value": "canary-value", "description": CANARY}),
    ]
    made = [secretive(), *(event(source, name, requestParameters=told) for source, name, told in secrets)]
    content, _ = built(tmp_path, log(tmp_path / "log.json", made))
    assert len(content.splitlines()) > len(made)
    shown = content.decode().lower()
    assert [] == [word for word in (CANARY, "203.0.113.77", "ada@acme.example", "akia", "asia") if word in shown]


def test_a_key_of_a_person_is_kept_where_a_policy_reads_it(tmp_path: Path) -> None:
    scp = document(Layer.SCP, "x", {"Statement": deny("*", StringLike={"aws:UserAgent": "*bot*"})})
    content, _ = built(tmp_path, log(tmp_path / "log.json", [secretive()]), keys=read_by([scp]))
    header, line = content.splitlines()[:2]
    assert json.loads(header)["keys"] == ["aws:useragent"]
    assert json.loads(line)["context"] == {"aws:useragent": "canary-agent"}


def test_policies_read_keys_in_conditions_and_in_variables() -> None:
    statement = deny(
        "s3:*",
        "arn:aws:s3:::b/${aws:userid}/*",
        StringNotEquals={"aws:ResourceOrgID": "${aws:PrincipalOrgID}", "aws:PrincipalTag/Team": "${saml:sub, 'x'}${*}"},
    )
    assert read_by([document(Layer.SCP, "x", {"Version": "2012-10-17", "Statement": statement})]) == Keys(
        frozenset(("aws:principaltag/team", "aws:userid", "saml:sub"))
    )


def test_what_is_kept_without_a_policy_tells_nothing_of_persons() -> None:
    assert not usual().names & (PERSONAL | ALWAYS)
    assert plus(usual(), ["AWS:SourceIp", "aws:PrincipalArn"]).names - usual().names == {"aws:sourceip"}


def test_the_first_line_says_what_the_rest_is(tmp_path: Path) -> None:
    made = [event(), event(errorCode="AccessDenied"), event(eventType="AwsServiceEvent"), {"not": "an event"}]
    content, _ = built(tmp_path, log(tmp_path / "log.json", made))
    header = json.loads(content.splitlines()[0])
    assert {key: header[key] for key in ("format", "version", "events", "skipped", "damaged")} == {
        "format": "org-replay-corpus",
        "version": 1,
        "events": 3,
        "skipped": {"already_denied": 1, "no_api_call": 1},
        "damaged": 1,
    }


def test_gzip_adds_neither_name_nor_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = read(tmp_path, [event()]).path.read_bytes()
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.0)
    (tmp_path / "corpus.gz").rename(tmp_path / "other.gz")
    corpus.merge([tmp_path / "other.gz"], tmp_path / "third.gz")
    assert one == (tmp_path / "third.gz").read_bytes()


def test_a_corpus_is_read_as_it_was_written(tmp_path: Path) -> None:
    [call] = read(tmp_path, [event()]).calls()
    assert (call.principal, call.action, call.count, call.first) == (
        USER, "s3:ListAllMyBuckets", 1, "2026-11-02T09:30:00Z",
    )  # fmt: skip
    assert call.context["aws:requestedregion"] == "eu-west-1"


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\xff", b"[1]", b'{"format": "org-replay-corpus"}', b"\x1f\x8bx", gzip.compress(b"x", mtime=0)[:9]],
)
def test_what_is_no_corpus_is_a_finding(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "corpus.gz"
    path.write_bytes(content)
    with pytest.raises(BadInput) as failure:
        corpus.opened(path)
    assert [one.rule for one in failure.value.findings] == ["ORG603"]


def test_a_corpus_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        corpus.opened(tmp_path / "none.gz")


def test_a_corpus_of_another_version_is_refused(tmp_path: Path) -> None:
    content, _ = built(tmp_path, log(tmp_path / "log.json", [event()]))
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(content.replace(b'"version":1', b'"version":2'))
    with pytest.raises(BadInput, match="no corpus of version 1"):
        corpus.opened(path)


BAD_LINES = [
    b"",
    b"{}",
    b"[]",
    b"\xff\xfe",
    b'{"action":"s3:GetObject"}',
    b'{"action":5}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("bad", BAD_LINES)
def test_a_damaged_line_costs_itself_and_is_told_with_its_place(tmp_path: Path, bad: bytes) -> None:
    content, _ = built(tmp_path, log(tmp_path / "log.json", [event(), event("sqs", "ListQueues")]))
    first, one, two = content.splitlines()
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(b"\n".join([first, one, bad, two]) + b"\n")
    found = corpus.opened(path)
    assert len(list(found.calls())) == 2
    assert [str(finding.span) for finding in found.findings] == [f"{path}:3:1"]


@pytest.mark.parametrize("change", [b'"count":0', b'"count":-1', b'"count":"x"'])
def test_a_line_with_a_count_that_is_none_is_damaged(tmp_path: Path, change: bytes) -> None:
    content, _ = built(tmp_path, log(tmp_path / "log.json", [event()]))
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(content.replace(b'"count":1', change))
    found = corpus.opened(path)
    assert (list(found.calls()), len(found.findings)) == ([], 1)


def test_a_corpus_that_is_cut_short_gives_what_is_there(tmp_path: Path) -> None:
    made = [event("s3", "GetObject", requestParameters={"bucketName": "b", "key": f"{n}"}) for n in range(2000)]
    whole = read(tmp_path, made).path.read_bytes()
    path = tmp_path / "cut.gz"
    path.write_bytes(whole[: len(whole) // 2])
    found = corpus.opened(path)
    assert 0 < len(list(found.calls())) < 2000
    assert len(found.findings) >= 1


def test_corpora_that_keep_other_keys_are_not_added_up(tmp_path: Path) -> None:
    one = read(tmp_path / "one", [event()], usual())
    two = read(tmp_path / "two", [event()], plus(usual(), ["aws:useragent"]))
    with pytest.raises(BadInput) as failure:
        corpus.merge([one.path, two.path], tmp_path / "sum.gz")
    assert [finding.rule for finding in failure.value.findings] == ["ORG605"]
    assert not (tmp_path / "sum.gz").exists()


def test_a_corpus_that_cannot_be_finished_is_not_there(tmp_path: Path) -> None:
    def entries() -> Any:
        yield b"{}", (1, "a", "b", "c")
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        corpus.write(tmp_path / "corpus.gz", usual(), corpus.Totals(), entries())
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_takes_the_place_of_no_device(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    made = read(tmp_path / "made", [event()])
    with pytest.raises(OrgError, match="is no ordinary file"):
        corpus.merge([made.path], pipe)
    with pytest.raises(OrgError, match="is no ordinary file"):
        building.build([str(tmp_path / "made" / "log.json")], pipe, usual())
    assert pipe.is_fifo()
    assert not (tmp_path / "pipe.work").exists()
