"""A question in the words of accounts.yaml, made a request with all policies that have a say in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from org.access import actions
from org.access.match import action_matches, listed, looked_up
from org.access.policies import Policies
from org.access.requests import ACCOUNT, account_of, account_of_resource, is_service, request
from org.model.place import partition
from org.model.request import Layer, Principal
from org.policy.chain import chain, levels
from org.policy.spoken import asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.access.document import Statement
    from org.model.organization import Account, Organization
    from org.model.request import Request, Value

NO_ID = "000000000000"
"""Stands for the id of an account that AWS has not made yet."""
EVERY_REQUEST_HAS = ("aws:RequestedRegion", "aws:SourceIp", "aws:CurrentTime", "aws:EpochTime", "aws:UserAgent")
"""Keys that are never absent in a direct call, so that what nobody says of them is unknown."""
ASSUMED: Mapping[str, str] = {"aws:SecureTransport": "true", "aws:ViaAWSService": "false"}
"""A direct call as the command line tools of AWS make it."""
OF_ORGANIZATION = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceOrgID", "aws:ResourceOrgPaths")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know. `own` are policies beside the organization's: identity, boundary, resource."""

    principal: str
    action: str
    resource: str | None = None
    resource_account: Account | None = None
    context: Mapping[str, Value] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    own: Policies | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The request and the policies; `nodes` are the node references of the levels of SCPs and of RCPs.

    `assumed` are the context keys that nobody gave and every direct call has; `absent` are the keys that statements
    about the action read and the request lacks; `notes` say what else was made up.
    """

    request: Request
    policies: Policies
    nodes: Mapping[Layer, tuple[str, ...]]
    assumed: Mapping[str, str]
    absent: tuple[str, ...]
    notes: tuple[str, ...]


def question(organization: Organization, account: Account, wish: Asked) -> Question:
    """The question about an account: that of the principal, or for somebody from elsewhere that of the resource."""
    notes: list[str] = []
    arn = principal_arn(wish.principal, account, organization)
    home = _home(organization, account, arn, notes)
    place_id, place = _place(organization, account, home, wish)
    resource = wish.resource if wish.resource is not None else None if _has_resources(wish.action) else "*"
    assumed = {key: value for key, value in ASSUMED.items() if not _given(key, wish)}
    of_organization = OF_ORGANIZATION if organization.id is None else OF_ORGANIZATION[1::2]
    made = request(
        Principal(arn, org_id=organization.id if home else None, management=home is not None and home.management),
        wish.action,
        resource,
        resource_account=place_id,
        context={**assumed, **wish.context},
        unknown=(*EVERY_REQUEST_HAS, *of_organization, *wish.unknown),
        resource_management=place is not None and place.management,
    )
    scps = chain(organization, home.key).scps if home else None
    rcps = chain(organization, place.key).rcps if place else None
    own = wish.own or Policies(guardrails_only=True)
    policies = replace(own, scps=scps, rcps=rcps)
    read = set(_read(policies, made))
    return Question(
        request=made,
        policies=policies,
        nodes={
            Layer.SCP: levels(organization, home.key) if home else (),
            Layer.RCP: levels(organization, place.key) if place else (),
        },
        assumed={key: value for key, value in assumed.items() if key.lower() in read},
        absent=tuple(sorted(written(key) for key in read if _may_be_there(key) and looked_up(key, made) is None)),
        notes=tuple(notes),
    )


def principal_arn(word: str, account: Account, organization: Organization) -> str:
    """The ARN of a principal: as it is, or of `root`, `user/NAME`, or a role of the account by its name."""
    if word == "*" or word.startswith("arn:") or is_service(word) or ACCOUNT.fullmatch(word):
        return word
    name = word if word == "root" or word.startswith(("user/", "role/")) else f"role/{word}"
    return f"arn:{partition(organization.home_region)}:iam::{account.id or NO_ID}:{name}"


def _home(organization: Organization, account: Account, arn: str, notes: list[str]) -> Account | None:
    """The account of the principal; None for services, anonymous callers and accounts that are not declared."""
    identity = account_of(arn)
    if identity is None:
        return None
    if identity == (account.id or NO_ID):
        if account.id is None:
            notes.append(f"{account.key} has no id yet: {NO_ID} stands for it")
        return account
    home = _by_id(organization, identity)
    if home is None:
        notes.append(f"{identity} is not in {organization.file or 'accounts.yaml'}: no SCP binds its principals")
    return home


def _place(
    organization: Organization, account: Account, home: Account | None, wish: Asked
) -> tuple[str, Account | None]:
    """The id of the resource's account, and the account where it is declared."""
    if wish.resource_account is not None:
        return wish.resource_account.id or NO_ID, wish.resource_account
    identity = account_of_resource(wish.resource)
    if identity is not None and identity != (account.id or NO_ID):
        return identity, _by_id(organization, identity)
    place = home if home is not None and wish.resource in (None, "*") else account
    return place.id or NO_ID, place


def _by_id(organization: Organization, identity: str) -> Account | None:
    return next((one for one in organization.accounts if one.id == identity), None)


def _has_resources(action: str) -> bool:
    """True where an action acts on resources, or nobody knows whether it does."""
    prefix, _, name = action.partition(":")
    service = actions.service(prefix)
    known = service.actions.get(name.lower()) if service else None
    return known is None or bool(known.resources)


def _given(key: str, wish: Asked) -> bool:
    return key.lower() in {one.lower() for one in (*wish.context, *wish.unknown)}


def _read(policies: Policies, made: Request) -> Iterator[str]:
    """The keys that statements about the action read."""
    for document, _ in asked(policies, made):
        for statement in document.statements:
            if _is_about(statement, made):
                yield from (test.key for test in statement.tests)


def _may_be_there(key: str) -> bool:
    """False for the keys that follow from the principal: where they are missing, there are none."""
    return not key.startswith("aws:principal") or key.startswith("aws:principaltag/")


def _is_about(statement: Statement, made: Request) -> bool:
    negated = statement.not_actions
    return listed(statement.actions, lambda one: action_matches(one, made.action), negated=negated) is True


def written(key: str) -> str:
    """A key in lower case as AWS's pages write it."""
    service = actions.service(key.partition(":")[0])
    name = actions.global_keys().find(key) or (service and service.keys.find(key))
    if not name:
        return key
    begin, _, _ = name.partition("${}")
    return begin + key[len(begin) :]
