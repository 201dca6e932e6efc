"""Root users of members are looked after from above: their credentials, and what only a root user may do.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import HERE, Component, Where
from org.errors import CloudError

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change

FEATURES = {
    "RootCredentialsManagement": "enable_organizations_root_credentials_management",
    "RootSessions": "enable_organizations_root_sessions",
}
NOT_TRUSTED = "ServiceAccessNotEnabledException"


def enabled(cloud: Cloud) -> list[str]:
    """The features that are on; none before IAM is trusted by the organization."""
    try:
        return list(cloud.call("iam", "list_organizations_features").get("EnabledFeatures", ()))
    except CloudError as error:
        if error.code.removesuffix("Exception") != NOT_TRUSTED.removesuffix("Exception"):
            raise
        return []


def read(cloud: Cloud, _: Scope) -> Things:
    """Which of the two features are on."""
    on = enabled(cloud)
    return {HERE: {feature: feature in on for feature in FEATURES}}


def wanted(_scope: Scope, _found: Things) -> Things:
    """Both on."""
    return {HERE: dict.fromkeys(FEATURES, True)}


def write(cloud: Cloud, change: Change) -> None:
    """What was off is on; `iam.amazonaws.com` must be among the organization's trusted services."""
    for feature, operation in FEATURES.items():
        if not (change.before or {}).get(feature):
            cloud.call("iam", operation)


component = Component(
    name="central-root-access",
    title="Central root access",
    description="The organization looks after the root users of its members: new members have no root password, and "
    "what only a root user may do is done in short sessions. Needs `iam.amazonaws.com` among the trusted services.",
    where=Where.ORGANIZATION,
    settings={},
    reads=("iam:ListOrganizationsFeatures",),
    read=read,
    wanted=wanted,
    writes=("iam:EnableOrganizationsRootCredentialsManagement", "iam:EnableOrganizationsRootSessions"),
    write=write,
    controls=("ORG-09",),
)
