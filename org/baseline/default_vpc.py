"""Default VPCs: reported in every governed Region, taken away where that is declared and nothing is in them.

https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding


def read(cloud: Cloud, _: Scope) -> Things:
    """The default VPC by its id, with the number of network interfaces in it: whatever uses a VPC has one."""
    default = [{"Name": "is-default", "Values": ["true"]}]
    return {
        vpc["VpcId"]: {"interfaces": _count(cloud, vpc["VpcId"])}
        for vpc in cloud.pages("ec2", "describe_vpcs", "Vpcs", Filters=default)
    }


def _count(cloud: Cloud, vpc: str) -> int:
    return sum(1 for _ in cloud.pages("ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=_in(vpc)))


def _in(vpc: str, key: str = "vpc-id") -> list[dict[str, Any]]:
    return [{"Name": key, "Values": [vpc]}]


def wanted(scope: Scope, found: Things) -> Things:
    """None that is empty, where the removal is declared."""
    if not scope.settings["remove"]:
        return {}
    return {vpc: None for vpc, state in found.items() if not (state or {})["interfaces"]}


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """Each default VPC that stays."""
    for vpc, state in found.items():
        used = (state or {})["interfaces"]
        if used or not scope.settings["remove"]:
            message = f"default VPC `{vpc}` is there, with {used:,} network interface{'' if used == 1 else 's'} in it"
            advice = "move what is in it" if used else "declare `default-vpc: {remove: true}` to have it taken away"
            yield scope.finding("NET-01", message, advice=advice)


def write(cloud: Cloud, change: Change) -> None:
    """The VPC is gone with its gateway and its subnets; AWS refuses where something has come into it since.

    Subnets go first: they are what AWS refuses to delete while anything is in them, and so nothing else is lost.
    """
    vpc = change.name
    for subnet in cloud.pages("ec2", "describe_subnets", "Subnets", Filters=_in(vpc)):
        cloud.call("ec2", "delete_subnet", SubnetId=subnet["SubnetId"])
    attached = _in(vpc, "attachment.vpc-id")
    for gateway in cloud.pages("ec2", "describe_internet_gateways", "InternetGateways", Filters=attached):
        cloud.call("ec2", "detach_internet_gateway", InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc)
        cloud.call("ec2", "delete_internet_gateway", InternetGatewayId=gateway["InternetGatewayId"])
    cloud.call("ec2", "delete_vpc", VpcId=vpc)


component = Component(
    name="default-vpc",
    title="Default VPCs",
    description="The VPC that AWS puts into each Region of a new account, whose subnets give out public addresses, is "
    "reported; with `remove` it is taken away where nothing is in it.",
    where=Where.REGION,
    settings={
        "remove": {
            "type": "boolean",
            "default": False,
            "description": "Delete default VPCs without any network interface in them.",
        },
    },
    reads=("ec2:DescribeVpcs", "ec2:DescribeNetworkInterfaces"),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=(
        "ec2:DescribeSubnets",
        "ec2:DescribeInternetGateways",
        "ec2:DeleteSubnet",
        "ec2:DetachInternetGateway",
        "ec2:DeleteInternetGateway",
        "ec2:DeleteVpc",
    ),
    write=write,
    controls=("NET-01",),
)
