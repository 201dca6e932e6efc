"""Central root access (IAM API pages ListOrganizationsFeatures, EnableOrganizationsRoot...).

The operations of IAM are answered for the management account alone, once the organization trusts IAM.
"""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import shelf

TRUSTED = "iam.amazonaws.com"


def features(request: Request) -> dict[str, Any]:
    """The organization and what is on in it."""
    realm = request.world.realm
    if realm is None:
        raise Refusal("OrganizationNotFoundException", "Your account is not a member of an organization.", status=404)
    if request.caller.account != realm.management:
        message = "The request was rejected because the account making the request is not the management account."
        raise Refusal("CallerIsNotManagementAccountException", message)
    if TRUSTED not in realm.services:
        message = "Service access is not enabled for iam.amazonaws.com."
        raise Refusal("ServiceAccessNotEnabledException", message)
    return {"OrganizationId": realm.id, "EnabledFeatures": sorted(shelf(request, "features", regional=False))}


def switch_on(request: Request, feature: str) -> dict[str, Any]:
    """The feature is on; once more is no error."""
    features(request)
    shelf(request, "features", regional=False)[feature] = True
    return features(request)


@answers("iam", Audience.ANYBODY)
def list_organizations_features(request: Request) -> dict[str, Any]:
    """What is on."""
    return features(request)


@answers("iam", Audience.ANYBODY)
def enable_organizations_root_credentials_management(request: Request) -> dict[str, Any]:
    """Root credentials of members are looked after from above."""
    return switch_on(request, "RootCredentialsManagement")


@answers("iam", Audience.ANYBODY)
def enable_organizations_root_sessions(request: Request) -> dict[str, Any]:
    """Sessions of members' root users can be had from above."""
    return switch_on(request, "RootSessions")
