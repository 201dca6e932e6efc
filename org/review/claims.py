"""Who gains and loses which access where: the comparison of each distinct pair of chains, told for its accounts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from org.access.evaluate import compiled
from org.access.prove.automata import GivenUp, common_text, machine
from org.access.prove.compare import compare
from org.access.prove.difference import Setting
from org.access.prove.patterns import tokens
from org.access.written import asked, scenario
from org.model.request import Answer
from org.model.review import Cause, Claim, Scope, Witness
from org.policy.chain import LAYERS, contents
from org.report.review_words import FAMILIAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from org.access.evaluate import Engine
    from org.access.policies import Policies
    from org.access.prove.automata import Machine
    from org.access.prove.difference import Difference
    from org.model.organization import Account, Organization
    from org.model.request import Request
    from org.model.review import Words
    from org.review.behind import Behind
    from org.review.chains import Chains
    from org.review.scope import Scopes

ORGANIZATION_ID = re.compile(r"(?<![\w-])o-[a-z0-9]{10,32}(?![\w-])")
EXAMPLE_ORGANIZATION = "o-exampleorgid"
NOWHERE = Scope(())
EXAMPLE_ACCOUNT = "999999999999"
"""Stands in a witness for an account that has no id yet."""


@dataclass
class Told:
    """What differs between claims that say the same: accounts, witnesses, the statements behind them, the guards."""

    accounts: list[str] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    statements: dict[Words, None] = field(default_factory=dict)
    guards: set[str] = field(default_factory=set)

    def take(self, other: Told) -> None:
        """What another one has is here, too."""
        self.accounts += other.accounts
        self.witnesses += other.witnesses
        self.statements.update(other.statements)
        self.guards.update(other.guards)

    def finished(self, claim: Claim, scopes: Scopes) -> Claim:
        """The claim with all of it."""
        return replace(
            claim,
            scope=scopes.scope(self.accounts),
            statements=tuple(self.statements),
            guards=tuple(sorted(self.guards)),
            witnesses=tuple(self.witnesses),
        )


@dataclass
class Claims:
    """Collects claims, those that say the same of other accounts as one, and the scenarios of their witnesses."""

    base: Organization
    head: Organization
    behind: Behind
    scopes: Scopes
    scenarios: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[tuple[str, int], str] = field(default_factory=dict)
    engines: dict[int, Engine] = field(default_factory=dict)

    def compared(self, chains: Iterable[Chains]) -> tuple[Claim, ...]:
        """Every claim about those chains, gains first, and among them what is certain and holds for most accounts."""
        found: dict[Claim, Told] = defaultdict(Told)
        for one in chains:
            keys = [account.key for account in one.accounts]
            for difference in compare(one.base, one.head, self.setting(one)):
                told = found[self.claim(one, difference)]
                told.accounts += keys
                told.witnesses += self.witness(one, difference)
                reasons = difference.statements
                words = (self.behind.words(reason, gain=difference.gain) for reason in reasons)
                told.statements.update(dict.fromkeys(words))
                told.guards.update(self.behind.guards(one.base, reasons) if difference.gain else ())
        for claim in [claim for claim in found if claim.cause is Cause.MOVED]:
            same = replace(claim, cause=Cause.CHANGED)
            if same in found:  # what happens to everybody does not happen because an account moves
                found[same].take(found.pop(claim))
        return tuple(sorted((told.finished(claim, self.scopes) for claim, told in found.items()), key=order))

    def setting(self, chains: Chains) -> Setting:
        """Where the first account of the chains is."""
        return setting(self.head, self.org_id, chains.accounts[0])

    @cached_property
    def org_id(self) -> str:
        """The id of the organization."""
        return organization_id(self.head, self.base)

    def engine(self, policies: Policies) -> Engine:
        """The engine for a chain."""
        if id(policies) not in self.engines:
            self.engines[id(policies)] = compiled(policies)
        return self.engines[id(policies)]

    def claim(self, chains: Chains, difference: Difference) -> Claim:
        """What the difference says, whatever accounts and statements it is about, so that equal ones are one."""
        return Claim(
            gain=difference.gain,
            certainty=difference.certainty.value,
            cause=chains.cause,
            scope=NOWHERE,
            actions=difference.actions,
            principals=difference.principals,
            except_principals=within(difference.principals, difference.except_principals),
            resources=difference.resources,
            except_resources=difference.except_resources,
            conditions=difference.conditions,
        )

    def witness(self, chains: Chains, difference: Difference) -> list[Witness]:
        """The request that shows the difference; none where it is undecided."""
        request = difference.witness
        if request is None:
            return []
        familiar = self.familiar(chains, difference, request)
        return [self.shown(chains, familiar, difference.before, difference.after)]

    def familiar(self, chains: Chains, difference: Difference, request: Request) -> Request:
        """The same request with an action that most people know, where both sides answer it alike."""
        if request.resource not in ("*", None) or request.action in FAMILIAR:
            return request
        for action in FAMILIAR:
            if action in difference.actions:
                other = replace(request, action=action)
                answers = [self.engine(side).decide(other).answer for side in (chains.base, chains.head)]
                if answers == [difference.before, difference.after]:
                    return other
        return request

    def shown(self, chains: Chains, request: Request, before: Answer | None, after: Answer | None) -> Witness:
        """A request with the scenarios of both chains, which are kept under their names."""
        base, head = self.name("base", self.base, chains.base), self.name("head", self.head, chains.head)
        account = chains.accounts[0].key
        return Witness(asked(request), account, base, head, before or Answer.UNKNOWN, after or Answer.UNKNOWN)

    def name(self, side: str, organization: Organization, policies: Policies) -> str:
        """The name of the scenario of a chain."""
        known = self.names.get((side, id(policies)))
        if known is None:
            known = self.names[side, id(policies)] = f"{side}-{1 + sum(one == side for one, _ in self.names)}"
            self.scenarios[known] = scenario(policies, contents(organization))
        return known


def within(patterns: Sequence[str], exceptions: Sequence[str]) -> tuple[str, ...]:
    """The exceptions without those that are none, because no ARN fits both them and what is meant."""
    wanted = machine(found for one in patterns if (found := tokens("arn", one, variables=False)))
    return tuple(exceptions) if tuple(patterns) == ("*",) else tuple(one for one in exceptions if _meet(one, wanted))


def _meet(pattern: str, wanted: Machine) -> bool:
    found = tokens("arn", pattern, variables=False)
    try:
        return found is None or common_text([machine([found]), wanted], machine([])) is not None
    except GivenUp:
        return True


def order(claim: Claim) -> tuple[object, ...]:
    """The sort key of claims: gains, then what is certain, then what holds for most accounts."""
    certain = ("certain", "possible", "undecided", "future").index(claim.certainty)
    return (not claim.gain, certain, -len(claim.scope.accounts), claim.actions, claim.principals, claim.conditions)


def organization_id(*organizations: Organization) -> str:
    """The id of the organization: the one that its own policies name most often, or an example."""
    contents = {policy.content for one in organizations for policy in one.policies if policy.kind in LAYERS.values()}
    named = Counter(match for content in contents for match in ORGANIZATION_ID.findall(content))
    known = next((one.id for one in organizations if one.id and one.id != EXAMPLE_ORGANIZATION), None)
    return known or (min(named, key=lambda name: (-named[name], name)) if named else EXAMPLE_ORGANIZATION)


def setting(organization: Organization, org_id: str, account: Account) -> Setting:
    """Where a chain is, for coherent witnesses; examples stand for ids that are not known yet."""
    regions = tuple(dict.fromkeys((organization.home_region, *organization.regions)))
    return Setting(account.id or EXAMPLE_ACCOUNT, org_id, f"{org_id}/r-exampleroot/", regions)
