"""Accounts: create, watch, describe, list, move, close and remove."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.paging import paged
from org.sandbox.strict.quotas import closable
from org.sandbox.strict.refusal import Refusal, constraint, invalid_input
from org.sandbox.strict.registry import Request, answers
from org.sandbox.strict.state import DEFAULT_ROLE, Creation, Member
from org.sandbox.strict.tags import check_tags

if TYPE_CHECKING:
    from org.sandbox.strict.state import Realm, World

MONTH = 30 * 86_400
LOCAL = re.compile(r"[^\s\"'()<>\[\]:;,\\|%&@.][^\s\"'()<>\[\]:;,\\|%&@]*", re.ASCII)
DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
STATUS = {"CLOSED": "SUSPENDED", "PENDING_ACTIVATION": "ACTIVE"}
"""The old Status of an account by its State, where the two differ (User Guide, orgs_manage_accounts_account_state)."""


def check_email(email: str) -> None:
    """The address is one that AWS takes for a root user (API page CreateAccount, parameter Email)."""
    local, _, domain = email.partition("@")
    if email.isascii() and LOCAL.fullmatch(local) and DOMAIN.fullmatch(domain) and "." in domain:
        return
    raise invalid_input("INVALID_EMAIL_ADDRESS_TARGET", "You specified an invalid email address for the account owner.")


@answers("organizations")
def create_account(request: Request) -> dict[str, Any]:
    """A request that is IN_PROGRESS (API page CreateAccount); what becomes of it shows in its status."""
    world, realm, wanted = request.world, request.realm, request.parameters
    check_email(wanted["Email"])
    tags = check_tags(wanted.get("Tags", []), {}, world.quotas.tags)
    check_room(world, realm)
    now = world.now()
    creation = Creation(
        id=f"car-{world.letters(32)}",
        name=wanted["AccountName"],
        email=wanted["Email"],
        role=wanted.get("RoleName", DEFAULT_ROLE),
        tags=tags,
        requested=now,
        due=now + world.creation_seconds,
        polls=world.creation_polls,
        failure="CONCURRENT_ACCOUNT_MODIFICATION" if in_flight(realm, wanted["Email"]) else None,
    )
    realm.creations[creation.id] = creation
    if world.creation_polls <= 0:
        settle(world, realm, creation)
    return {"CreateAccountStatus": show_creation(creation)}


def in_flight(realm: Realm, email: str) -> bool:
    """True where a request for the same e-mail has not ended yet; the second one then fails (CreateAccountStatus)."""
    pending = (creation for creation in realm.creations.values() if creation.state == "IN_PROGRESS")
    return any(creation.email.lower() == email.lower() for creation in pending)


def check_room(world: World, realm: Realm) -> None:
    """One more account may be created now (User Guide page orgs_reference_limits).

    The page gives the limit of five creations at once without its error; users see TooManyRequestsException.
    """
    pending = sum(creation.state == "IN_PROGRESS" for creation in realm.creations.values())
    if len(realm.accounts) + pending >= world.quotas.accounts:
        message = "You have exceeded the allowed number of AWS accounts."
        raise constraint("ACCOUNT_NUMBER_LIMIT_EXCEEDED", message)
    if pending >= world.quotas.creations:
        message = "AWS Organizations can't complete your request because another request is already in progress."
        raise Refusal("TooManyRequestsException", f"{message} Try again later.")


def settle(world: World, realm: Realm, creation: Creation) -> None:
    """The request has ended: the account is in the root with its role, or the e-mail was taken.

    Only now does ListAccounts show the account. The reasons of a failure are those of the API page CreateAccountStatus.
    """
    creation.completed = world.now()
    if creation.email.lower() in realm.emails:
        creation.failure = creation.failure or "EMAIL_ALREADY_EXISTS"
    if creation.failure:
        creation.state = "FAILED"
        return
    identity = world.account_id()
    arn = realm.arn_of("account", identity)
    account = Member(identity, arn, creation.name, creation.email, realm.root.id, world.now(), tags=creation.tags)
    realm.add_account(account)
    world.roles[identity] = frozenset({creation.role})
    creation.state, creation.account = "SUCCEEDED", identity


def advance(world: World) -> None:
    """Every creation and closure whose time has come has ended."""
    realm = world.realm
    if realm is None:
        return
    for creation in list(realm.creations.values())[-20:]:
        if creation.state == "IN_PROGRESS" and world.now() >= creation.due:
            settle(world, realm, creation)


def show_creation(creation: Creation) -> dict[str, Any]:
    """The status as AWS shows it: AccountId only once it succeeded."""
    shown: dict[str, Any] = {
        "Id": creation.id,
        "AccountName": creation.name,
        "State": creation.state,
        "RequestedTimestamp": creation.requested,
    }
    optional = {
        "CompletedTimestamp": creation.completed,
        "AccountId": creation.account,
        "FailureReason": creation.failure if creation.state == "FAILED" else None,
    }
    return shown | {key: value for key, value in optional.items() if value is not None}


def poll(world: World, realm: Realm, creation: Creation) -> None:
    """One status read has passed; the request ends after `World.creation_polls` of them."""
    if creation.state == "IN_PROGRESS":
        creation.polls -= 1
        if creation.polls < 0:
            settle(world, realm, creation)


@answers("organizations")
def describe_create_account_status(request: Request) -> dict[str, Any]:
    """The status of one request (API page DescribeCreateAccountStatus)."""
    creation = request.realm.creations.get(request.parameters["CreateAccountRequestId"])
    if creation is None:
        message = "We can't find a create account request with the CreateAccountRequestId that you specified."
        raise Refusal("CreateAccountStatusNotFoundException", message)
    poll(request.world, request.realm, creation)
    return {"CreateAccountStatus": show_creation(creation)}


@answers("organizations")
def list_create_account_status(request: Request) -> dict[str, Any]:
    """The status of all requests, or of those in the given States (API page ListCreateAccountStatus)."""
    realm = request.realm
    for creation in list(realm.creations.values()):
        poll(request.world, realm, creation)
    states = request.parameters.get("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    chosen = [creation for creation in realm.creations.values() if creation.state in states]
    return paged(request, "CreateAccountStatuses", chosen, show_creation)


def show_account(realm: Realm, account: Member) -> dict[str, Any]:
    """The account as DescribeAccount and ListAccounts show it."""
    return {
        "Id": account.id,
        "Arn": account.arn,
        "Email": account.email,
        "Name": account.name,
        "Status": STATUS.get(account.state, account.state),
        "State": account.state,
        "Paths": [realm.path(account.id)],
        "JoinedMethod": account.method,
        "JoinedTimestamp": account.joined,
    }


def find_account(realm: Realm, identity: str) -> Member:
    """The account of that id (AccountNotFoundException)."""
    if account := realm.accounts.get(identity):
        return account
    message = "You specified an account that doesn't exist, or that isn't a member of this organization."
    raise Refusal("AccountNotFoundException", message)


def observe(account: Member) -> None:
    """One look at the account has passed; a closing one ends up CLOSED after a few."""
    if account.state == "PENDING_CLOSURE":
        account.closing -= 1
        if account.closing < 0:
            account.state = "CLOSED"


@answers("organizations")
def describe_account(request: Request) -> dict[str, Any]:
    """One account (API page DescribeAccount)."""
    account = find_account(request.realm, request.parameters["AccountId"])
    observe(account)
    return {"Account": show_account(request.realm, account)}


@answers("organizations")
def list_accounts(request: Request) -> dict[str, Any]:
    """All accounts, wherever they stand (API page ListAccounts)."""
    realm = request.realm
    return paged(request, "Accounts", realm.accounts.values(), lambda account: show_account(realm, account))


@answers("organizations")
def list_accounts_for_parent(request: Request) -> dict[str, Any]:
    """The accounts directly in a root or OU (API page ListAccountsForParent)."""
    realm, parent = request.realm, request.parameters["ParentId"]
    check_parent(realm, parent)
    children = realm.child_accounts.get(parent, {})
    return paged(request, "Accounts", children, lambda identity: show_account(realm, realm.accounts[identity]))


def check_parent(realm: Realm, parent: str) -> None:
    """The id is the root's or an OU's (ParentNotFoundException)."""
    if not realm.is_parent(parent):
        raise Refusal("ParentNotFoundException", "We can't find a root or OU with the ParentId that you specified.")


@answers("organizations")
def move_account(request: Request) -> dict[str, Any]:
    """The account stands under the destination (API page MoveAccount, with its three NotFound errors)."""
    realm, wanted = request.realm, request.parameters
    source, destination = wanted["SourceParentId"], wanted["DestinationParentId"]
    account = find_account(realm, wanted["AccountId"])
    if not realm.is_parent(destination):
        message = "We can't find the destination container (a root or OU) with the ParentId that you specified."
        raise Refusal("DestinationParentNotFoundException", message)
    if account.parent == destination:
        raise Refusal("DuplicateAccountException", "That account is already present in the specified destination.")
    if account.parent != source:
        message = "We can't find a source root or OU with the ParentId that you specified."
        raise Refusal("SourceParentNotFoundException", message)
    realm.move_account(account, destination)
    return {}


@answers("organizations")
def close_account(request: Request) -> dict[str, Any]:
    """The account is PENDING_CLOSURE, and CLOSED a little later (API page CloseAccount)."""
    world, realm = request.world, request.realm
    if realm.features != "ALL":
        message = "You attempted an operation that requires all features to be enabled."
        raise constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE", message)
    account = find_account(realm, request.parameters["AccountId"])
    if account.id == realm.management:
        message = "You can't close the management account of an organization with this operation."
        raise constraint("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", message)
    if account.state in {"CLOSED", "SUSPENDED"}:
        raise Refusal("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
    if account.state == "PENDING_CLOSURE":
        raise Refusal("ConflictException", "The account is already being closed.")
    check_closable(world, realm)
    account.state, account.closing = "PENDING_CLOSURE", world.closure_polls
    realm.closures.append(world.now())
    return {}


def check_closable(world: World, realm: Realm) -> None:
    """One more account may be closed now (User Guide pages orgs_reference_limits and orgs_manage_accounts_close)."""
    pending = sum(account.state == "PENDING_CLOSURE" for account in realm.accounts.values())
    if pending >= world.quotas.closures:
        message = "You have exceeded the number of close account requests that can be in progress at a time."
        raise constraint("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED", message)
    recent = [when for when in realm.closures if when > world.now() - MONTH]
    limit = world.quotas.monthly_closures
    if len(recent) >= (closable(len(realm.accounts) - 1) if limit is None else limit):
        message = "You have exceeded the close account quota for the past 30 days."
        raise constraint("CLOSE_ACCOUNT_QUOTA_EXCEEDED", message)


@answers("organizations")
def remove_account_from_organization(request: Request) -> dict[str, Any]:
    """The account stands alone (API page RemoveAccountFromOrganization).

    A created account may not leave in its first four days: WAIT_PERIOD_ACTIVE (orgs_manage_accounts_remove).
    """
    realm = request.realm
    account = find_account(realm, request.parameters["AccountId"])
    if account.id == realm.management:
        message = "You can't remove a management account from an organization."
        raise Refusal("MasterCannotLeaveOrganizationException", message)
    if account.id in realm.delegates:
        message = "You attempted to remove an account that is a delegated administrator for an AWS service."
        raise constraint("CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", message)
    if account.method == "CREATED" and request.world.now() < account.joined + 4 * 86_400:
        message = "You attempted to remove an account before its wait period of four days was over."
        raise constraint("WAIT_PERIOD_ACTIVE", message)
    realm.remove_account(account)
    return {}
