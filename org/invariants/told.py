"""Answers in the words that are printed: each with a request and a scenario that `org decide` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.access.prove.difference import Certainty
from org.access.prove.questions import Answered, Who
from org.access.prove.sides import bearing
from org.access.requests import derived
from org.invariants.rules import REFUTED, UNDECIDED
from org.load.rule import quoted
from org.model.proof import PROVED, Part, Proof, Shown
from org.model.proof import REFUTED as DOES_NOT_HOLD
from org.model.request import Layer
from org.policy.chain import FULL_ACCESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from org.access.document import Document
    from org.access.policies import Policies
    from org.access.prove.difference import Difference, Setting
    from org.access.prove.questions import Verdict
    from org.invariants.file import Invariant
    from org.invariants.proving import Answer
    from org.model.finding import Finding
    from org.model.request import Reason, Request

ALLOW_ALL: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
ALLOW_ALL_TO_ALL = {"Version": "2012-10-17", "Statement": [{**ALLOW_ALL["Statement"][0], "Principal": "*"}]}
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


def asked(request: Request) -> dict[str, Any]:
    """A request as `org decide` takes it; a key that would follow from the principal but is absent is null."""
    who = request.principal
    missing = dict.fromkeys([*derived(who), *(["aws:resourceaccount"] if request.resource_account else [])])
    known = {key: list(value) if isinstance(value, tuple) else value for key, value in request.context.items()}
    facts = {
        "principal": who.arn,
        "principal_tags": dict(who.tags),
        "principal_org": {"id": who.org_id, "paths": list(who.org_paths)} if who.org_id or who.org_paths else None,
        "resource_account": request.resource_account,
    }
    shown = {key: value for key, value in facts.items() if value}
    context = dict(sorted({**missing, **known}.items()))
    return {"action": request.action, "resource": request.resource, **shown, "context": context}


def scenario(policies: Policies, content: Callable[[Document], Mapping[str, Any]]) -> dict[str, Any]:
    """The scenario of a chain, in which everything but SCPs and RCPs allows all: only they decide."""

    def levels(found: tuple[tuple[Document, ...], ...] | None) -> list[Any] | None:
        if found is None:
            return None
        return [[{"name": one.name, "document": dict(content(one))} for one in level] for level in found]

    return {
        "identity_policies": [{"name": "everything", "document": ALLOW_ALL}],
        "resource_policy": {"name": "everybody", "document": ALLOW_ALL_TO_ALL},
        "scps": levels(policies.scps),
        "rcps": levels(policies.rcps),
    }


def of_organization(documents: Mapping[tuple[str, str], Mapping[str, Any]]) -> Callable[[Document], Mapping[str, Any]]:
    """The JSON of documents by layer and name; FullAWSAccess is none of the organization's own."""

    def content(one: Document) -> Mapping[str, Any]:
        known = documents.get((one.layer.value, one.name))
        return ALLOW_ALL if known is None and one.layer is Layer.SCP and one.name == FULL_ACCESS else known or {}

    return content


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
