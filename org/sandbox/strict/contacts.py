"""AWS Account Management: alternate contacts, contact information, account names and Regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.sandbox.strict.refusal import Refusal, access_denied
from org.sandbox.strict.registry import Request, answers

if TYPE_CHECKING:
    from org.sandbox.strict.state import Member

ALWAYS_ON = frozenset(
    {
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
        *("ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    }
)
OPT_IN = frozenset(
    {
        *("af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5"),
        *("ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1"),
        *("me-south-1", "mx-central-1"),
    }
)
FIELDS = ("Name", "Title", "EmailAddress", "PhoneNumber")


def subject(request: Request) -> str:
    """The id of the account that the call is about (Account Management Reference, parameter AccountId).

    Without AccountId it is the caller's own. With it the caller must be the management account or the delegated
    administrator for account.amazonaws.com, trusted access must be on, and the management account never names itself.
    """
    realm, caller, wanted = request.world.realm, request.caller.account, request.parameters.get("AccountId")
    if wanted is None:
        return caller
    if realm is None or wanted not in realm.accounts or caller not in realm.accounts:
        raise no_access(request)
    delegate = "account.amazonaws.com" in realm.delegates.get(caller, {})
    if caller == realm.management and wanted == caller:
        raise Refusal("ValidationException", "The management account can't specify its own AccountId.")
    if caller != realm.management and not delegate:
        raise no_access(request)
    if "account.amazonaws.com" not in realm.services:
        raise no_access(request, "Trusted access for account.amazonaws.com is not enabled in the organization.")
    return str(wanted)


def no_access(request: Request, why: str = "You do not have sufficient access to perform this action.") -> Refusal:
    """The refusal of a call about an account that is not the caller's to manage."""
    refusal = access_denied(
        f"User: {request.caller.arn} is not authorized to perform: account:{request.operation}. {why}"
    )
    refusal.status = 403
    return refusal


def member(request: Request, account: str) -> Member | None:
    """The account in the organization, if it is in one."""
    return request.world.realm.accounts.get(account) if request.world.realm else None


@answers("account")
def get_alternate_contact(request: Request) -> dict[str, Any]:
    """One alternate contact (API page GetAlternateContact: ResourceNotFoundException)."""
    kind = request.parameters["AlternateContactType"]
    contact = request.world.contacts.get(subject(request), {}).get(kind)
    if contact is None:
        raise Refusal(
            "ResourceNotFoundException", f"No contact of the inputted alternate contact type found: {kind}", status=404
        )
    return {"AlternateContact": contact | {"AlternateContactType": kind}}


@answers("account")
def put_alternate_contact(request: Request) -> dict[str, Any]:
    """The contact is as given (API page PutAlternateContact)."""
    contact = {field: request.parameters[field] for field in FIELDS}
    request.world.contacts.setdefault(subject(request), {})[request.parameters["AlternateContactType"]] = contact
    return {}


@answers("account")
def delete_alternate_contact(request: Request) -> dict[str, Any]:
    """There is no contact of that type (API page DeleteAlternateContact: ResourceNotFoundException)."""
    contacts = request.world.contacts.get(subject(request), {})
    if contacts.pop(request.parameters["AlternateContactType"], None) is None:
        raise Refusal(
            "ResourceNotFoundException", "No contact of the inputted alternate contact type found.", status=404
        )
    return {}


@answers("account")
def put_account_name(request: Request) -> dict[str, Any]:
    """The account has the new name, also in AWS Organizations (API page PutAccountName)."""
    account = subject(request)
    if found := member(request, account):
        found.name = request.parameters["AccountName"]
    return {}


@answers("account")
def get_account_information(request: Request) -> dict[str, Any]:
    """Id, name and creation time (API page GetAccountInformation)."""
    account = subject(request)
    found = member(request, account)
    shown: dict[str, Any] = {"AccountId": account, "AccountName": found.name if found else account}
    return shown | ({"AccountCreatedDate": found.joined} if found else {})


@answers("account")
def get_primary_email(request: Request) -> dict[str, Any]:
    """The root user's address of a member account (API page GetPrimaryEmail)."""
    return {"PrimaryEmail": request.realm.accounts[subject(request)].email}


@answers("account")
def get_contact_information(request: Request) -> dict[str, Any]:
    """The primary contact (API page GetContactInformation: ResourceNotFoundException)."""
    information = request.world.contact_information.get(subject(request))
    if information is None:
        raise Refusal("ResourceNotFoundException", "No contact information found.", status=404)
    return {"ContactInformation": information}


@answers("account")
def put_contact_information(request: Request) -> dict[str, Any]:
    """The primary contact is as given (API page PutContactInformation)."""
    request.world.contact_information[subject(request)] = request.parameters["ContactInformation"]
    return {}


def status(request: Request, account: str, region: str) -> str:
    """ENABLED_BY_DEFAULT, ENABLED or DISABLED; the stages between are passed at once."""
    if region in ALWAYS_ON:
        return "ENABLED_BY_DEFAULT"
    return "ENABLED" if request.world.regions.get(account, {}).get(region) else "DISABLED"


@answers("account")
def list_regions(request: Request) -> dict[str, Any]:
    """All Regions with their status, on one page (API page ListRegions)."""
    account, wanted = subject(request), request.parameters.get("RegionOptStatusContains")
    regions = [
        {"RegionName": region, "RegionOptStatus": status(request, account, region)}
        for region in sorted([*ALWAYS_ON, *OPT_IN])
    ]
    return {"Regions": [region for region in regions if not wanted or region["RegionOptStatus"] in wanted]}


@answers("account")
def get_region_opt_status(request: Request) -> dict[str, Any]:
    """The status of one Region (API page GetRegionOptStatus)."""
    account, region = subject(request), known_region(request)
    return {"RegionName": region, "RegionOptStatus": status(request, account, region)}


@answers("account")
def enable_region(request: Request) -> dict[str, Any]:
    """The opt-in Region is on (API page EnableRegion)."""
    return switch(request, on=True)


@answers("account")
def disable_region(request: Request) -> dict[str, Any]:
    """The opt-in Region is off (API page DisableRegion)."""
    return switch(request, on=False)


def switch(request: Request, *, on: bool) -> dict[str, Any]:
    """The Region is on or off; those that are on by default cannot be switched."""
    account, region = subject(request), known_region(request)
    if region in ALWAYS_ON:
        raise Refusal("ValidationException", f"{region} is enabled by default and can't be switched.")
    request.world.regions.setdefault(account, {})[region] = on
    return {}


def known_region(request: Request) -> str:
    """The Region that is asked about, if AWS has it."""
    region: str = request.parameters["RegionName"]
    if region not in ALWAYS_ON and region not in OPT_IN:
        raise Refusal("ValidationException", f"{region} is not a Region.")
    return region
