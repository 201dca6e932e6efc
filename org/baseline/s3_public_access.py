"""S3 Block Public Access for a whole account.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, one
from org.errors import CloudError, Denied, ManagedAbove, Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Change, State

SWITCHES = {
    "BlockPublicAcls": "Refuse new public ACLs on buckets and objects.",
    "IgnorePublicAcls": "Treat public ACLs that exist as if they were private.",
    "BlockPublicPolicy": "Refuse new bucket policies that grant public access.",
    "RestrictPublicBuckets": "Let only the account itself and AWS services use buckets whose policy is public.",
}


def read(cloud: Cloud) -> State | None:
    """The four switches as they are in force, or None where the account never set them."""
    try:
        answer = cloud.call("s3control", "get_public_access_block", AccountId=cloud.place.account)
    except Missing:
        return None
    found = answer["PublicAccessBlockConfiguration"]
    return {switch: bool(found.get(switch, False)) for switch in SWITCHES}


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
    description="All four account-level Block Public Access switches, so that no bucket can become public.",
    settings={
        switch: {"type": "boolean", "default": True, "description": description}
        for switch, description in SWITCHES.items()
    },
    reads=("s3:GetAccountPublicAccessBlock", "organizations:DescribeEffectivePolicy"),
    read=one(read),
    writes=("s3:PutAccountPublicAccessBlock",),
    write=write,
    managed_above=managed_above,
    controls=("S3-01",),
)
