"""A review in words: what every format of it says, before it is laid out."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from org.access.actions import global_keys
from org.errors import counted
from org.model.review import Cause, Name, Trip
from org.report.plan_words import node, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from org.model.request import Answer
    from org.model.review import (
        AccountChange,
        Calls,
        Claim,
        EffectiveChange,
        PolicyChange,
        Replay,
        Review,
        Scope,
        Words,
    )

LISTED = 6
"""Up to this many actions, patterns or accounts are named; of more, some are."""
NAMED = 60
"""Up to this many actions are named where all of them are asked for."""
FAMILIAR = (
    "ec2:RunInstances",
    "s3:CreateBucket",
    "s3:GetObject",
    "lambda:CreateFunction",
    "rds:CreateDBInstance",
    "dynamodb:CreateTable",
    "iam:CreateUser",
    "cloudtrail:StopLogging",
    "kms:ScheduleKeyDeletion",
)
"""Actions that most people know: of a long list, these are shown first."""
ROLE = re.compile(r"arn:[^:*?]*:iam::\*:role/([^:]*)")
DERIVED = frozenset(
    (
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principaltype",
        "aws:resourceaccount",
        "aws:username",
    )
)
"""Keys of a request that follow from who asks, and that say nothing new beside it."""
KINDS = {"SERVICE_CONTROL_POLICY": "SCP", "RESOURCE_CONTROL_POLICY": "RCP"}
CERTAINTIES = {
    "certain": "",
    "possible": "possible only where these keys go together",
    "future": "",
    "undecided": "not decided",
}
UNDECIDED = "not decided: "
"""What begins so among the conditions of a claim is none: it says why something is not decided."""
FOLDED = "FN"
"""The letters of the kinds of claims that are folded, however few they are."""
DANGERS = {
    Trip.LOCKOUT: "locks out the pipeline",
    Trip.WEAKENED: "weakens protection",
    Trip.UNPROTECTED: "changes what base protects",
    Trip.PROTECTED: "changes what is protected",
    Trip.LAST_GUARDRAIL: "takes a last guardrail",
    Trip.PUBLIC_ACCESS: "lets accounts become public",
    Trip.MASS_MOVE: "moves many accounts",
    Trip.QUOTA: "comes near to a quota",
    Trip.DENIED: "denies what people do",
    Trip.DEPENDS: "may deny what people do",
    Trip.UNDECIDED: "cannot be decided",
}
"""What each danger does, for a heading."""
SYMBOLS = {"created": "+", "added": "+", "new": "+", "removed": "-", "moved": ">", "changed": "~"}


def quoted(words: Words, code: Callable[[str], str] = "`{}`".format) -> str:
    """The words as one text, each name in it as code."""
    return "".join(code(printable(word)) if isinstance(word, Name) else printable(word) for word in words)


def totals(review: Review) -> str:
    """One line: `2 gains and 1 loss of access in 12 of 24 accounts, 3 policies changed, 1 account moved`."""
    claims = [claim for claim in review.claims if claim.cause is not Cause.NEW and claim.certainty != "future"]
    gains = sum(claim.gain for claim in claims)
    parts = []
    if claims:
        both = " and ".join(
            words
            for number, words in ((gains, counted(gains, "gain")), (len(claims) - gains, losses(len(claims) - gains)))
            if number
        )
        parts.append(f"{both} of access in {review.affected:,} of {counted(review.total, 'account')}")
    parts += [f"{policies(number)} {change}" for change, number in _counts(one.change for one in review.policies)]
    parts += [
        f"{counted(number, 'account')} {change}" for change, number in _counts(one.change for one in review.accounts)
    ]
    parts += [counted(len(review.others), "other change")] if review.others else []
    return ", ".join(parts) or "no changes"


def _counts(words: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(words).items())


def losses(number: int) -> str:
    """`1 loss`, `2 losses`."""
    return f"{number:,} loss{'' if number == 1 else 'es'}"


def policies(number: int) -> str:
    """`1 policy`, `2 policies`."""
    return f"{number:,} polic{'y' if number == 1 else 'ies'}"


def scope(held: Scope) -> str:
    """Which accounts, in words: `payments-prod`, `all 6 accounts in Workloads/Prod`, `4 of 24 accounts: ...`."""
    number = len(held.accounts)
    if number == held.of and number > 1:
        return f"all {number:,} accounts"
    if number <= 2:
        return " and ".join(map(printable, held.accounts)) or "no account"
    if len(held.units) == 1:
        path, _, whole = held.units[0]
        return f"{'all ' if whole else ''}{counted(number, 'account')} in {_unit(path)}"
    shown = [f"{'all ' if whole else ''}{count:,} in {_unit(path)}" for path, count, whole in held.units[:LISTED]]
    more = f" and {len(held.units) - LISTED:,} more OUs" if len(held.units) > LISTED else ""
    return f"{counted(number, 'account')}: {', '.join(shown)}{more}"


def _unit(path: str) -> str:
    return printable(path) or "the root"


def some(names: Sequence[str], most: int = LISTED) -> tuple[str, ...]:
    """The names to show of many: all of a few, otherwise those that are known best, then the first."""
    if len(names) <= most:
        return tuple(names)
    there = set(names)
    known = [name for name in FAMILIAR if name in there]
    return tuple(dict.fromkeys((*known, *names)))[: most // 2]


def groups(review: Review) -> list[tuple[str, str, list[Claim]]]:
    """The claims by what they say, each kind with a title and the letter that numbers it; none that is empty."""
    new = [claim for claim in review.claims if claim.cause is Cause.NEW]
    later = [claim for claim in review.claims if claim.cause is not Cause.NEW and claim.certainty == "future"]
    known = [claim for claim in review.claims if claim.cause is not Cause.NEW and claim.certainty != "future"]
    found = [
        ("Gains of access", "G", [claim for claim in known if claim.gain]),
        ("Losses of access", "L", [claim for claim in known if not claim.gain]),
        ("Actions that AWS may add later", "F", later),
        ("What new accounts cannot do", "N", [claim for claim in new if claim.certainty != "future"]),
    ]
    return [group for group in found if group[2]]


def actions(claim: Claim) -> Words:
    """What can be done, or no longer: a few actions by name, many by number and example."""
    if claim.certainty == "future":
        return ("actions that AWS may add later",)
    shown = _list(some(claim.actions))
    if len(claim.actions) <= LISTED:
        return shown
    services = Counter(action.partition(":")[0] for action in claim.actions)
    of = next(iter(services)) if len(services) == 1 else f"{len(services):,} services"
    return (f"{len(claim.actions):,} actions of {of}, such as ", *shown)


def all_actions(claim: Claim) -> Words:
    """The actions of a claim by name; where they are very many, how many of each service there are."""
    if len(claim.actions) <= NAMED:
        return _list(claim.actions)
    services = Counter(action.partition(":")[0] for action in claim.actions)
    most = sorted(services.items(), key=lambda pair: (-pair[1], pair[0]))[: 2 * LISTED]
    words = tuple(word for service, number in most for word in (", ", f"{number:,} of ", Name(service)))[1:]
    left = len(services) - len(most)
    return (*words, f" and those of {left:,} more services") if left > 0 else words


def _list(names: Iterable[str], between: str = ", ") -> Words:
    return tuple(word for name in names for word in (between, Name(name)))[1:]


def principals(claim: Claim) -> Words:
    """Who, in words: patterns of their ARNs, and those who are left out."""
    who = ("anyone",) if claim.principals == ("*",) else _patterns(claim.principals)
    return (*who, " but ", *_patterns(claim.except_principals)) if claim.except_principals else who


def resources(claim: Claim) -> Words:
    """On what, in words."""
    what = ("any resource",) if claim.resources == ("*",) else _patterns(claim.resources)
    return (*what, " but ", *_patterns(claim.except_resources)) if claim.except_resources else what


def _patterns(patterns: Sequence[str]) -> Words:
    """Patterns of ARNs; a role is named where its account can be any, as it is in most policies."""
    roles = [match[1] for match in map(ROLE.fullmatch, patterns) if match]
    shown = some([one for one in patterns if not ROLE.fullmatch(one)])
    others = len(patterns) - len(roles) - len(shown)
    named = (f"the role{'s' if len(roles) > 1 else ''} ", *_list(some(roles))) if roles else ()
    hidden = others + len(roles) - len(some(roles))
    more = (f" and {hidden:,} more",) if hidden else ()
    return (*named, *((", ",) if named and shown else ()), *_list(shown), *more)


def condition(text: str) -> str:
    """A condition; of a long list in it, the first entries and how many more there are."""
    parts = text.split(", ")
    if len(parts) <= 2 * LISTED:
        return text
    return f"{', '.join(parts[:LISTED])} and {len(parts) - LISTED:,} more"


def limits(claim: Claim, shown: Callable[[str], str] = printable) -> list[str]:
    """When a claim holds, and how sure it is, a line each."""
    doubts = [one for one in claim.conditions if one.startswith(UNDECIDED)]
    lines = [f"when {shown(condition(one))}" for one in claim.conditions if one not in doubts]
    lines += [shown(condition(one)) for one in doubts] or [CERTAINTIES[claim.certainty]]
    return [line for line in lines if line]


def claimed(claim: Claim) -> Words:
    """One claim as a sentence without the accounts: who can do what on what from now on, or no longer."""
    can = " cannot use " if claim.cause is Cause.NEW else " can now use " if claim.gain else " can no longer use "
    where = () if (claim.resources, claim.except_resources) == (("*",), ()) else (" on ", *resources(claim))
    return (*principals(claim), can, *actions(claim), *where)


def example(claim: Claim) -> Words:
    """The request that shows a claim, with the answers before and after."""
    if claim.witness is None:
        return ()
    request = claim.witness.request
    context = [
        f"{_spelt(key)}={_value(value)}"
        for key, value in request["context"].items()
        if value is not None and key not in DERIVED and not key.startswith("aws:principaltag/")
    ]
    tags = [f"tag {key}={value}" for key, value in request.get("principal_tags", {}).items()]
    given = (" with ", *_list([*context, *tags])) if context or tags else ()
    resource = () if request["resource"] in ("*", None) else (" on ", Name(request["resource"]))
    answers = f": {answer(claim.witness.before)} before, {answer(claim.witness.after)} after"
    return (Name(request["principal"]), " calls ", Name(request["action"]), *resource, *given, answers)


def _value(value: str | list[str]) -> str:
    return value if isinstance(value, str) else f"[{', '.join(value)}]"


def _spelt(key: str) -> str:
    """A key as AWS spells it, with the tag that it names."""
    stem, tagged, _ = (global_keys().find(key) or key).partition("${}")
    return f"{stem}{key[len(stem) :]}" if tagged else stem


def answer(found: Answer) -> str:
    """An answer in words: `explicitly denied`."""
    return found.value.replace("_", " ")


def statements(behind: Claim | Calls) -> Words:
    """The statements behind a claim, or behind what calls would get."""
    shown = tuple(word for one in behind.statements[:LISTED] for word in ("; ", *one))[1:]
    left = len(behind.statements) - LISTED
    return (*shown, f" and {left:,} more") if left > 0 else shown


def replayed(found: Replay) -> str:
    """One line about a replay: how many calls there are, and how sure it is."""
    share = 100 * found.certain / found.calls if found.calls else 100.0
    sure = "100" if found.certain == found.calls else f"{min(share, 99.9):.1f}"
    changed = sum(group.count for group in found.groups)
    damaged = f"; {counted(len(found.findings), 'damaged line')} left out" if found.findings else ""
    told = f"{counted(found.calls, 'recorded call')}, {sure} % of them certain; the answer changes for {changed:,}"
    return told + damaged


def made(calls: Calls) -> Words:
    """Calls that were made, in a sentence: who did what how often, what becomes of it and why."""
    verbs = {"newly_denied": " would be denied", "newly_allowed": " would be allowed", "depends": " may be denied"}
    resource = (" on ", Name(calls.resources[0])) if calls.resources and calls.resources[0] != "*" else ()
    keys = (", depending on ", *_list(calls.depends_on)) if calls.depends_on else ()
    often = f", {counted(calls.count, 'call')}, the last {calls.last},"
    where = (" in ", Name(calls.account)) if calls.account else ()
    who = (Name(calls.principal), *where, ": ", Name(calls.action), *resource)
    why = (" by ", *statements(calls)) if calls.statements else ()
    return (*who, often, verbs[calls.outcome], *why, *keys)


def attachments(change: PolicyChange) -> Iterator[str]:
    """Where a policy is attached and where no longer, as lines."""
    yield from (f"- attached to {node(target)}" for target in change.detached)
    yield from (f"+ attached to {node(target)}" for target in change.attached)


def policy_title(change: PolicyChange) -> Words:
    """A changed policy in a few words: its type, its name, and how much of it changes."""
    counts = Counter(one.change for one in change.statements)
    parts = [f"{counted(number, 'statement')} {what}" for what, number in sorted(counts.items())]
    parts += ["attached elsewhere"] if change.change == "changed" and (change.attached or change.detached) else []
    kind = KINDS.get(change.kind, change.kind)
    what = "" if change.change == "changed" else f" {change.change}"
    return (f"{kind} ", Name(change.name), f"{what}: {', '.join(parts)}" if parts else what)


def effective_title(change: EffectiveChange) -> str:
    """What takes effect otherwise, in a few words: `backup policy as it takes effect in payments: 7 entries go`."""
    going = sum(line.startswith("-") for line in change.lines)
    parts = [(going, "go"), (len(change.lines) - going, "come")]
    both = ", ".join(f"{number:,} {'entry' if number == 1 else 'entries'} {verb}" for number, verb in parts if number)
    return f"{change.kind} as it takes effect in {scope(change.scope)}: {both}"


def account_title(change: AccountChange) -> Words:
    """A changed account in a few words."""
    if change.change == "moved":
        return (Name(change.key), " moves from ", Name(change.before), " to ", Name(change.after))
    if change.change == "new":
        return (Name(change.key), " is new in ", Name(change.after))
    if change.change == "removed":
        return (Name(change.key), " is no longer declared; it stays in AWS, and only what changes above it reaches it")
    return (Name(change.key), " is declared differently")
