"""EMR starts no cluster whose security groups are open to everybody, in every governed Region.

https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-block-public-access.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import HERE, Component, Where, one

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change, State

CONFIGURATION = "BlockPublicAccessConfiguration"
RANGES = "PermittedPublicSecurityGroupRuleRanges"


def read(cloud: Cloud) -> State:
    """Whether it is on, and the ports that are excepted."""
    found = cloud.call("emr", "get_block_public_access_configuration")[CONFIGURATION]
    ranges = sorted(
        [one_of_them["MinRange"], one_of_them.get("MaxRange", one_of_them["MinRange"])]
        for one_of_them in found.get(RANGES, ())
    )
    return {"BlockPublicSecurityGroupRules": found["BlockPublicSecurityGroupRules"], "ports": ranges}


def wanted(scope: Scope, _: Things) -> Things:
    """It is on, with the declared ports excepted."""
    ports = sorted([one_of_them, one_of_them] for one_of_them in set(scope.settings["ports"]))
    return {HERE: {"BlockPublicSecurityGroupRules": True, "ports": ports}}


def write(cloud: Cloud, change: Change) -> None:
    """Both are set by one call."""
    after = change.after or {}
    ranges = [{"MinRange": first, "MaxRange": last} for first, last in after["ports"]]
    configuration = {"BlockPublicSecurityGroupRules": after["BlockPublicSecurityGroupRules"], RANGES: ranges}
    cloud.call("emr", "put_block_public_access_configuration", BlockPublicAccessConfiguration=configuration)


component = Component(
    name="emr-public-access",
    title="EMR Block Public Access",
    description="EMR clusters do not start with security groups that let everybody in, but for the ports named here.",
    where=Where.REGION,
    settings={
        "ports": {
            "type": "array",
            "maxItems": 10,
            "items": {"type": "integer", "minimum": 0, "maximum": 65535},
            "default": [],
            "description": "Ports that may be open to everybody; AWS's own default is 22.",
        },
    },
    reads=("elasticmapreduce:GetBlockPublicAccessConfiguration",),
    read=one(read),
    wanted=wanted,
    writes=("elasticmapreduce:PutBlockPublicAccessConfiguration",),
    write=write,
    controls=("NET-02",),
)
