"""What a group has in common is told in the fewest words that say it."""

from __future__ import annotations

import pytest

from org.access.prove.encode import literal
from org.access.prove.words import named, sentence
from tests.access.prove.chains import TEAM, Statement, deny, found, rcps, scps
from tests.access.prove.test_keys import written_as

ROLE, BUCKET = "arn:aws:iam::*:role/", "arn:aws:s3:::"
REGION = "aws:RequestedRegion"


def joined(*conditions: Statement) -> Statement:
    made: Statement = {}
    for condition in conditions:
        for operator, keys in condition.items():
            made.setdefault(operator, {}).update(keys)
    return made


def region(operator: str, *values: str) -> Statement:
    return {operator: {REGION: list(values)}}


def vpc(operator: str, *values: str) -> Statement:
    return {operator: {"aws:SourceVpc": list(values)}}


CONDITIONS: dict[str, tuple[Statement, tuple[str, ...]]] = {
    "what follows from another test": (
        joined(region("StringEquals", "eu-west-1"), region("StringLike", "eu-*")),
        ("aws:RequestedRegion is eu-west-1",),
    ),
    "a value that another test rules out": (
        joined(region("StringEquals", "eu-west-1", "us-east-1"), region("StringNotLike", "us-*")),
        ("aws:RequestedRegion is eu-west-1",),
    ),
    "a value that could be absent": (
        joined(vpc("StringEqualsIfExists", "vpc-1", "vpc-2"), vpc("StringNotEquals", "vpc-2")),
        ("aws:SourceVpc is one of vpc-1, vpc-2 or is absent", "aws:SourceVpc is not vpc-2 or is absent"),
    ),
    "an exception that is elsewhere": (
        joined(region("StringLike", "eu-*"), region("StringNotEquals", "eu-west-1", "us-east-1")),
        ("aws:RequestedRegion is not eu-west-1", "aws:RequestedRegion is like eu-*"),
    ),
    "exceptions that are all elsewhere": (
        joined(region("StringLike", "eu-*"), region("StringNotEquals", "us-east-1", "us-west-1")),
        ("aws:RequestedRegion is like eu-*",),
    ),
    "a key that is there or not": (vpc("Null", "true", "false"), ("aws:SourceVpc is anything",)),
    "a key that is not there": (vpc("Null", "true"), ("aws:SourceVpc is absent",)),
    "a key that is there": (vpc("Null", "false"), ("aws:SourceVpc is present",)),
    "a key that may be absent": (vpc("StringEqualsIfExists", "vpc-1"), ("aws:SourceVpc is vpc-1 or is absent",)),
    "none of several": (
        vpc("StringNotEquals", "vpc-1", "vpc-2"),
        ("aws:SourceVpc is none of vpc-1, vpc-2 or is absent",),
    ),
    "a key of every request": (region("StringEqualsIfExists", "eu-west-1"), ("aws:RequestedRegion is eu-west-1",)),
    "every value of several": (
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
        ("every value of aws:TagKeys is one of a, b",),
    ),
    "some value of several": (
        {"ForAnyValue:StringNotLike": {"aws:TagKeys": "a*"}},
        ("some value of aws:TagKeys is not like a*",),
    ),
    "whatever the case": (
        {"StringEqualsIgnoreCase": {"aws:PrincipalTag/Team": "Blue"}},
        ("aws:PrincipalTag/team is, whatever the case, Blue",),
    ),
    "the empty text": ({"StringEquals": {"aws:PrincipalTag/team": ""}}, ("aws:PrincipalTag/team is (nothing)",)),
}
PRINCIPALS: dict[str, tuple[Statement, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "two lists that must both fit": (
        {"ArnLike": {"aws:PrincipalArn": f"{ROLE}a*"}, "StringLike": {"aws:PrincipalArn": f"{ROLE}*z"}},
        (f"{ROLE}a*",),
        (),
        (f"aws:PrincipalArn is like {ROLE}*z",),
    ),
    "an exception that is none": (
        {
            "ArnLike": {"aws:PrincipalArn": [f"{ROLE}a*", f"{ROLE}b"]},
            "ArnNotLike": {"aws:PrincipalArn": [f"{ROLE}ax", f"{ROLE}c*"]},
        },
        (f"{ROLE}a*", f"{ROLE}b"),
        (f"{ROLE}ax",),
        (),
    ),
    "a pattern that no ARN fits": (
        {
            "ArnLikeIfExists": {"aws:PrincipalArn": ["admin", f"{ROLE}a*"]},
            "ArnNotLike": {"aws:PrincipalArn": ["deploy", f"{ROLE}ax", f"{ROLE}c*"]},
        },
        ("admin", f"{ROLE}a*"),
        (f"{ROLE}ax",),
        (),
    ),
    "an exception twice": (
        {
            "ArnNotLike": {"aws:PrincipalArn": [f"{ROLE}b", f"{ROLE}c"]},
            "StringNotLike": {"aws:PrincipalArn": [f"{ROLE}a*", f"{ROLE}b"]},
        },
        ("*",),
        (f"{ROLE}b", f"{ROLE}c", f"{ROLE}a*"),
        (),
    ),
}
RESOURCES: dict[str, tuple[Statement, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "some": ({"Resource": [f"{BUCKET}a/*", f"{BUCKET}b/*"]}, (f"{BUCKET}a/*", f"{BUCKET}b/*"), (), ()),
    "all but some": (
        {"Resource": None, "NotResource": [f"{BUCKET}a/*", f"{BUCKET}b/*"]},
        ("*",),
        (f"{BUCKET}a/*", f"{BUCKET}b/*"),
        (),
    ),
    "some with a variable": ({"Resource": TEAM}, (TEAM,), (), ()),
    "all but some with a variable": ({"Resource": None, "NotResource": TEAM}, ("*",), (TEAM,), ()),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_are_told_in_few_words(name: str) -> None:
    condition, told = CONDITIONS[name]
    (one,) = found(scps([deny("s3:GetObject", condition)]), scps([]))
    assert told == one.conditions


@pytest.mark.parametrize("name", PRINCIPALS)
def test_principals_are_told_apart_from_those_excepted(name: str) -> None:
    condition, *told = PRINCIPALS[name]
    (one,) = found(scps([deny("s3:GetObject", condition)]), scps([]))
    assert told == [one.principals, one.except_principals, one.conditions]


@pytest.mark.parametrize("name", RESOURCES)
def test_resources_are_told_apart_from_those_excepted(name: str) -> None:
    elements, *told = RESOURCES[name]
    (one,) = found(scps([deny("s3:GetObject", **elements)]), scps([]))
    assert told == [one.resources, one.except_resources, one.conditions]


def test_what_needs_a_variable_without_a_value_is_told() -> None:
    (one,) = found(scps([deny("s3:GetObject")]), scps([deny("s3:GetObject", Resource=None, NotResource=TEAM)]))
    assert (f"the resource is like {TEAM} or needs a variable that has no value",) == one.conditions


def test_a_principal_without_an_arn_is_told_where_there_are_such() -> None:
    condition = {"ArnLikeIfExists": {"aws:PrincipalArn": f"{ROLE}a*"}}
    (member,) = found(scps([deny("s3:GetObject", condition)]), scps([]))
    assert ((f"{ROLE}a*",), ()) == (member.principals, member.conditions)
    (caller,) = found(rcps(deny("s3:GetObject", condition)), rcps())
    assert (("*",), (f"aws:PrincipalArn is like {ROLE}a* or is absent",)) == (caller.principals, caller.conditions)


@pytest.mark.parametrize(
    ("operator", "value", "true", "false"),
    [
        ("numericlessthan", "5", "is less than 5", "is not less than 5 or is absent"),
        ("numericgreaterthanequals", "5", "is at least 5", "is not at least 5 or is absent"),
        ("datelessthanequals", "2026-01-01", "is not after 2026-01-01", "is after 2026-01-01 or is absent"),
        ("dategreaterthan", "2026-01-01", "is after 2026-01-01", "is not after 2026-01-01 or is absent"),
        ("ipaddress", "10.0.0.0/8", "is in 10.0.0.0/8", "is not in 10.0.0.0/8 or is absent"),
        ("bool", "true", "is true", "is not true or is absent"),
        ("null", "maybe", "is impossible", "is anything"),
    ],
)
def test_a_test_that_fails_is_told_by_its_opposite(operator: str, value: str, true: str, false: str) -> None:
    atom, _ = literal(written_as((operator, "", False, [value])), variables=False)
    assert [f"the key {true}", f"the key {false}"] == [sentence((atom, sign)) for sign in (True, False)]


@pytest.mark.parametrize(
    ("slot", "told"),
    [
        ("aws:requestedregion", "aws:RequestedRegion"),
        ("aws:principaltag/team", "aws:PrincipalTag/team"),
        ("ec2:instancetype", "ec2:InstanceType"),
        ("new:key", "new:key"),
        ("resource", "the resource"),
    ],
)
def test_a_key_is_written_as_aws_writes_it(slot: str, told: str) -> None:
    assert told == named(slot)
