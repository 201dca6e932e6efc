"""Wildcards in place of lists of actions: only where asked for, and only where they match the same actions."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.access.actions import as_of, service
from org.model.finding import Span
from org.model.policy import Policy, PolicyType, PolicyUse, minified
from org.policy import wildcards
from org.policy.pack import pack, statements_of
from org.policy.wildcards import expanded, shortened, with_wildcards
from tests.load.complete import loaded, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.model.organization import Organization
    from org.policy import Library

SCP = PolicyType.SERVICE_CONTROL_POLICY
PREFIXES = ("cloudtrail", "ec2", "iam", "kms", "rds", "s3", "sts")


def names(prefix: str) -> list[str]:
    known = service(prefix)
    assert known
    return sorted(str(action) for action in known.actions.values())


def matched(patterns: tuple[str, ...], prefix: str) -> set[str]:
    """What the entries match, worked out apart from the product."""
    whole = "|".join(re.escape(pattern).replace(r"\*", ".*") for pattern in patterns)
    return {name for name in names(prefix) if re.fullmatch(whole, name, re.IGNORECASE)}


def scp(number: int, actions: list[str]) -> Policy:
    statement = {"Sid": "S", "Effect": "Deny", "Action": actions, "Resource": "*"}
    content = minified({"Version": "2012-10-17", "Statement": [statement]})
    return Policy(SCP, f"p{number}", content, targets=frozenset({"ou:/"}))


@given(data=st.data(), prefix=st.sampled_from(PREFIXES))
def test_any_list_matches_the_same_actions_when_it_is_short(data: st.DataObject, prefix: str) -> None:
    """Lists of what begins alike, less some: random picks alone would hardly ever give a wildcard."""
    every = names(prefix)
    starts = data.draw(st.lists(st.sampled_from(every).map(lambda name: name[: len(prefix) + 5]), max_size=4))
    without = data.draw(st.sets(st.sampled_from(every), max_size=3))
    more = data.draw(st.sets(st.sampled_from(every), max_size=5))
    chosen = {name for name in every if name.startswith(tuple(starts))} - without | more
    short = shortened(tuple(sorted(chosen)))
    assert chosen == matched(short, prefix)
    assert len(json.dumps(short)) <= len(json.dumps(sorted(chosen)))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_service_is_a_bare_star_only_where_all_of_it_is_listed(prefix: str) -> None:
    every = names(prefix)
    assert (f"{prefix}:*",) == shortened(tuple(every))
    assert f"{prefix}:*" not in shortened(tuple(every[1:]))


def test_a_wildcard_stands_after_whole_words() -> None:
    trails = ("cloudtrail:StartLogging", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail")
    assert tuple(sorted(trails)) == shortened(trails)
    keys = tuple(name for name in names("kms") if name.startswith("kms:ReEncrypt"))
    assert ("kms:ReEncrypt*",) == shortened(keys)
    for name in shortened(tuple(name for name in names("ec2") if not name.startswith("ec2:DescribeV"))):
        assert re.fullmatch(r"ec2:([A-Z][A-Za-z0-9]*)?\*?", name)
        assert name != "ec2:D*"


def test_entries_with_wildcards_and_unknown_ones_stay_as_they_are() -> None:
    actions = ("*", "ec2:Describe*", "kms:ReEncryptNever", "nowhere:Act", "s3:GetObject")
    assert actions == shortened(actions)


def test_a_list_stays_where_the_short_one_would_match_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wildcards, "_of_service", lambda _known, _listed: ["kms:*"])
    actions = ("kms:Decrypt", "kms:Encrypt", "kms:Verify")
    assert actions == shortened.__wrapped__(actions)
    assert expanded(["kms:Decrypt"]) == {"kms:decrypt"}


def test_only_the_actions_of_a_deny_are_shortened() -> None:
    keys = [name for name in names("kms") if name.startswith("kms:ReEncrypt")]
    statement = {"Effect": "Deny", "NotAction": keys, "Resource": keys}
    assert statement == with_wildcards(statement)
    allow = {"Effect": "Allow", "Action": keys, "Resource": "*"}
    assert allow == with_wildcards(allow)
    assert {"Effect": "Deny", "Action": "kms:ReEncrypt*"} == with_wildcards({"Effect": "Deny", "Action": keys})


def test_packed_documents_have_wildcards_only_where_asked_for() -> None:
    every = names("ec2")
    policies = [scp(number, every[100 * number : 100 * (number + 1)]) for number in range(7)]
    plain, short = pack(policies), pack(policies, action_wildcards=True)
    assert not any("*" in action for policy in plain for action in statements_of(policy)[0]["Action"])
    assert len(short) < len(plain)
    for packed in (plain, short):
        actions = [action for policy in packed for action in statements_of(policy)[0]["Action"]]
        assert set(every[:700]) == matched(tuple(actions), "ec2")


@pytest.fixture
def asked(shipped: Library, organization: Callable[..., Organization]) -> Callable[[bool], str]:
    def content(action_wildcards: bool) -> str:
        from org.policy import render

        use = PolicyUse("protect-account-settings", "ou:/", {}, None, Span("accounts.yaml"))
        (policy,) = render(replace(organization(use), action_wildcards=action_wildcards), shipped).policies
        return policy.content

    return content


def test_accounts_yaml_decides_and_it_is_off_unless_it_says_so(asked: Callable[[bool], str]) -> None:
    def actions(content: str) -> Any:
        return json.loads(content)["Statement"][0]["Action"]

    assert [] == [action for action in actions(asked(False)) if "*" in action]
    assert EXPECTED == actions(asked(True))
    for piece, expected in (("", False), ("  action_wildcards: true\n", True)):
        result = loaded(f"organization:\n{piece}").organization if piece else loaded("").organization
        assert result
        assert expected is result.action_wildcards


def test_what_is_risked_is_told_with_the_date_of_the_data() -> None:
    ((rule, place, message),) = told("organization:\n  action_wildcards: true\n")
    assert ("ORG061", "true") == (rule, place)
    assert f"as of {as_of()}" in message


EXPECTED = [
    "account:DeleteAlternateContact",
    "account:DisableRegion",
    "account:EnableRegion",
    "account:Put*",
    "account:StartPrimaryEmailUpdate",
]
"""Of the template's list `PutAccountName`, `PutAlternateContact` and `PutContactInformation` are all that begins so."""
