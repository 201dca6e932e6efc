"""Whether VPCs reach the internet through internet gateways, in every governed Region.

https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where, one
from org.baseline._declarative import by_policy

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Change, State

OPTIONS = "VpcBlockPublicAccessOptions"


def read(cloud: Cloud) -> State:
    """Which way is blocked."""
    found = cloud.call("ec2", "describe_vpc_block_public_access_options")[OPTIONS]
    return {"InternetGatewayBlockMode": found.get("InternetGatewayBlockMode", "off")}


def write(cloud: Cloud, change: Change) -> None:
    """The mode is the declared one; AWS needs some minutes to make it so."""
    cloud.call("ec2", "modify_vpc_block_public_access_options", **(change.after or {}))


component = Component(
    name="vpc-public-access",
    title="VPC Block Public Access",
    description="Traffic through internet gateways is blocked for all VPCs of the account. This stops workloads "
    "that need it: exclusions are made by the owners of the VPCs, and are left alone.",
    where=Where.REGION,
    settings={
        "InternetGatewayBlockMode": {
            "type": "string",
            "enum": ["block-bidirectional", "block-ingress", "off"],
            "default": "block-bidirectional",
            "description": "`block-ingress` still lets traffic out through NAT and egress-only gateways.",
        },
    },
    reads=("ec2:DescribeVpcBlockPublicAccessOptions",),
    read=one(read),
    writes=("ec2:ModifyVpcBlockPublicAccessOptions",),
    write=write,
    managed_above=by_policy("describe_vpc_block_public_access_options", OPTIONS),
    controls=("NET-01",),
)
