"""What an invariant asks of which accounts: its words as a question, and what is wrong with them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from org.access import actions
from org.access.document import Test, document
from org.access.prove import universe
from org.access.prove.questions import Kind, Question, Who
from org.invariants.rules import ACTION, CONDITION, PLACE, UNCLEAR
from org.load.rule import quoted
from org.load.suggest import Suggester
from org.model.finding import Severity
from org.model.organization import ROOT
from org.model.request import Layer
from org.policy.reference import NAMES, PREFIX, known_values, references, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.access.document import Statement
    from org.invariants.file import Invariant
    from org.model.finding import Finding
    from org.model.organization import Account, Organization

PRINCIPAL = "aws:principalarn"
KINDS = ("role/", "user/", "federated-user/")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The question of an invariant, and the accounts it is asked of."""

    invariant: Invariant
    question: Question
    accounts: tuple[Account, ...]


def meaning(invariant: Invariant, organization: Organization) -> tuple[Meaning | None, list[Finding]]:
    """What an invariant about requests asks; None where its words have errors."""
    found = [*_places(invariant, organization), *_references(invariant, organization), *_actions(invariant)]
    condition = document(
        Layer.SCP,
        invariant.name,
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": dict(invariant.condition)},
        },
    ).statements[0]
    if condition.broken:
        found.append(CONDITION.finding(condition.broken, invariant.span("when"), help="write it as in a policy"))
    accounts = _accounts(invariant, organization)
    if not accounts and not found:
        message = f"the invariant {quoted(invariant.name)} is about no account"
        found.append(PLACE.finding(message, invariant.span("in") or invariant.span("name"), help="name another place"))
    if any(one.severity is Severity.ERROR for one in found):
        return None, found
    statements = tuple(_statements(invariant, organization, condition))
    return Meaning(invariant, Question(Kind(invariant.claim), statements, Who(invariant.who)), accounts), found


def _statements(invariant: Invariant, organization: Organization, condition: Statement) -> Iterator[Statement]:
    """One statement for all requests; for `allowed` one for each action and each principal."""
    by, excepted = (_principals(listed, organization) for listed in (invariant.by, invariant.excepted))
    resources = invariant.resources
    apart = invariant.claim == Kind.ALLOWED
    of_actions = [(one,) for one in invariant.about] if apart else [invariant.about]
    of_principals = [(one,) for one in by] if apart and by else [by]
    for listed, who in product(of_actions, of_principals):
        tests = [*condition.tests]
        tests += [Test("arnlike", PRINCIPAL, who, written="ArnLike")] if who else []
        tests += [Test("arnlike", PRINCIPAL, excepted, negated=True, written="ArnNotLike")] if excepted else []
        yield replace(condition, actions=listed, resources=resources, tests=tuple(tests))


def _principals(listed: Sequence[str], organization: Organization) -> tuple[str, ...]:
    """The principals as patterns of ARNs, in any account."""
    resolved, _ = resolve(list(listed), known_values(organization))
    return tuple(_arn(str(one)) for one in resolved)


def _arn(name: str) -> str:
    if name.startswith("arn:") or name == "*":
        return name
    if name == "root":
        return "arn:*:iam::*:root"
    service = "sts" if name.startswith("federated-user/") else "iam"
    return f"arn:*:{service}::*:{name if name.startswith(KINDS) else f'role/{name}'}"


def _accounts(invariant: Invariant, organization: Organization) -> tuple[Account, ...]:
    """The accounts that are meant; the management account only by its key, for nothing binds it."""
    units = [_path(one) for one in invariant.units] or ([] if invariant.accounts else [ROOT])
    excepted = [_path(one) for one in invariant.except_units]

    def is_meant(account: Account) -> bool:
        if account.key in invariant.accounts:
            return True
        inside = not account.management and any(_within(account.ou or ROOT, unit) for unit in units)
        return inside and not any(_within(account.ou or ROOT, unit) for unit in excepted)

    return tuple(filter(is_meant, organization.accounts))


def _path(name: str) -> str:
    return ROOT if name == "/" else name.strip("/")


def _within(path: str, unit: str) -> bool:
    return unit in (ROOT, path) or path.startswith(f"{unit}/")


def _places(invariant: Invariant, organization: Organization) -> Iterator[Finding]:
    """Units and accounts that are not there."""
    units = ["/", *(unit.path for unit in organization.units)]
    keys = [account.key for account in organization.accounts]
    named = (
        ("in", invariant.units, units, "unit"),
        ("not_in", invariant.except_units, units, "unit"),
        ("accounts", invariant.accounts, keys, "account"),
    )
    suggester = Suggester()
    for key, listed, known, what in named:
        for number, one in enumerate(listed):
            if one not in known and one.strip("/") not in known:
                hint = suggester.help(one, known, f"accounts.yaml declares {len(known)} of them")
                yield PLACE.finding(f"no {what} {quoted(one)}", invariant.span(key, number), help=hint)


def _references(invariant: Invariant, organization: Organization) -> Iterator[Finding]:
    """References to the organization that name nothing, or nothing yet."""
    for key, listed in (("by", invariant.by), ("except", invariant.excepted)):
        for number, one in enumerate(listed):
            for name in references(one):
                span = invariant.span(key, number)
                if name not in NAMES:
                    known = [PREFIX + one_known for one_known in NAMES]
                    hint = Suggester().help(one, known, f"known are {', '.join(known)}")
                    yield UNCLEAR.finding(f"{quoted(one)} names nothing", span, help=hint)
                elif known_values(organization)[name] is None:
                    yield UNCLEAR.finding(f"{quoted(one)} has no value here", span, help="remove it")


def _actions(invariant: Invariant) -> Iterator[Finding]:
    """Actions that the data does not have, and texts that are none."""
    suggester = Suggester()
    for number, one in enumerate(invariant.about):
        span = invariant.span(invariant.claim, number)
        prefix, colon, name = one.partition(":")
        if one != "*" and (not colon or not name):
            yield UNCLEAR.finding(f"{quoted(one)} is no action", span, help="write `service:Name`, or `*`")
        elif not universe.matching((one.lower(),), negated=False):
            service = None if set("*?") & set(prefix) else actions.service(prefix)
            known = [str(action) for action in service.actions.values()] if service else sorted(actions.services())
            near = suggester.help(one if service else prefix, known, "it may be newer than the data")
            yield ACTION.finding(f"{quoted(one)} fits no action in the data of {actions.as_of()}", span, help=near)


def organization_id(organization: Organization) -> str:
    """The organization's id: its own, else the one that its policies name most often, else an example."""
    pattern = re.compile(r"(?<![\w-])o-[a-z0-9]{10,32}(?![\w-])")
    named = Counter(one for policy in organization.policies for one in pattern.findall(policy.content))
    return organization.id or (min(named, key=lambda one: (-named[one], one)) if named else "o-exampleorgid")
