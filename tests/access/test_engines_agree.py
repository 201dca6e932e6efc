"""The fast engine gives the decisions of the definition, reasons and all, on random policies and requests."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from org.access import evaluate
from org.access.compile_patterns import expression, resources_fit
from org.access.evaluate import compiled
from org.access.match import matches, plain, resource_matches
from org.access.memo import LONGEST, MOST, Memo, is_short
from org.access.requests import request
from org.access.scenario import Scenario
from org.access.spec import decide
from org.model.request import Answer, Principal
from tests.access.random_questions import PATHED, ROLE, SESSION, USER, A, B, asked, family, policies, question

if TYPE_CHECKING:
    from org.access.policies import Policies
    from org.model.request import Request

ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ALL, EC2 = {"Statement": ALLOW}, {"Statement": {**ALLOW, "Action": "ec2:*"}}
IF_A = {"Statement": {**ALLOW, "Effect": "Deny", "Resource": "arn:aws:s3:::a", "Condition": {"Bool": {"x:a": "true"}}}}
TO_PATHED = {"Statement": {**ALLOW, "Principal": {"AWS": PATHED}}}
TO_BOTH = {"Statement": {**ALLOW, "Principal": {"AWS": [ROLE, USER]}}}
GET = {"action": "s3:GetObject", "resource": "arn:aws:s3:::a"}
PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "how directly a principal is named": (
        {"permissions_boundary": EC2, "resource_policy": TO_BOTH},
        {"principal": USER},
        {"principal": SESSION},
    ),
    "the path of a role": (
        {"principal": SESSION, "resource_policy": TO_PATHED},
        {"context": {"aws:PrincipalArn": PATHED}},
        {},
    ),
    "the issuer": ({"principal": SESSION, "resource_policy": TO_PATHED}, {"issuer": PATHED}, {"issuer": ROLE}),
    "the account": ({"principal": USER, "identity_policies": [ALL]}, {"resource_account": A}, {"resource_account": B}),
    "what is not known": (
        {"principal": USER, "identity_policies": [ALL, IF_A]},
        {"unknown": ["x:a"]},
        {"resource": None, "context": {"x:a": "true"}},
    ),
}
TEXTS = st.text("ab*?:/\n", max_size=12)
SLICE, SWEEP, ASKED = 1_500, 50_000, 2


def disagreements(seeds: range) -> list[int]:
    """The seeds of policies to which both engines answer something else for one of a few requests."""
    found = []
    for seed in seeds:
        random = Random(seed)
        asked_of = policies(random)
        engine = compiled(asked_of)
        questions = [asked(random) for _ in range(ASKED)]
        if [decide(asked_of, one) for one in questions] != [engine.decide(one) for one in questions]:
            found.append(seed)
    return found


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_both_engines_give_one_decision(random: Random) -> None:
    asked_of, one = question(random)
    assert decide(asked_of, one) == compiled(asked_of).decide(one)


def test_both_engines_agree_on_a_slice_of_the_sweep() -> None:
    assert [] == disagreements(range(SLICE))


@pytest.mark.sweep
def test_both_engines_agree_on_100_000_questions() -> None:
    assert [] == disagreements(range(SWEEP))


def test_the_questions_get_every_answer_often_enough_to_mean_something() -> None:
    answers = [decide(*question(Random(seed))).answer for seed in range(600)]
    assert [] == [answer for answer in Answer if answers.count(answer) < 20]


def test_an_engine_s_answers_do_not_depend_on_what_it_was_asked_before() -> None:
    random = Random(7)
    for _ in range(200):
        asked_of = policies(random)
        questions = family(random, 15)
        engine = compiled(asked_of)
        first = [engine.decide(one) for one in questions]
        assert first == [engine.decide(one) for one in questions]
        assert first == [compiled(asked_of).decide(one) for one in questions]


@pytest.mark.parametrize("pair", PAIRS)
def test_an_engine_tells_two_requests_apart(pair: str) -> None:
    scenario, *lines = PAIRS[pair]
    asked_of, first, second = (
        Scenario(scenario).policies,
        *(Scenario(scenario).ask({**GET, **one})[1] for one in lines),
    )
    for questions in ((*first, *second), (*second, *first)):
        engine = compiled(asked_of)
        assert [decide(asked_of, one) for one in questions] == [engine.decide(one) for one in questions]
    assert decide(asked_of, first[0]) != decide(asked_of, second[0])


def test_reasons_stand_in_the_order_of_the_layers() -> None:
    deny = {"Statement": {**ALLOW, "Effect": "Deny"}}
    everywhere = {
        "identity_policies": [deny],
        "permissions_boundary": deny,
        "session_policies": [deny],
        "resource_policy": {"Statement": {**ALLOW, "Effect": "Deny", "Principal": "*"}},
        "scps": [[deny], [deny]],
        "rcps": [[{"Statement": {**ALLOW, "Effect": "Deny", "Principal": "*"}}]],
    }
    asked_of, (one,) = Scenario({"principal": SESSION, **everywhere}).ask(GET)
    expected = ["scp", "scp", "rcp", "identity", "resource", "boundary", "session"]
    assert decide(asked_of, one) == compiled(asked_of).decide(one)
    assert expected == [reason.layer for reason in decide(asked_of, one).decided_by]


def test_an_engine_that_keeps_nothing_gives_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("org.access.memo.Memo.keep", _keep_nothing)
    assert [] == disagreements(range(SLICE, SLICE + 300))


def _keep_nothing(memo: Memo[object, object], key: object, value: object) -> object:
    return value


def test_64_threads_get_the_same_answers_from_one_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACTIONS", "CALLERS", "RESOURCES", "DECISIONS"):
        monkeypatch.setattr(evaluate, name, 8)
    random = Random(11)
    for _ in range(3):
        asked_of: Policies = policies(random)
        questions: list[Request] = [asked(random) for _ in range(120)]
        expected = [decide(asked_of, one) for one in questions]
        engine = compiled(asked_of)
        with ThreadPoolExecutor(64) as pool:
            answers = list(pool.map(lambda one: list(map(one.decide, questions)), [engine] * 64))  # noqa: B023
        assert [expected] * 64 == answers


def test_a_memo_holds_no_more_than_its_limit() -> None:
    memo: Memo[int, int] = Memo(10)
    for number in range(1_000):
        assert number == memo.keep(number, number)
    assert 10 == len(memo)


def test_only_short_values_are_kept() -> None:
    short: list[str | tuple[str, ...] | None] = [None, "", "a" * LONGEST, (), ("a",) * MOST]
    long: list[str | tuple[str, ...]] = ["a" * (LONGEST + 1), ("a",) * (MOST + 1), ("a" * (LONGEST + 1),)]
    assert ([], []) == ([one for one in short if not is_short(one)], [one for one in long if is_short(one)])


def test_an_engine_keeps_no_more_than_its_limits_whatever_it_is_asked() -> None:
    engine = compiled(policies(Random(3)))
    for number in range(3_000):
        long = f"{number}" * 300
        context = {"aws:SourceIp": f"10.0.{number // 250}.{number % 250}", "x:string": long}
        engine.decide(
            request(Principal(f"arn:aws:iam::111111111111:user/u{number}"), "s3:GetObject", long, context=context)
        )
    tables = engine._program.tables.values()
    assert [] == [len(table.left) for table in tables if len(table.left) > 2_048]
    assert (0, 1) == (len(engine._fitting), len(engine._plans))


@given(TEXTS, TEXTS)
def test_a_compiled_pattern_matches_what_the_definition_matches(pattern: str, text: str) -> None:
    found = re.fullmatch(expression(plain(pattern)), text, re.DOTALL) is not None
    assert matches(plain(pattern), text) == found


@given(st.lists(TEXTS, max_size=3), TEXTS, st.booleans())
def test_a_compiled_resource_matches_what_the_definition_matches(patterns: list[str], text: str, whole: bool) -> None:
    listed = [f"arn:aws:s3:::{one}" if whole else one for one in patterns]
    asked_for = request(Principal("*"), "s3:GetObject", f"arn:aws:s3:::{text}" if whole else text)
    expected = any(resource_matches(one, asked_for, variables=False) for one in listed)
    fits = resources_fit((one, plain([*one.split(":", 5), *["*"] * 6][5])) for one in listed)
    assert expected == bool(fits(asked_for.resource or ""))


@pytest.mark.parametrize("pattern", ["*a" * 40 + "b", "*" * 5_000, "?*" * 200, "a*" * 2_000])
def test_no_pattern_takes_long(pattern: str) -> None:
    text = "a" * 20_000
    assert (re.fullmatch(expression(plain(pattern)), text, re.DOTALL) is not None) == matches(plain(pattern), text)
