"""The formats of parameters: what each takes, and what it refuses."""

from __future__ import annotations

import jsonschema
import pytest

from org.policy.formats import FORMATS, with_pattern
from org.policy.parameters import problems

GOOD = {
    "account-id": ["111122223333", "012345678901"],
    "action": ["s3:GetObject", "execute-api:Invoke"],
    "arn": ["arn:aws:iam::111122223333:role/a", "arn:aws:s3:::bucket/a", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
    "bucket-prefix": ["log-", "acme.logs"],
    "cidr": ["203.0.113.0/24", "2001:db8::/32"],
    "instance-type": ["t3.micro", "p5.48xlarge", "u-6tb1.metal", "t3.*"],
    "organization-id": ["o-exampleorgid"],
    "ou-path": ["/", "Workloads", "Workloads/Prod", "Team A/Dev & Test"],
    "prefix": ["org-baseline-", "/org/logs/"],
    "region": ["eu-west-1", "us-gov-east-1", "ap-southeast-12"],
    "role-pattern": [
        "admin",
        "team/deployer",
        "aws-reserved/sso.amazonaws.com/*AWSReservedSSO_NetworkAdmin_*",
        "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_NetworkAdmin_*",
    ],
    "service": ["s3", "execute-api"],
    "tag-key": ["CostCenter", "dp:exclude:network", "cost center"],
}
BAD = {
    "account-id": ["11112222333", "1111222233334", "11112222333x"],
    "action": ["s3:*", "s3", "S3:GetObject", "s3:Get Object"],
    "arn": ["arn:aws:s3", "arn:aws:s3:::*", "bucket"],
    "bucket-prefix": ["*", "Log", "a/b", ""],
    "cidr": ["203.0.113.0", "203.0.113/24", "x/24"],
    "instance-type": ["*", "t3", "*.micro", "t3.mic*"],
    "organization-id": ["o-short", "r-exampleorgid", "o-EXAMPLEORGID"],
    "ou-path": ["", "/Workloads", "Workloads/", "a/b/c/d/e/f", "Prod*"],
    "prefix": ["", "*", "a b"],
    "region": ["eu-west", "Ireland", "eu-west-1a", "*"],
    "role-pattern": ["*", "admin*", "AWSReservedSSO_*", "aws-reserved/*", "/admin", "aws-reserved/sso.amazonaws.com/*"],
    "service": ["*", "S3", "s3:*"],
    "tag-key": ["", "*", "${aws:username}", "a" * 129],
}


def test_every_format_has_values_both_ways() -> None:
    assert sorted(FORMATS) == sorted(GOOD) == sorted(BAD)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_a_value_of_the_format_passes(name: str, value: str) -> None:
    schema = {"type": "string", "format": name}
    assert [] == list(problems(schema, value))
    assert jsonschema.Draft7Validator(with_pattern(schema)).is_valid(value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_another_value_is_told(name: str, value: str) -> None:
    schema = {"type": "string", "format": name}
    (told,) = problems(schema, value)
    assert told.endswith(f"which is not of the format {name}")
    assert not jsonschema.Draft7Validator(with_pattern(schema)).is_valid(value)


@pytest.mark.parametrize("pattern", FORMATS.values())
@pytest.mark.parametrize("hostile", ["*", "${aws:username}", "admin\n", '"},{"Effect":"Allow"', "@@assign"])
def test_no_format_takes_what_would_be_structure(pattern: str, hostile: str) -> None:
    schema = {"type": "string", "pattern": pattern}
    assert list(problems(schema, hostile))
