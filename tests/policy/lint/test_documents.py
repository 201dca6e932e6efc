"""What is read, and what it is taken for."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from org.model.finding import Severity
from org.policy.lint import Kind, lint_path
from org.policy.lint.reading import read_path

if TYPE_CHECKING:
    from pathlib import Path

FINE = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*"}}'
TRUST = '{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}'
BUCKET = '{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*"}'
DENIED = '{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}'
GRANTED = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
FORBIDDEN = '{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}'


@pytest.mark.parametrize(
    ("statement", "name", "kind"),
    [
        (TRUST, "role.json", Kind.TRUST),
        (BUCKET, "bucket.json", Kind.RESOURCE),
        (DENIED, "perimeter.json", Kind.RCP),
        (DENIED.replace("s3:*", "sns:Publish"), "topic.json", Kind.RESOURCE),
        (
            TRUST.replace("}}", "}").replace('sts:AssumeRole"}', 'sts:AssumeRole", "Resource": "*"}'),
            "key.json",
            Kind.RESOURCE,
        ),
        (GRANTED, "reader.json", Kind.IDENTITY),
        (GRANTED, "scps/base.json", Kind.SCP),
        (GRANTED, "service-control-policies/base.json", Kind.SCP),
        (FORBIDDEN, "guard.json", Kind.SCP),
        (FORBIDDEN, "my-rcp.json", Kind.RCP),
        (BUCKET, "rcp/bucket.json", Kind.RCP),
        (GRANTED, "transcript.json", Kind.IDENTITY),
    ],
)
def test_the_kind_is_told_from_what_a_document_says_and_where_it_stands(
    statement: str, name: str, kind: Kind, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
    assert [kind] == [document.kind for document in read_path(file, None, None).documents]


def test_a_policy_in_yaml_is_a_policy(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(
        "Version: 2012-10-17\nStatement:\n  - Effect: Deny\n    Action: ec2:StopInstance\n    Resource: '*'\n"
    )
    (one,) = lint_path(tmp_path / "policy.yaml").findings
    assert ("ORG211", 4, 13) == (one.rule, one.span and one.span.line, one.span and one.span.column)


def test_a_folder_is_walked_but_for_hidden_files_and_other_endings(tmp_path: Path) -> None:
    for name in ("a.json", "deep/er/b.yml", ".git/c.json", "d.txt"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(FINE)
    assert 2 == lint_path(tmp_path).documents


def test_a_file_that_is_no_policy_is_a_note_in_a_folder_and_an_error_alone(tmp_path: Path) -> None:
    file = tmp_path / "package.json"
    file.write_text('{"name": "shop", "private": true}')
    found = [lint_path(path).findings[0].severity for path in (tmp_path, file)]
    assert [Severity.NOTE, Severity.ERROR] == found


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[]", "ORG202"),
        ("{}", "ORG202"),
        ('{"Statement": []}', "ORG202"),
        ('{"Version": "2012-10-17", "Statement": [1]}', "ORG202"),
        ('{"Version": "2012-10-17", "Statements": [1]}', "ORG202"),
        ('{"Version": "2012-10-17", "Statement": [{}]}', "ORG204"),
        ('{"Version": "2012-10-17", "Statement": {"Effect": [], "Action": {}, "Resource": 1}}', "ORG204"),
        ('{"Version": 1, "Statement": {"Effect": "Deny", "Action": [], "Resource": [""]}}', "ORG203"),
        (
            '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": [{"AWS": 1}], "Condition": []}}',
            "ORG204",
        ),
        (
            '{"Version": "2012-10-17", "Statement": {"Sid": 5, "Condition": {"Bool": [], "x": {"y": [[1], {}]}}}}',
            "ORG220",
        ),
    ],
)
def test_odd_shapes_are_findings_and_never_a_traceback(text: str, rule: str, tmp_path: Path) -> None:
    for kind in (None, *Kind):
        (tmp_path / "policy.json").write_text(text)
        assert rule in {one.rule for one in lint_path(tmp_path / "policy.json", kind).findings}


ARNS = [f"arn:aws:s3:::acme-logs-{number:04}" for number in range(900)]


@pytest.mark.parametrize("kind", Kind)
def test_a_document_over_its_quota_is_too_long(kind: Kind, tmp_path: Path) -> None:
    statement = {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": ARNS}
    (tmp_path / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    found = {one.rule for one in lint_path(tmp_path / "policy.json", kind).findings}
    assert ("ORG207" in found) is True


def test_white_space_does_not_count_against_the_quota(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(FINE.replace(" ", " " * 3_000))
    assert () == lint_path(tmp_path / "policy.json").findings


STARS = ["s3:" + "*a" * 60 + str(number) for number in range(400)]
HOSTILE = {
    "ten megabytes": b'{"a": "' + b"x" * 10_000_000 + b'"}',
    "nesting": b"[" * 200_000,
    "nesting in yaml": b"a: " + b"[" * 100_000,
    "not utf-8": b'{"Version": "\xff"}',
    "a utf-16 file": FINE.encode("utf-16"),
    "nothing": b"",
    "zeros": b"\0" * 1_000,
    "wildcards": json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": STARS, "Resource": "*"}}
    ).encode(),
    "long arns": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Deny",
                "Action": ["s3:*", "iam:*", "ec2:*", "nothing:*"],
                "Resource": [f"arn:aws:{one}:*:*:" + "*/a?" * 400 + str(one) for one in ("s3", "iam", "ec2", "sts")],
            },
        }
    ).encode(),
    "many statements": json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "x:y", "Resource": "*"}] * 3_000}
    ).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_a_finding_within_two_seconds(name: str, tmp_path: Path) -> None:
    file = tmp_path / ("policy.yaml" if "yaml" in name else "policy.json")
    file.write_bytes(HOSTILE[name])
    begun = time.process_time()
    assert lint_path(file).findings
    assert time.process_time() - begun < 2


MANY: dict[str, dict[str, object]] = {
    "unknown actions": {"Action": [f"ec2:RunInstance{number}x" for number in range(900)], "Resource": "*"},
    "unknown services": {"Action": [f"e{number}c:RunInstance" for number in range(900)], "Resource": "*"},
    "unknown keys": {
        "Action": "ec2:*",
        "Resource": "*",
        "Condition": {"StringEquals": {f"ec2:InstanceTyp{number}": "x" for number in range(900)}},
    },
    "unknown operators": {
        "Action": "ec2:*",
        "Resource": "*",
        "Condition": {f"StringEquals{number}": {"a:b": "x"} for number in range(900)},
    },
    "unknown elements": {f"Effects{number}": "Deny" for number in range(1_500)},
    "wildcards in arns": {
        "Action": ["ec2:*", "sns:Nothing"],
        "Resource": [f"arn:aws:ec2:*:*:i*nst*ce/*{number}*" for number in range(900)],
    },
    "actions and arns": {
        "Action": ["ec2:*", "s3:Get*", "iam:*"] * 100,
        "Resource": [f"arn:aws:ec2:*:*:instance/{number}" for number in range(700)],
    },
}


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("name", MANY)
def test_many_mistakes_take_no_longer_than_a_few(name: str, effect: str, tmp_path: Path) -> None:
    statement = {"Effect": effect, **MANY[name]}
    (tmp_path / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    begun = time.process_time()
    assert lint_path(tmp_path / "policy.json").findings
    assert time.process_time() - begun < 3


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    assert ["ORG200"] == [one.rule for one in lint_path(tmp_path / "none.json").findings]


def test_a_folder_without_policies_is_a_finding(tmp_path: Path) -> None:
    assert ["ORG200"] == [one.rule for one in lint_path(tmp_path).findings]
