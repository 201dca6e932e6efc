"""Trusted access, delegated administrators and the organization's resource policy."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.accounts import find_account, show_account
from org.sandbox.strict.paging import paged
from org.sandbox.strict.refusal import Refusal, constraint, invalid_input
from org.sandbox.strict.registry import Request, answers
from org.sandbox.strict.tags import check_tags

if TYPE_CHECKING:
    from org.sandbox.strict.state import Realm

PRINCIPAL = re.compile(r"[a-z0-9.-]+\.amazonaws\.com")


def check_service(principal: str) -> None:
    """The principal has the form of a service's (InvalidInputException: UNRECOGNIZED_SERVICE_PRINCIPAL).

    AWS knows the services that integrate with Organizations; the sandbox knows only the form of their names.
    """
    if not PRINCIPAL.fullmatch(principal):
        raise invalid_input("UNRECOGNIZED_SERVICE_PRINCIPAL", "You specified an unrecognized service principal.")


@answers("organizations")
def enable_aws_service_access(request: Request) -> dict[str, Any]:
    """The service is trusted; once more is no error (API page EnableAWSServiceAccess)."""
    principal = request.parameters["ServicePrincipal"]
    check_service(principal)
    request.realm.services.setdefault(principal, request.world.now())
    return {}


@answers("organizations")
def disable_aws_service_access(request: Request) -> dict[str, Any]:
    """The service is no longer trusted (API page DisableAWSServiceAccess).

    Delegated administrators go first: DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE (ConstraintViolationException).
    """
    principal = request.parameters["ServicePrincipal"]
    check_service(principal)
    if any(principal in services for services in request.realm.delegates.values()):
        message = "You must deregister all delegated administrators of the service before you disable its access."
        raise constraint("DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE", message)
    request.realm.services.pop(principal, None)
    return {}


@answers("organizations")
def list_aws_service_access_for_organization(request: Request) -> dict[str, Any]:
    """The trusted services (API page ListAWSServiceAccessForOrganization)."""
    return paged(
        request,
        "EnabledServicePrincipals",
        request.realm.services.items(),
        lambda service: {"ServicePrincipal": service[0], "DateEnabled": service[1]},
    )


@answers("organizations")
def register_delegated_administrator(request: Request) -> dict[str, Any]:
    """The account administers the service (API page RegisterDelegatedAdministrator)."""
    realm, principal = request.realm, request.parameters["ServicePrincipal"]
    check_service(principal)
    account = find_account(realm, request.parameters["AccountId"])
    if account.id == realm.management:
        message = "You can't register the management account as a delegated administrator."
        raise constraint("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", message)
    if account.state != "ACTIVE":
        message = "You can't register a suspended account as a delegated administrator."
        raise constraint("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR", message)
    if principal not in realm.services:
        message = "You attempted to register a delegated administrator before you enabled service access."
        raise constraint("SERVICE_ACCESS_NOT_ENABLED", message)
    if principal in realm.delegates.get(account.id, {}):
        message = "The specified account is already a delegated administrator for this AWS service."
        raise Refusal("AccountAlreadyRegisteredException", message)
    realm.delegates.setdefault(account.id, {})[principal] = request.world.now()
    return {}


@answers("organizations")
def deregister_delegated_administrator(request: Request) -> dict[str, Any]:
    """The account no longer administers the service (API page DeregisterDelegatedAdministrator)."""
    realm, principal = request.realm, request.parameters["ServicePrincipal"]
    check_service(principal)
    account = find_account(realm, request.parameters["AccountId"])
    services = delegated(realm, account.id, principal)
    del services[principal]
    if not services:
        del realm.delegates[account.id]
    return {}


def delegated(realm: Realm, account: str, principal: str | None = None) -> dict[str, float]:
    """The services the account administers, that one among them (AccountNotRegisteredException)."""
    services = realm.delegates.get(account, {})
    if not services or (principal and principal not in services):
        message = "The specified account is not a delegated administrator for this AWS service."
        raise Refusal("AccountNotRegisteredException", message)
    return services


@answers("organizations")
def list_delegated_administrators(request: Request) -> dict[str, Any]:
    """The accounts that administer any service, or the given one (API page ListDelegatedAdministrators)."""
    realm, principal = request.realm, request.parameters.get("ServicePrincipal")
    chosen = [
        (account, min(services.values()) if principal is None else services[principal])
        for account, services in realm.delegates.items()
        if principal is None or principal in services
    ]
    return paged(request, "DelegatedAdministrators", chosen, lambda pair: show_delegate(realm, *pair))


def show_delegate(realm: Realm, identity: str, since: float) -> dict[str, Any]:
    """The delegated administrator as AWS shows it."""
    shown = show_account(realm, realm.accounts[identity])
    del shown["Paths"]
    return shown | {"DelegationEnabledDate": since}


@answers("organizations")
def list_delegated_services_for_account(request: Request) -> dict[str, Any]:
    """The services that the account administers (API page ListDelegatedServicesForAccount)."""
    account = find_account(request.realm, request.parameters["AccountId"])
    services = delegated(request.realm, account.id)
    return paged(
        request,
        "DelegatedServices",
        services.items(),
        lambda service: {"ServicePrincipal": service[0], "DelegationEnabledDate": service[1]},
    )


@answers("organizations")
def put_resource_policy(request: Request) -> dict[str, Any]:
    """The delegation policy is the given one (API page PutResourcePolicy).

    NotAction and NotResource are refused since June 2026 (User Guide page orgs_delegate_policies).
    """
    realm, content = request.realm, request.parameters["Content"]
    try:
        document = json.loads(content)
        statements = document["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        raise bad_resource_policy() from error
    statements = statements if isinstance(statements, list) else [statements]
    if not all(isinstance(statement, dict) and "Principal" in statement for statement in statements):
        raise bad_resource_policy()
    if any({"NotAction", "NotResource"} & statement.keys() for statement in statements):
        raise bad_resource_policy()
    tags = check_tags(request.parameters.get("Tags", []), {}, request.world.quotas.tags)
    realm.resource_policy = content
    realm.resource_policy_tags = tags or realm.resource_policy_tags
    return {"ResourcePolicy": show_resource_policy(realm)}


def bad_resource_policy() -> Refusal:
    """The refusal of a delegation policy that is no policy."""
    return invalid_input("INVALID_RESOURCE_POLICY_JSON", "The specified resource policy is not valid.")


def show_resource_policy(realm: Realm) -> dict[str, Any]:
    """The delegation policy as AWS shows it (ResourcePolicyNotFoundException where there is none)."""
    if realm.resource_policy is None:
        message = "We can't find a resource policy request with the parameter that you specified."
        raise Refusal("ResourcePolicyNotFoundException", message)
    identity = f"rp-{realm.id[2:]}"
    arn = realm.arn_of("resourcepolicy", identity)
    return {"ResourcePolicySummary": {"Id": identity, "Arn": arn}, "Content": realm.resource_policy}


@answers("organizations")
def describe_resource_policy(request: Request) -> dict[str, Any]:
    """The delegation policy (API page DescribeResourcePolicy)."""
    return {"ResourcePolicy": show_resource_policy(request.realm)}


@answers("organizations")
def delete_resource_policy(request: Request) -> dict[str, Any]:
    """There is no delegation policy any more (API page DeleteResourcePolicy)."""
    show_resource_policy(request.realm)
    request.realm.resource_policy = None
    return {}
