"""IAM Access Analyzer says what is shared with strangers and, where declared, what access nobody uses.

https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change

EXTERNAL, UNUSED = "external-access", "unused-access"
TYPES = {EXTERNAL: "ACCOUNT", UNUSED: "ACCOUNT_UNUSED_ACCESS"}
NAME = "org-baseline-{}"


def read(cloud: Cloud, _: Scope) -> Things:
    """The active analyzer of each kind, whoever made it: one of a kind is enough."""
    found: dict[str, Any] = {}
    for analyzer in cloud.pages("accessanalyzer", "list_analyzers", "analyzers", token="nextToken"):
        kind = next((kind for kind, type_ in TYPES.items() if type_ == analyzer["type"]), None)
        if kind is not None and analyzer["status"] in ("ACTIVE", "CREATING"):
            unused = analyzer.get("configuration", {}).get("unusedAccess", {})
            days = {"days": unused.get("unusedAccessAge", 90)} if kind == UNUSED else {}
            found[kind] = {**days, "name": analyzer["name"]}
    return found


def wanted(scope: Scope, found: Things) -> Things:
    """One for strangers in every Region; one for unused access, which covers all of IAM, in the home Region."""
    result: dict[str, Any] = {EXTERNAL: {}}
    days = scope.settings["unused_days"]
    if days is not None and scope.region == scope.home_region:
        result[UNUSED] = {"days": days}
    return {
        kind: {**state, "name": (found.get(kind) or {}).get("name", NAME.format(kind))}
        for kind, state in result.items()
    }


def write(cloud: Cloud, change: Change) -> None:
    """The analyzer is there; its age of unused access is as declared."""
    after, configuration = change.after or {}, {}
    if "days" in after:
        configuration = {"configuration": {"unusedAccess": {"unusedAccessAge": after["days"]}}}
    if change.before:
        cloud.call("accessanalyzer", "update_analyzer", analyzerName=after["name"], **configuration)
    else:
        kind = TYPES[change.name]
        cloud.call("accessanalyzer", "create_analyzer", analyzerName=after["name"], type=kind, **configuration)


component = Component(
    name="access-analyzer",
    title="IAM Access Analyzer",
    description="An analyzer reports what is shared outside the account in every Region; with `unused_days` another "
    "one, in the home Region, reports access that nobody uses, which is charged for.",
    where=Where.REGION,
    settings={
        "unused_days": {
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": 365,
            "default": None,
            "description": "Days after which access counts as unused; null asks for no such analyzer.",
        },
    },
    reads=("access-analyzer:ListAnalyzers",),
    read=read,
    wanted=wanted,
    writes=("access-analyzer:CreateAnalyzer", "access-analyzer:UpdateAnalyzer"),
    write=write,
    controls=("ORG-12",),
    linked_services=("access-analyzer.amazonaws.com",),
)
