"""ECR scans images when they come, keeps tags as they are and forgets old images: reported, put right where declared.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks, correct, fits, uncorrected
from org.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding

SCANNED, IMMUTABLE = "scanned", "immutable"
REGISTRY = "the registry"
"""The thing that has the rules of scanning; no repository can have such a name."""
ON_PUSH, ALWAYS = "SCAN_ON_PUSH", "CONTINUOUS_SCAN"
ALL = {"filter": "*", "filterType": "WILDCARD"}
CHECKS = Checks(
    "repository",
    {
        SCANNED: Check("CI-04", "does not scan images when they come", "`correct: [scanned]`"),
        IMMUTABLE: Check("CI-04", "lets tags be moved to other images", "`correct: [immutable]`"),
        "lifecycle": Check("CI-04", "never forgets an image", "give it a lifecycle policy"),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """The rules of scanning, and what each repository is like."""
    scanning = cloud.call("ecr", "get_registry_scanning_configuration")["scanningConfiguration"]
    rules = scanning.get("rules", [])
    found: dict[str, Any] = {REGISTRY: {"type": scanning.get("scanType", "BASIC"), "rules": rules}}
    for one in cloud.pages("ecr", "describe_repositories", "repositories", token="nextToken"):
        name = one["repositoryName"]
        on_push = one.get("imageScanningConfiguration", {}).get("scanOnPush", False)
        found[name] = {
            SCANNED: on_push or any(_covers(rule, name) for rule in rules),
            IMMUTABLE: one["imageTagMutability"].startswith("IMMUTABLE"),
            "lifecycle": _forgets(cloud, name),
        }
    return found


def _covers(rule: dict[str, Any], name: str) -> bool:
    """True where a rule scans that repository by itself; a filter without a star fits in any place of a name."""
    filters = [one["filter"] for one in rule["repositoryFilters"]]
    patterns = [one if "*" in one else f"*{one}*" for one in filters]
    return rule["scanFrequency"] in (ON_PUSH, ALWAYS) and fits(name, patterns)


def _forgets(cloud: Cloud, name: str) -> bool:
    try:
        cloud.call("ecr", "get_lifecycle_policy", repositoryName=name)
    except Missing:
        return False
    return True


def wanted(scope: Scope, found: Things) -> Things:
    """A rule that scans all on push, beside those that are there, and tags that stay, where that is declared."""
    declared, result = scope.settings["correct"], {}
    if SCANNED in declared:
        rules = (found.get(REGISTRY) or {})["rules"]
        result[REGISTRY] = {"type": (found.get(REGISTRY) or {})["type"], "rules": _with_all(rules)}
    if IMMUTABLE in declared:
        names = (name for name in found if name != REGISTRY and not fits(name, scope.settings["except"]))
        result |= {name: {IMMUTABLE: True} for name in names}
    return result


def _with_all(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules, of which one scans everything; ECR takes one rule of each frequency."""
    if any(rule["scanFrequency"] in (ON_PUSH, ALWAYS) and ALL in rule["repositoryFilters"] for rule in rules):
        return rules
    others = [rule for rule in rules if rule["scanFrequency"] != ON_PUSH]
    mine = [one for rule in rules if rule["scanFrequency"] == ON_PUSH for one in rule["repositoryFilters"]]
    return [*others, {"scanFrequency": ON_PUSH, "repositoryFilters": [*mine, ALL]}]


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """What is wrong with each repository and stays so."""
    repositories = {name: state for name, state in found.items() if name != REGISTRY}
    return CHECKS.findings(scope, uncorrected(scope, repositories))


def write(cloud: Cloud, change: Change) -> None:
    """The registry scans all, or tags of the repository stay."""
    after = change.after or {}
    if change.name == REGISTRY:
        cloud.call("ecr", "put_registry_scanning_configuration", scanType=after["type"], rules=after["rules"])
    else:
        cloud.call("ecr", "put_image_tag_mutability", repositoryName=change.name, imageTagMutability="IMMUTABLE")


component = Component(
    name="ecr",
    title="ECR repositories",
    description="Repositories that do not scan images on push, let tags be moved or keep images for ever are reported. "
    "With `correct` the registry scans everything on push, beside its own rules, and tags of every repository stay.",
    where=Where.REGION,
    settings={**CHECKS.settings, "correct": correct(SCANNED, IMMUTABLE)},
    reads=("ecr:GetRegistryScanningConfiguration", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy"),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=("ecr:PutRegistryScanningConfiguration", "ecr:PutImageTagMutability"),
    write=write,
    controls=CHECKS.controls,
)
