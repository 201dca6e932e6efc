"""Questions about all requests are proved, refuted with a request that shows it, or left open with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from org.access.document import document
from org.access.prove import solve
from org.access.prove.questions import Answered, Kind, Question, Verdict, Who, ask
from org.access.prove.sides import bearing
from org.access.spec import applies, decide
from org.model.request import Answer, Layer
from tests.access.prove.chains import ADMIN, allow, but, deny, outside, rcps, scps
from tests.access.prove.mutations import SETTING

if TYPE_CHECKING:
    from org.access.policies import Policies

PROVED, REFUTED, UNKNOWN = Answered.PROVED, Answered.REFUTED, Answered.UNKNOWN
ROOT = {"ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:root"}}


def question(
    kind: Kind, actions: list[str], condition: dict[str, Any] | None = None, who: Who = Who.MEMBERS, **elements: Any
) -> Question:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*", "Condition": condition or {}} | elements
    read = document(Layer.SCP, "question", {"Version": "2012-10-17", "Statement": statement})
    return Question(kind, read.statements, who)


def answer(asked: Question, policies: Policies) -> Verdict:
    """The verdict, its witness decided again by the definition."""
    verdict = ask(asked, policies, SETTING)
    if verdict.witness is not None:
        decision = decide(bearing(policies, verdict.witness, SETTING), verdict.witness)
        assert verdict.answer is decision.answer
        assert any(applies(one, verdict.witness) is True for one in asked.statements)
    return verdict


STOP = ["cloudtrail:StopLogging"]
GUARDED = scps([], [deny(STOP, but(ADMIN))])
CASES: dict[str, tuple[Question, Policies, Answered]] = {
    "all denied": (question(Kind.DENIED, STOP, but(ADMIN)), GUARDED, PROVED),
    "one role is not": (question(Kind.DENIED, STOP), GUARDED, REFUTED),
    "an action that is not": (question(Kind.DENIED, ["cloudtrail:*"], but(ADMIN)), GUARDED, REFUTED),
    "denied by a level without an Allow": (question(Kind.DENIED, ["ec2:*"]), scps([], [allow("s3:*")]), PROVED),
    "denied in other Regions": (
        question(Kind.DENIED, ["ec2:RunInstances"], outside("eu-west-1", "us-east-1")),
        scps([deny("ec2:*", outside("eu-west-1"))]),
        PROVED,
    ),
    "not denied in one Region": (
        question(Kind.DENIED, ["ec2:RunInstances"], outside("us-east-1")),
        scps([deny("ec2:*", outside("eu-west-1"))]),
        REFUTED,
    ),
    "what a service may do is not what members may": (
        question(Kind.DENIED, STOP),
        scps([deny(STOP, {"Bool": {"aws:PrincipalIsAWSService": "false"}})]),
        PROVED,
    ),
    "root by any partition": (
        question(Kind.DENIED, ["s3:*"], ROOT),
        scps([deny("*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}})]),
        PROVED,
    ),
    "an allowed one is left": (question(Kind.ALLOWED, STOP), GUARDED, PROVED),
    "none is left": (
        question(Kind.ALLOWED, STOP, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/dev"}}),
        GUARDED,
        REFUTED,
    ),
    "none is left on a level": (question(Kind.ALLOWED, ["ec2:RunInstances"]), scps([], [allow("s3:*")]), REFUTED),
    "one that only impossible keys leave": (
        question(Kind.ALLOWED, STOP),
        scps([deny(STOP, {"Bool": {"aws:PrincipalIsAWSService": "false"}})]),
        REFUTED,
    ),
    "never denied": (
        question(Kind.NEVER_DENIED, STOP, {"ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:role/admin"}}),
        GUARDED,
        PROVED,
    ),
    "denied to somebody": (question(Kind.NEVER_DENIED, STOP), GUARDED, REFUTED),
    "denied by a narrow level": (question(Kind.NEVER_DENIED, ["s3:*"]), scps([allow("s3:Get*")]), REFUTED),
    "nothing of it denied": (question(Kind.NEVER_DENIED, ["s3:*"]), scps([allow("s3:*")], [deny("ec2:*")]), PROVED),
}


@pytest.mark.parametrize("name", CASES)
def test_a_question_has_its_answer(name: str) -> None:
    asked, policies, expected = CASES[name]
    verdict = answer(asked, policies)
    assert expected is verdict.answered
    if expected is REFUTED and asked.kind is not Kind.ALLOWED:
        assert verdict.witness is not None


def test_a_refutation_names_who_can_and_what_allows_it() -> None:
    verdict = answer(question(Kind.DENIED, STOP), GUARDED)
    assert verdict.witness is not None
    assert "role/admin" in verdict.witness.principal.arn
    assert (Answer.ALLOWED, ("cloudtrail:StopLogging",)) == (verdict.answer, verdict.actions)


def test_where_nothing_is_allowed_the_statements_that_deny_are_named() -> None:
    dev = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/dev"}}
    verdict = answer(question(Kind.ALLOWED, STOP, dev), GUARDED)
    assert Answer.EXPLICITLY_DENIED is verdict.answer
    assert ["guard-1"] == [reason.policy for reason in verdict.decided_by]


def test_each_of_several_statements_must_stay_possible() -> None:
    first, second = question(Kind.ALLOWED, ["s3:GetObject"]), question(Kind.ALLOWED, ["ec2:RunInstances"])
    both = Question(Kind.ALLOWED, (*first.statements, *second.statements))
    assert REFUTED is answer(both, scps([deny("ec2:*")])).answered
    assert PROVED is answer(both, scps([deny("iam:*")])).answered


def test_an_action_that_aws_may_add_refutes_too() -> None:
    verdict = answer(
        question(Kind.DENIED, ["s3:Get*"]), scps([deny("s3:GetObject"), deny([], Action=None, NotAction="s3:Get?*x")])
    )
    assert REFUTED is verdict.answered
    only = scps([deny("cloudtrail:StopLogging")])
    verdict = answer(question(Kind.DENIED, ["cloudtrail:StopLogging*"]), only)
    assert (REFUTED, True) == (verdict.answered, verdict.future)


OURS = {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": SETTING.org_id},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}


@pytest.mark.parametrize(
    ("who", "expected"), [(Who.OUTSIDERS, PROVED), (Who.SERVICES, REFUTED), (Who.MEMBERS, REFUTED)]
)
def test_rcps_are_asked_about_those_from_outside(who: Who, expected: Answered) -> None:
    verdict = answer(question(Kind.DENIED, ["s3:GetObject"], who=who), rcps(deny("s3:*", OURS)))
    assert expected is verdict.answered


@pytest.mark.parametrize(
    "partner",
    [
        {"StringNotEquals": {"aws:PrincipalAccount": "222233334444"}},
        {"StringNotLike": {"aws:PrincipalAccount": "2222*"}},
        {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::22?233334444:role/*"}},
        {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::22?233334444:user/*"}},
    ],
)
def test_an_outsider_refutes_it_where_an_rcp_lets_one_in(partner: dict[str, Any]) -> None:
    verdict = answer(question(Kind.DENIED, ["s3:GetObject"], who=Who.OUTSIDERS), rcps(deny("s3:*", OURS | partner)))
    assert verdict.witness is not None
    assert verdict.witness.principal.arn.startswith("arn:aws:iam::22")


def test_nobody_knows_what_a_statement_that_is_not_understood_does() -> None:
    doubtful = {"StringResembles": {"aws:username": "a"}}
    denies, allows = scps([deny(STOP, doubtful)]), scps([deny(STOP), allow("s3:*"), allow("*", doubtful)])
    for asked, policies in (
        *((question(kind, STOP), denies) for kind in Kind),
        *((question(kind, STOP), allows) for kind in (Kind.DENIED, Kind.ALLOWED)),
        (question(Kind.ALLOWED, ["ec2:*"]), scps([allow("s3:*"), allow("*", doubtful)])),
        (question(Kind.DENIED, STOP, doubtful), GUARDED),
    ):
        verdict = answer(asked, policies)
        assert (UNKNOWN, True) == (
            verdict.answered,
            "meaning is not known" in verdict.why or "Resembles" in verdict.why,
        )


def test_a_question_that_is_given_up_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve, "MOST_STEPS", 0)
    verdict = answer(question(Kind.DENIED, STOP), GUARDED)
    assert (UNKNOWN, "no decision after 0 steps") == (verdict.answered, verdict.why)


def test_an_rcp_denies_members_what_is_surely_here() -> None:
    both = replace(scps([]), rcps=rcps(deny("sqs:*")).rcps)
    here = f"arn:aws:sqs:*:{SETTING.account}:*"
    assert PROVED is answer(question(Kind.DENIED, ["sqs:SendMessage"], Resource=here), both).answered
    assert REFUTED is answer(question(Kind.DENIED, ["sqs:SendMessage"]), both).answered


@pytest.mark.parametrize("kind", [Kind.DENIED, Kind.NEVER_DENIED])
@pytest.mark.parametrize(
    "asked",
    [
        {"Resource": "arn:aws:s3:::logs"},
        {"Condition": {"StringEquals": {"aws:PrincipalType": "Anonymous"}}},
        {
            "Condition": {
                "StringEquals": {"aws:RequestedRegion": "eu-west-1"},
                "StringLike": {"aws:RequestedRegion": "us-*"},
            }
        },
    ],
)
def test_a_question_that_no_request_fits_is_not_proved(kind: Kind, asked: dict[str, Any]) -> None:
    verdict = answer(question(kind, STOP, **asked), GUARDED)
    assert UNKNOWN is verdict.answered
    assert "no request fits" in verdict.why


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_proved_of_requests_that_nobody_knows_how_to_make(kind: Kind) -> None:
    other_name = {"StringEquals": {"aws:username": "ana"}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/bob"}}
    assert PROVED is not answer(question(kind, STOP, other_name), GUARDED).answered
    assert PROVED is not answer(question(kind, STOP, other_name), scps([])).answered


def test_what_scps_do_not_bind_root_in_is_not_meant() -> None:
    verdict = answer(question(Kind.DENIED, ["ec2:ModifyAddressAttribute"], ROOT), scps([]))
    assert (UNKNOWN, True) == (verdict.answered, "no request fits" in verdict.why)


def test_nothing_binds_the_management_account() -> None:
    management = replace(SETTING, management=True)
    assert UNKNOWN is ask(question(Kind.DENIED, STOP), GUARDED, management).answered
    assert PROVED is ask(question(Kind.NEVER_DENIED, STOP), GUARDED, management).answered
