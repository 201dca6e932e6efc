"""Sessions are shared by components as far as AWS takes what they need together, and never lack what one needs."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from org.reconcile.sessions import LONGEST_POLICY, session_policy, together

ACTIONS = st.lists(st.integers(0, 300).map(lambda number: f"ec2:DescribeThing{number:04}"), max_size=60)
NEEDS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), ACTIONS.map(tuple), max_size=12)


@given(NEEDS)
def test_a_session_may_do_what_each_component_in_it_needs_and_nothing_else(needs: dict[str, tuple[str, ...]]) -> None:
    shared = together(needs, ("account:ListRegions",))
    assert list(needs) == list(shared)
    for actions in set(shared.values()):
        members = [name for name in needs if shared[name] == actions]
        allowed = {"account:ListRegions", *(action for name in members for action in needs[name])}
        assert allowed == set(actions)
        policy = session_policy(actions)
        assert policy is None or len(policy) <= LONGEST_POLICY
        assert policy is not None or 1 == len(members)


def test_what_fits_into_one_policy_is_one_session() -> None:
    needs = {"a": ("iam:GetRole",), "b": ("ec2:DescribeVpcs",), "c": ("iam:GetRole",)}
    assert {("ec2:DescribeVpcs", "iam:GetRole")} == set(together(needs).values())
    policy = session_policy(together(needs)["a"])
    assert ["ec2:DescribeVpcs", "iam:GetRole"] == json.loads(policy or "")["Statement"][0]["Action"]


def test_what_does_not_fit_becomes_another_session() -> None:
    needs = {name: tuple(f"ec2:{name}{number:04}" for number in range(100)) for name in "abc"}
    assert 3 == len(set(together(needs).values()))
