"""The answers to invariants: computed once for accounts that the same policies reach, and told for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.access.prove.difference import Setting
from org.access.prove.questions import Answered, Verdict, ask
from org.access.prove.sides import levels_of
from org.invariants.meaning import Meaning, organization_id
from org.model.organization import ROOT
from org.model.request import Layer
from org.policy.chain import groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
    order = [Answered.REFUTED, Answered.UNKNOWN, Answered.PROVED]
    return tuple(sorted(found, key=lambda one: order.index(one.verdict.answered)))


def _chains(meant: Meaning, organization: Organization) -> Iterator[tuple[Policies, tuple[Account, ...]]]:
    """The policies with the accounts that are asked about; each account alone where an account's id is named."""
    asked = {account.key for account in meant.accounts}
    for group in groups(organization):
        for management in (False, True):
            members = tuple(one for one in group.accounts if one.key in asked and one.management is management)
            if not members:
                continue
            if names_accounts(group.policies, meant):
                yield from ((group.policies, (one,)) for one in members)
            else:
                yield group.policies, members


def names_accounts(policies: Policies, meant: Meaning) -> bool:
    """True where what is asked or what is answered may differ from account to account by its id."""
    statements = [
        statement
        for layer in (Layer.SCP, Layer.RCP)
        for level in levels_of(policies, layer)
        for document in level
        for statement in document.statements
    ]
    texts = (text for one in (*statements, *meant.question.statements) for text in _texts(one))
    return any(part.isdigit() and len(part) == 12 for text in texts for part in text.replace("/", ":").split(":"))


def _texts(statement: object) -> Iterable[str]:
    from org.access.document import Statement

    assert isinstance(statement, Statement)
    return (*statement.resources, *(value for test in statement.tests for value in test.values))


def _answer(meant: Meaning, organization: Organization, policies: Policies, accounts: Sequence[Account]) -> Answer:
    where = setting(organization, accounts[0])
    return Answer(ask(meant.question, policies, where), tuple(accounts), policies, where)


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
