"""Governed Regions that AWS leaves off at first are on: reported, and switched on where declared; never off.

https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding

ON = ("ENABLED", "ENABLED_BY_DEFAULT", "ENABLING")
"""A Region takes minutes, and up to hours, to come: what is on its way is asked for no more."""


def read(cloud: Cloud, scope: Scope) -> Things:
    """Whether each governed Region is on."""
    listed = cloud.pages("account", "list_regions", "Regions", MaxResults=50)
    states = {one["RegionName"]: one["RegionOptStatus"] for one in listed}
    return {region: {"on": states[region] in ON} for region in scope.regions if region in states}


def wanted(scope: Scope, found: Things) -> Things:
    """Every governed Region is on, where that is declared."""
    return {region: {"on": True} for region in found} if scope.settings["enable"] else {}


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """Each governed Region that stays off, and each that AWS does not have."""
    for region in scope.regions:
        if region not in found:
            yield scope.finding("ORG-07", f"AWS knows no Region `{region}`")
        elif not (found[region] or {})["on"] and not scope.settings["enable"]:
            advice = "`region-opt-in: {enable: true}` switches it on"
            yield scope.finding("ORG-07", f"governed Region `{region}` is off in the account", advice=advice)


def write(cloud: Cloud, change: Change) -> None:
    """The Region is on its way."""
    cloud.call("account", "enable_region", RegionName=change.name)


component = Component(
    name="region-opt-in",
    title="Governed Regions are on",
    description="Governed Regions that are off in an account are reported; with `enable` they are switched on. No "
    "Region is ever switched off.",
    settings={
        "enable": {"type": "boolean", "default": False, "description": "Switch governed Regions on that are off."},
    },
    reads=("account:ListRegions",),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=("account:EnableRegion",),
    write=write,
    controls=("ORG-07",),
)
