"""Answers in the words that are printed: each with a request and a scenario that `org decide` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.access.prove.difference import Certainty
from org.access.prove.questions import Answered, Who
from org.access.prove.sides import bearing
from org.access.written import asked, scenario
from org.invariants.rules import REFUTED, UNDECIDED
from org.load.rule import quoted
from org.model.proof import PROVED, Part, Proof, Shown
from org.model.proof import REFUTED as DOES_NOT_HOLD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from org.access.document import Document
    from org.access.policies import Policies
    from org.access.prove.difference import Difference, Setting
    from org.access.prove.questions import Verdict
    from org.invariants.file import Invariant
    from org.invariants.proving import Answer
    from org.model.finding import Finding
    from org.model.request import Reason

CLAIMS = {
    "denied": "nobody can do {}",
    "allowed": "{} stay possible",
    "never_denied": "no guardrail denies {}",
    "equivalent": "{} say the same to every request",
    "implies": "what {} allows, {} allows too",
}
MOST_SAID = 4


def proof(invariant: Invariant, answers: Sequence[Answer], content: Callable[[Document], Mapping[str, Any]]) -> Proof:
    """An invariant about requests with its answers; `content` gives the JSON of a document."""
    parts = tuple(_part(one, content) for one in answers)
    return Proof(invariant.name, claim(invariant), parts, invariant.why, invariant.span("name"))


def claim(invariant: Invariant) -> str:
    """What an invariant says, in a sentence."""
    if invariant.claim == "implies":
        return CLAIMS["implies"].format(*map(quoted, invariant.about))
    said = CLAIMS[invariant.claim].format(_listed(invariant.about))
    limits = [
        f"by {_listed(invariant.by)}" if invariant.by else "",
        f"but {_listed(invariant.excepted)}" if invariant.excepted else "",
        f"on {_listed(invariant.resources)}" if invariant.resources != ("*",) else "",
        f"asked by {invariant.who}" if invariant.who != Who.MEMBERS else "",
        "under its condition" if invariant.condition else "",
    ]
    return " ".join([said, *filter(None, limits)])


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_SAID} more" if len(names) > MOST_SAID else ""
    return ", ".join(map(quoted, names[:MOST_SAID])) + more


def _part(answer: Answer, content: Callable[[Document], Mapping[str, Any]]) -> Part:
    verdict, shown = answer.verdict, None
    if verdict.witness is not None and answer.policies is not None and answer.setting is not None:
        policies = bearing(answer.policies, verdict.witness, answer.setting)
        shown = Shown(
            asked(verdict.witness),
            scenario(policies, content),
            str(verdict.answer),
            tuple(map(words, verdict.decided_by)),
        )
    keys = tuple(account.key for account in answer.accounts)
    return Part(verdict.answered.value, keys, _reason(verdict), verdict.actions, shown)


def _reason(verdict: Verdict) -> str:
    if verdict.why or verdict.answered is Answered.PROVED:
        return verdict.why
    return "there is a request that shows it" + (", for an action that AWS may add" if verdict.future else "")


def words(reason: Reason) -> str:
    """A statement as it is named in a line."""
    where = "" if reason.level is None else f" at level {reason.level}"
    if reason.policy is None:
        return f"no Allow of the {reason.layer.value.upper()}s{where}"
    return f"{reason.policy}#{reason.sid or reason.statement}{where}"


def compared(
    name: str, said: str, found: Sequence[Difference], sides: Sequence[Policies], setting: Setting, content: Any
) -> Proof:
    """A comparison as a proof: a part for each difference, or one that is proved."""
    parts = [_difference(one, sides, setting, content) for one in found]
    parts.sort(key=lambda part: part.verdict != DOES_NOT_HOLD)
    return Proof(name, said, tuple(parts) or (Part(PROVED),))


def _difference(one: Difference, sides: Sequence[Policies], setting: Setting, content: Any) -> Part:
    sure = one.certainty in (Certainty.CERTAIN, Certainty.FUTURE)
    shown = None
    if one.witness is not None:
        after = bearing(sides[1], one.witness, setting)
        decided = tuple(map(words, one.statements))
        shown = Shown(asked(one.witness), scenario(after, content), str(one.after), decided, str(one.before))
    return Part(DOES_NOT_HOLD if sure else "unknown", (), described(one), one.actions, shown)


def described(one: Difference) -> str:
    """A difference in a sentence."""
    who = "anyone" if one.principals == ("*",) else _listed(one.principals)
    excepted = f"but {_listed(one.except_principals)}" if one.except_principals else ""
    verb = "gain" if len(one.principals) > 1 else "gains"
    coming = one.certainty is Certainty.FUTURE
    what = f"actions that AWS may add, like {_listed(one.actions)}" if coming else _listed(one.actions)
    parts = [
        who,
        excepted,
        verb if one.gain else verb.replace("gain", "lose"),
        what,
        f"on {_listed(one.resources)}" if one.resources != ("*",) else "",
        f"but not on {_listed(one.except_resources)}" if one.except_resources else "",
        f"where {' and '.join(one.conditions)}" if one.conditions else "",
        f"({one.certainty.value})" if one.certainty in (Certainty.POSSIBLE, Certainty.UNDECIDED) else "",
    ]
    return " ".join(filter(None, parts))


def findings(found: Sequence[Proof]) -> Iterator[Finding]:
    """A finding for each claim that does not hold, or of which nobody knows."""
    for one in found:
        if one.verdict == PROVED:
            continue
        part = one.parts[0]
        rule = REFUTED if one.verdict == DOES_NOT_HOLD else UNDECIDED
        where = f" in {len(part.accounts)} accounts, {part.accounts[0]} among them" if part.accounts else ""
        what = "does not hold" if rule is REFUTED else "may not hold"
        shown = f": {part.shown.request['principal']} and {part.shown.request['action']}" if part.shown else ""
        message = f"the invariant {quoted(one.name)} {what}{where}; {part.reason}{shown}"
        yield rule.finding(message, one.span, help=one.why or "`org prove --format json` has the request that shows it")
