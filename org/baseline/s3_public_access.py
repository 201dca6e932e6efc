"""S3 Block Public Access for a whole account.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import HERE, Component, Severity
from org.errors import CloudError, Denied, ManagedAbove, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding

SWITCHES = {
    "BlockPublicAcls": "Refuse new public ACLs on buckets and objects.",
    "IgnorePublicAcls": "Treat public ACLs that exist as if they were private.",
    "BlockPublicPolicy": "Refuse new bucket policies that grant public access.",
    "RestrictPublicBuckets": "Let only the account itself and AWS services use buckets whose policy is public.",
}


def read(cloud: Cloud, scope: Scope) -> Things:
    """The four switches as they are in force, or nothing where the account never set them.

    All of them off may be the doing of a policy from above, which is asked for only then.
    """
    try:
        answer = cloud.call("s3control", "get_public_access_block", AccountId=cloud.place.account)
    except Missing:
        return {}
    found = answer["PublicAccessBlockConfiguration"]
    state: dict[str, Any] = {switch: bool(found.get(switch, False)) for switch in SWITCHES}
    if not any(state.values()) and any(scope.settings[switch] for switch in SWITCHES):
        state["opened_by"] = managed_above(cloud)
    return {HERE: state}


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """A policy from above that opens what is declared to be closed: the account cannot close it, so it is an error."""
    by = (found.get(HERE) or {}).get("opened_by")
    if by:
        message = f"an organization policy ({by}) switches Block Public Access off here, though it is declared on"
        advice = "let the policy say `all`, or detach it and run this again at once"
        yield scope.finding("S3-01", message, severity=Severity.ERROR, advice=advice)


def managed_above(cloud: Cloud) -> str | None:
    """`S3_POLICY` where an Organizations S3 policy decides the setting for this account; None without an organization.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html
    """
    try:
        cloud.call("organizations", "describe_effective_policy", PolicyType="S3_POLICY")
    except (Missing, Denied):
        return None
    except CloudError as error:
        if error.code == "AWSOrganizationsNotInUseException":
            return None
        raise
    return "S3_POLICY"


def write(cloud: Cloud, change: Change) -> None:
    """Set all four at once: AWS turns off every switch that a call leaves out.

    A 403 while an S3 policy is in force means that the organization decides, which is `ManagedAbove`, not a failure:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutPublicAccessBlock.html
    """
    try:
        cloud.call(
            "s3control",
            "put_public_access_block",
            AccountId=cloud.place.account,
            PublicAccessBlockConfiguration=dict(change.after or {}),
        )
    except Denied as denied:
        by = managed_above(cloud)
        if by is None:
            raise
        raise ManagedAbove(cloud.place, by) from denied


component = Component(
    name="s3-public-access",
    title="S3 Block Public Access",
    description="All four account-level Block Public Access switches, so that no bucket can become public. Where an S3 "
    "policy of the organization decides, the account has nothing to set; one that opens what is declared closed is an "
    "error. An account's own setting counts again once such a policy is gone, so the next run sets it.",
    settings={
        switch: {"type": "boolean", "default": True, "description": description}
        for switch, description in SWITCHES.items()
    },
    reads=("s3:GetAccountPublicAccessBlock", "organizations:DescribeEffectivePolicy"),
    read=read,
    findings=findings,
    writes=("s3:PutAccountPublicAccessBlock",),
    write=write,
    managed_above=managed_above,
    controls=("S3-01",),
)
