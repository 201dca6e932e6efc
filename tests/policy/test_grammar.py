"""The grammar of SCPs and RCPs: each rule of AWS's syntax pages, one case a line."""

from __future__ import annotations

from typing import Any

import pytest

from org.model.policy import PolicyType
from org.policy.grammar import mistakes

SCP, RCP = PolicyType.SERVICE_CONTROL_POLICY, PolicyType.RESOURCE_CONTROL_POLICY
GOOD = {
    SCP: {"Sid": "A1", "Effect": "Deny", "Action": "s3:*", "Resource": "*"},
    RCP: {"Sid": "A1", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
}
GONE = object()


def told(kind: PolicyType, **changes: Any) -> list[str]:
    """What is said of a good statement with some elements changed."""
    statement = {key: value for key, value in {**GOOD[kind], **changes}.items() if value is not GONE}
    return [mistake.message for mistake in mistakes(kind, {"Version": "2012-10-17", "Statement": [statement]})]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (SCP, {}),
        (RCP, {}),
        (SCP, {"Effect": "Allow"}),
        (SCP, {"Action": "*"}),
        (SCP, {"Action": ["s3:Get*", "ec2:*Instances", "s3:?etObject"]}),
        (SCP, {"Action": GONE, "NotAction": "iam:*"}),
        (SCP, {"Resource": GONE, "NotResource": ["arn:aws:s3:::a", "arn:aws:iam::*:role/b"]}),
        (SCP, {"Sid": GONE}),
        (SCP, {"Condition": {"ForAllValues:StringNotLikeIfExists": {"aws:TagKeys": ["a"]}}}),
        (SCP, {"Condition": {"Null": {"aws:RequestTag/Cost Center": "true"}}}),
        (SCP, {"Condition": {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": 30}}}),
        (RCP, {"Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:a/*"}}}),
        (RCP, {"Action": ["s3:Get*", "sts:AssumeRole"], "Condition": {"Bool": {"aws:SecureTransport": False}}}),
    ],
)
def test_a_good_statement_is_left_alone(kind: PolicyType, changes: dict[str, Any]) -> None:
    assert told(kind, **changes) == []


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (SCP, {"Principal": "*"}, "`Principal` in an SCP, which has no such element"),
        (SCP, {"NotPrincipal": "*"}, "`NotPrincipal` in an SCP, which has no such element"),
        (RCP, {"NotPrincipal": "*"}, "`NotPrincipal` in an RCP, which has no such element"),
        (RCP, {"Action": GONE, "NotAction": "s3:*"}, "`NotAction` in an RCP, which has no such element"),
        (RCP, {"Principal": {"AWS": "*"}}, 'Principal must be `"*"` in an RCP; name principals in a Condition'),
        (RCP, {"Effect": "Allow"}, "Effect `Allow`; an RCP takes Deny"),
        (RCP, {"Action": "*"}, "action `*` in an RCP, which must name a service"),
        (RCP, {"Action": "*:Get*"}, "action `*:Get*` in an RCP, which must name a service"),
        (SCP, {"Effect": "deny"}, "Effect `deny`; an SCP takes Allow or Deny"),
        (SCP, {"Actions": "s3:*"}, "unknown element `Actions`"),
        (SCP, {"Action": GONE}, "Action or NotAction must be there"),
        (SCP, {"Resource": GONE}, "Resource or NotResource must be there"),
        (SCP, {"NotAction": "iam:*"}, "Action and NotAction in one statement"),
        (SCP, {"Action": []}, "`Action` is empty"),
        (SCP, {"Action": "s3>ListBucket"}, "action `s3>ListBucket` is not of the form service:Action"),
        (SCP, {"Action": [7]}, "action `7` is not of the form service:Action"),
        (SCP, {"Resource": "my-bucket"}, "resource `my-bucket` is neither `*` nor an ARN"),
        (SCP, {"Resource": "arn:aws:s3"}, "resource `arn:aws:s3` is neither `*` nor an ARN"),
        (SCP, {"Sid": "no-hyphens"}, "Sid `no-hyphens` has more than letters and digits"),
        (SCP, {"Condition": []}, "Condition is a mapping of operators"),
        (SCP, {"Condition": {"StringIs": {"aws:a": "b"}}}, "unknown condition operator `StringIs`"),
        (SCP, {"Condition": {"NullIfExists": {"aws:a": "b"}}}, "unknown condition operator `NullIfExists`"),
        (SCP, {"Condition": {"Bool": {}}}, "`Bool` has no condition key"),
        (SCP, {"Condition": {"Bool": {"secure": "b"}}}, "`secure` is not a condition key"),
        (
            SCP,
            {"Condition": {"ArnLike": {"aws:PrincipalArn": []}}},
            "`aws:PrincipalArn` under `ArnLike` needs one or more texts, numbers or switches",
        ),
        (
            SCP,
            {"Condition": {"Bool": {"aws:a": {"b": 1}}}},
            "`aws:a` under `Bool` needs one or more texts, numbers or switches",
        ),
    ],
)
def test_a_mistake_is_told(kind: PolicyType, changes: dict[str, Any], expected: str) -> None:
    assert expected in told(kind, **changes)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"Statement": [GOOD[SCP]]}, "Version `None`; it must be `2012-10-17`"),
        ({"Version": "2008-10-17", "Statement": [GOOD[SCP]]}, "Version `2008-10-17`; it must be `2012-10-17`"),
        ({"Version": "2012-10-17", "Id": "x", "Statement": [GOOD[SCP]]}, "`Id` beside Version and Statement"),
        ({"Version": "2012-10-17", "Statement": []}, "no statement is left"),
        ({"Version": "2012-10-17", "Statement": ["x"]}, "a statement is a mapping"),
        ({"Version": "2012-10-17", "Statement": [GOOD[SCP], GOOD[SCP]]}, "Sid `A1` is there twice"),
    ],
)
def test_a_mistake_of_the_document_is_told(document: dict[str, Any], expected: str) -> None:
    assert [mistake.message for mistake in mistakes(SCP, document)] == [expected]
