"""Mistakes that people paste: each gives its finding, at its place, with what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.model.finding import Severity
from org.model.organization import Organization
from org.policy.lint import Around, Kind, lint_path
from org.policy.lint.rules.region_deny import GLOBAL
from org.policy.parse import parse
from tests.policy.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from org.model.finding import Finding

MALFORMED_ACTION = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3>ListBucket"],
      "Resource": ["arn:aws:s3:::acme-logs/*"]
    }
  ]
}
"""
BOTH_ARNS = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:ListBucket"],
      "Resource": ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"]
    }
  ]
}
"""
READ_WRITE = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"]}
  ]
}
"""
BARE_PRINCIPAL = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "arn:aws:iam::111122223333:User/jdoe",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::acme-logs/*"
    }
  ]
}
"""
FRAGMENT = """"Effect": "Allow",
"Principal": {"AWS": "arn:aws:iam::111122223333:user/jdoe"},
>Action": "s3:ListBucket",
"Resource": "arn:aws:s3:::acme-logs"
"""
DENY_NOT_ACTION = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "OnlyStorageAndCompute",
      "Effect": "Deny",
      "NotAction": ["s3:*", "ec2:*"],
      "Resource": "*"
    }
  ]
}
"""
REGIONS = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Action": "*",
      "Resource": "*",
      "Condition": {
        "StringNotEquals": {
          "aws:RequestedRegion": ["us-east-1", "eu-west-1"]
        }
      }
    }
  ]
}
"""
CANNED_ACL = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Action": "s3:CreateBucket",
      "Resource": "*",
      "Condition": {
        "StringNotEquals": {"s3:x-amz-object-ownership": "bucket-owner-full-control"},
        "Null": {"s3:x-amz-object-ownership": "false"}
      }
    }
  ]
}
"""
PRESIGN = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::acme-logs/*",
      "Condition": {"NumericGreaterThan": {"s3:signatureAge": 3600}}
    }
  ]
}
"""
GITHUB = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
      "Action": "sts:AssumeRoleWithWebIdentity"
    }
  ]
}
"""
MISTAKES = {
    "a malformed action": (MALFORMED_ACTION, "ORG210", 6, 34, "did you mean `s3:ListBucket`?"),
    "two kinds of resources": (BOTH_ARNS, "ORG213", 6, 34, "split the statement"),
    "reading and writing": (READ_WRITE, "ORG215", 4, 35, "`s3:PutObject`"),
    "a bare principal": (BARE_PRINCIPAL, "ORG240", 6, 20, 'write {"AWS": '),
    "an ARN's type in upper case": (BARE_PRINCIPAL, "ORG233", 6, 20, "`user`"),
    "a fragment": (FRAGMENT, "ORG200", 1, 1, 'wrap it: `{"Version"'),
    "a broken key": (FRAGMENT, "ORG200", 3, 1, "double quotes"),
    "everything but two services denied": (DENY_NOT_ACTION, "ORG251", 7, 7, '"aws:PrincipalArn"'),
    "global services denied": (REGIONS, "ORG250", 10, 11, "NotAction"),
    "a canned ACL as object ownership": (CANNED_ACL, "ORG229", 9, 58, "`BucketOwnerEnforced`"),
    "an age in seconds": (PRESIGN, "ORG229", 8, 63, "`3600000`"),
    "a trust without a subject": (GITHUB, "ORG244", 6, 34, "repo:acme/shop"),
}


def found(text: str, folder: Path, kind: Kind | None = None, around: Around | None = None) -> list[Finding]:
    (folder / "policy.json").write_text(text, encoding="utf-8")
    return list(lint_path(folder / "policy.json", kind, around).findings)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gives_its_finding_at_its_place_with_what_to_write(name: str, tmp_path: Path) -> None:
    text, rule, line, column, advice = MISTAKES[name]
    findings = found(text, tmp_path)
    placed = [(one.rule, one.span.line, one.span.column) for one in findings if one.span]
    assert (rule, line, column) in placed, findings
    helps = [one.help for one in findings if one.rule == rule]
    assert any(advice in help_ for help_ in helps), helps


def test_a_mistake_gives_no_other_finding(tmp_path: Path) -> None:
    rules = {name: {rule for _, (text, rule, *_) in MISTAKES.items() if text == MISTAKES[name][0]} for name in MISTAKES}
    given = {name: {one.rule for one in found(MISTAKES[name][0], tmp_path)} for name in MISTAKES}
    assert rules == given


def test_a_region_deny_without_the_pipeline_s_roles_names_them_where_they_are_known(tmp_path: Path) -> None:
    around = Around(organization=Organization(), reads=frozenset({"s3:ListAllMyBuckets"}))
    told = [one for one in found(REGIONS, tmp_path, None, around) if one.rule == "ORG252"]
    assert ["org-baseline-plan", "org-break-glass"] == [
        role
        for role in ("org-baseline-plan", "org-baseline-apply", "org-break-glass")
        if f"`{role}`" in told[0].message
    ]


def test_the_services_that_a_region_deny_must_spare_are_those_of_our_own_template() -> None:
    template = parse((ROOT / "scps" / "scp" / "restrict-regions.yaml").read_bytes(), "restrict-regions.yaml").value
    spared = {one for one in template["statements"][0]["NotAction"] if isinstance(one, str)}
    assert set() == {f"{name}:*" for name in GLOBAL} - spared


@pytest.mark.parametrize(("region", "rules"), [("eu-west-1", ["ORG254"]), ("eu-west-2", [])])
def test_a_deny_under_the_same_condition_takes_all_of_an_allow(region: str, rules: list[str], tmp_path: Path) -> None:
    allow, deny = (
        f'{{"Effect": "{effect}", "Action": "ec2:RunInstances", "Resource": "*", '
        f'"Condition": {{"StringEquals": {{"aws:RequestedRegion": "{where}"}}}}}}'
        for effect, where in (("Allow", "eu-west-1"), ("Deny", region))
    )
    text = f'{{"Version": "2012-10-17", "Statement": [{allow}, {deny}]}}'
    assert rules == [one.rule for one in found(text, tmp_path)]


GUARDS = {
    '"Action": ["iam:CreateRole", "iam:UpdateAssumeRolePolicy"], "Resource": "arn:aws:iam::*:role/ad*"': True,
    '"Action": "*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a"}}': True,
    '"Action": "iam:CreateRole", "Resource": "arn:aws:iam::*:role/admin"': False,
    '"Action": "iam:*", "Resource": "arn:aws:iam::*:role/other"': False,
    '"Action": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}': False,
    '"Action": "iam:*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}': False,
}


@pytest.mark.parametrize("guard", GUARDS)
def test_an_exempted_role_is_protected_by_a_deny_for_everyone_else_in_another_file(guard: str, tmp_path: Path) -> None:
    exempting = (
        '"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*", '
        '"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}'
    )
    for name, body in (("one.json", exempting), ("two.json", f'"Effect": "Deny", {guard}')):
        (tmp_path / name).write_text(f'{{"Version": "2012-10-17", "Statement": [{{{body}}}]}}')
    told = {(one.span.file.rpartition("/")[2], one.rule) for one in lint_path(tmp_path).findings if one.span}
    assert GUARDS[guard] is (("one.json", "ORG253") not in told)


def test_an_arn_with_the_wrong_sign_behind_its_type_is_written_again(tmp_path: Path) -> None:
    body = '"Effect": "Deny", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:*:*:function/shop"'
    (one,) = found(f'{{"Version": "2012-10-17", "Statement": [{{{body}}}]}}', tmp_path)
    assert ("ORG233", "write `arn:aws:lambda:*:*:function:shop`") == (one.rule, one.help)


def test_an_allow_that_a_deny_covers_never_allows(tmp_path: Path) -> None:
    text = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}, '
        '{"Effect": "Deny", "Action": "ec2:Run*", "Resource": "*"}]}'
    )
    assert [("ORG254", Severity.WARNING)] == [(one.rule, one.severity) for one in found(text, tmp_path)]
