"""AWS's published call rates, as faults: above them a call is throttled as AWS throttles it."""

from __future__ import annotations

from org.sandbox.faults import Fault

RATES: dict[tuple[float, int], str] = {
    (0.05, 1): "CloseAccount",
    (0.1, 3): "CreateAccount",
    (20, 30): "DescribeAccount",
    (8, 12): "ListAccounts",
    (6, 10): "ListChildren",
    (10, 15): "ListTagsForResource",
    (4, 6): "TagResource UntagResource",
    (2, 2): "DescribeCreateAccountStatus DescribeOrganizationalUnit DescribePolicy RemoveAccountFromOrganization",
    (1, 1): "EnablePolicyType DisablePolicyType",
    (1, 2): (
        "CreateOrganizationalUnit DescribeOrganization ListRoots EnableAWSServiceAccess DisableAWSServiceAccess "
        "RegisterDelegatedAdministrator DeregisterDelegatedAdministrator"
    ),
    (1, 3): "ListAWSServiceAccessForOrganization ListDelegatedServicesForAccount",
    (2, 3): (
        "MoveAccount UpdateOrganizationalUnit DeleteOrganizationalUnit CreatePolicy DeletePolicy AttachPolicy "
        "DetachPolicy UpdatePolicy"
    ),
    (5, 8): (
        "ListCreateAccountStatus ListParents ListAccountsForParent ListOrganizationalUnitsForParent ListPolicies "
        "ListPoliciesForTarget ListTargetsForPolicy ListDelegatedAdministrators"
    ),
}
"""Calls a second and burst of one account (User Guide page orgs_reference_limits, Throttling limits; October 2026)."""


def throttles(scale: float = 1.0) -> tuple[Fault, ...]:
    """One fault for each operation of AWS Organizations: TooManyRequestsException above its published rate.

    `scale` multiplies the rates, so that a test need not take as long as AWS does; the bursts stay.
    """
    message = "AWS Organizations can't complete your request because another request is already in progress."
    return tuple(
        Fault(
            f"^organizations:{operation}$",
            code="TooManyRequestsException",
            message=message,
            rate=rate * scale,
            burst=burst,
        )
        for (rate, burst), operations in RATES.items()
        for operation in operations.split()
    )
