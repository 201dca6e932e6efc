"""Service-linked roles: services that act in an account need one, and some make theirs only on first use.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component
from org.errors import CloudError

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change

PATH = "/aws-service-role/"
SERVICES = tuple(
    f"{name}.amazonaws.com"
    for name in (
        *("access-analyzer", "agentless.inspector2", "autoscaling", "batch", "config", "ecs", "eks", "eks-nodegroup"),
        *("elasticache", "elasticfilesystem", "elasticloadbalancing", "guardduty", "inspector2", "macie"),
        *("mrk.kms", "opensearchservice", "ops.apigateway", "rds", "replication.ecr", "securityhub", "spot"),
        *("spotfleet", "ssm", "transitgateway"),
    )
)
"""The services whose roles can be declared: the pipeline's roles may create these and no other."""


def read(cloud: Cloud, _: Scope) -> Things:
    """The service-linked roles of the account, by the service that each is for."""
    listed = cloud.pages("iam", "list_roles", "Roles", token="Marker", PathPrefix=PATH)
    return {role["Path"].removeprefix(PATH).rstrip("/"): {"there": True} for role in listed}


def wanted(scope: Scope, _: Things) -> Things:
    """A role for each declared service; others are left alone."""
    return {service: {"there": True} for service in scope.settings["services"]}


def write(cloud: Cloud, change: Change) -> None:
    """The service has its role; that it got one in the meantime is as good."""
    try:
        cloud.call("iam", "create_service_linked_role", AWSServiceName=change.name)
    except CloudError as error:
        if error.code != "InvalidInput" or "has been taken" not in error.message:
            raise


component = Component(
    name="service-linked-roles",
    title="Service-linked roles",
    description="Services have the roles that they need in an account before they are first used, so that whoever uses "
    "them first need not be allowed to create roles. Nothing is taken away.",
    settings={
        "services": {
            "type": "array",
            "uniqueItems": True,
            "default": [],
            "items": {"type": "string", "enum": list(SERVICES)},
            "description": "The services that have their role before they are first used.",
            "examples": [["autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com"]],
        },
    },
    reads=("iam:ListRoles",),
    read=read,
    wanted=wanted,
    write=write,
    linked_services=SERVICES,
    controls=("SEC-13",),
)
