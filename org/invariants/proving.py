"""The answers to invariants: computed once for accounts that the same policies reach, and told for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from org.access.prove.difference import Setting
from org.access.prove.questions import Answered, Verdict, ask
from org.access.prove.sides import side
from org.access.prove.witness import accounts_in
from org.invariants.meaning import Meaning, organization_id
from org.model.organization import ROOT
from org.policy.chain import groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.access.policies import Policies
    from org.model.organization import Account, Organization

EXAMPLE_ACCOUNT = "999999999999"
"""Stands for an account that has no id yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of some accounts, with the policies that reach all of them."""

    verdict: Verdict
    accounts: tuple[Account, ...]
    policies: Policies | None = None
    setting: Setting | None = None


def answers(meant: Meaning, organization: Organization) -> tuple[Answer, ...]:
    """The answers to an invariant, those of refuted accounts first."""
    found = [_answer(meant, organization, *one) for one in _chains(meant, organization)]
    return tuple(sorted(found, key=_badness))


def _chains(meant: Meaning, organization: Organization) -> Iterator[tuple[Policies, tuple[Account, ...]]]:
    """The policies with the accounts that are asked about; each account alone where an account's id is named."""
    asked = {account.key for account in meant.accounts}
    for group in groups(organization):
        for management in (False, True):
            members = tuple(one for one in group.accounts if one.key in asked and one.management is management)
            if members and _named(group.policies, meant):
                yield from ((group.policies, (one,)) for one in members)
            elif members:
                yield group.policies, members


def _named(policies: Policies, meant: Meaning) -> tuple[str, ...]:
    """The account ids in what is asked and in the policies: the answer may differ from account to account."""
    tests = [test for statement in meant.question.statements for test in statement.tests]
    asked = (*(value for test in tests for value in test.values), *meant.invariant.resources)
    return accounts_in((*asked, *side(policies).texts))


def _answer(meant: Meaning, organization: Organization, policies: Policies, accounts: Sequence[Account]) -> Answer:
    """The answer about some accounts; the worst for any id that one without may turn out to have."""
    account = accounts[0]
    where = setting(organization, account)
    places = [where]
    if account.id is None:
        others = {one.id for one in organization.accounts}
        places += [replace(where, account=one) for one in _named(policies, meant) if one not in others]
    found = [Answer(ask(meant.question, policies, place), tuple(accounts), policies, place) for place in places]
    return min(found, key=_badness)


def _badness(one: Answer) -> int:
    return [Answered.REFUTED, Answered.UNKNOWN, Answered.PROVED].index(one.verdict.answered)


def setting(organization: Organization, account: Account) -> Setting:
    """Where a chain is, for requests that go together; examples stand for ids that are not known yet."""
    org_id = organization_id(organization)
    regions = tuple(dict.fromkeys((organization.home_region, *organization.regions)))
    path = f"{org_id}/{organization.root_id or 'r-*'}/{_units(organization, account.ou or ROOT)}"
    return Setting(account.id or EXAMPLE_ACCOUNT, org_id, path, regions, account.management)


def _units(organization: Organization, path: str) -> str:
    """The ids of the units down to a path, as `aws:PrincipalOrgPaths` has them; `*` for those that are not known."""
    ids = {unit.path: unit.id for unit in organization.units}
    names = path.split("/") if path else []
    return "".join(f"{ids.get('/'.join(names[: place + 1])) or 'ou-*'}/" for place in range(len(names)))
