"""Where components are tried: cases that are lines of data, and an organization in the sandbox to play them in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.credentials import ReadOnlyCredentials

from org import baseline
from org.aws.cloud import Cloud
from org.baseline import HERE, Scope
from org.model.organization import Account, Organization
from org.model.place import Place
from org.reconcile import run
from org.reconcile.places import over

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.baseline import Component
    from org.model.change import Change
    from org.model.finding import Finding
    from org.reconcile.component import AccountResult

CASES = {
    path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for path in sorted(Path(__file__).with_name("cases").glob("*.jsonl"))
}
EVERY = [(name, case) for name, cases in CASES.items() for case in cases]
PURE = [(name, case) for name, case in EVERY if "have" in case]
LIVE = [(name, case) for name, case in EVERY if "calls" in case]
MEMBER, MANAGEMENT = "account-0", "management"
KEYS = (MEMBER, "log-archive", "security")
IDS = {MANAGEMENT: "111111111111", MEMBER: "222222222222", "log-archive": "333333333333", "security": "444444444444"}
HOME = "eu-west-1"
REFERENCE = re.compile(r"\$(\d+)\.([\w.]+)")
ADMINISTRATOR = "OrganizationAccountAccessRole"


def said(case: tuple[str, dict[str, Any]]) -> str:
    return f"{case[0]}: {case[1]['says']}"


def organization() -> Organization:
    """Four accounts in the root, without any baseline."""
    management = Account(MANAGEMENT, "acme", "aws@acme.example", ou=None, id=IDS[MANAGEMENT], management=True)
    members = (Account(key, f"acme-{key}", f"aws+{key}@acme.example", id=IDS[key]) for key in KEYS)
    services = frozenset({"account.amazonaws.com"})
    return Organization(accounts=(management, *members), home_region=HOME, regions=(HOME,), trusted_services=services)


def home(component: Component) -> str:
    """The key of the account that the component acts in here."""
    return MANAGEMENT if component.where is baseline.Where.ORGANIZATION else MEMBER


def tried(component: Component, cloud: Cloud, case: Mapping[str, Any], *, apply: bool) -> AccountResult:
    """What one component comes to in one account with the settings of the case."""
    wanted = organization()
    settings = {component.name: case.get("settings", {})}
    accounts = tuple(replace(account, settings=settings, tags=case.get("tags", {})) for account in wanted.accounts)
    wanted = replace(wanted, accounts=accounts, regions=tuple(case.get("regions", [HOME])))
    chosen = [account for account in accounts if account.key == home(component)]
    return over(run.ground(wanted, cloud, apply=apply), component, chosen)[home(component)]


def set_up(component: Component, cloud: Cloud, calls: list[list[Any]]) -> list[dict[str, Any]]:
    """The answers to the calls that make the situation of a case; each may name a Region and another account."""
    answers: list[dict[str, Any]] = []
    for call in calls:
        service, operation, parameters, *where = call
        there = inside(cloud, where[1] if len(where) > 1 else home(component), where[0] if where else HOME)
        given = filled(parameters, answers, there.place.account)
        answers.append(there.call(service, operation, **given))
    return answers


def inside(cloud: Cloud, key: str, region: str = HOME) -> Cloud:
    """An administrator of an account, or its root user: `account-0 root`."""
    if key.endswith(" root"):
        place = Place(IDS[key.removesuffix(" root")], name=key)
        credentials = ReadOnlyCredentials(f"ROOT{place.account}", "x", None)
        return Cloud(place, region, cloud._clients, lambda: credentials, None)
    there = cloud if key == MANAGEMENT else cloud.member(Place(IDS[key], name=key), ADMINISTRATOR)
    return there.in_region(region)


def filled(value: Any, answers: list[dict[str, Any]], account: str) -> Any:
    """The value with `$account`, and with `$0.KeyMetadata.KeyId` for a part of the first answer."""
    if isinstance(value, dict):
        return {filled(key, answers, account): filled(part, answers, account) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, answers, account) for part in value]
    if not isinstance(value, str):
        return value

    def part_of(match: re.Match[str]) -> str:
        found: Any = answers[int(match[1])]
        for step in match[2].split("."):
            found = found[int(step) if step.isdigit() else step]
        return str(found)

    return REFERENCE.sub(part_of, value).replace("$account", account)


def scope_of(component: Component, case: Mapping[str, Any]) -> Scope:
    """What a component knows in a case that needs no sandbox."""
    key = home(component)
    regions = tuple(case.get("regions", [HOME]))
    region = regions[0] if component.where is baseline.Where.REGION else None
    return Scope(
        place=Place(IDS[key], region, key),
        settings={**component.defaults(), **case.get("settings", {})},
        home_region=HOME,
        regions=regions,
        accounts=IDS,
        tags=case.get("tags", {}),
        organization_id="o-exampleorgid",
        management=IDS[MANAGEMENT],
    )


def plan_of(component: Component, changes: tuple[Change, ...]) -> dict[str, Any]:
    """The changes as a case writes them: what will be there, by the name of the thing."""
    return {HERE if change.name == home(component) else change.name: change.after for change in changes}


def as_expected(expected: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The changes, with `true` where the case says no more than that there is one."""
    return {name: True if expected.get(name) is True and after else after for name, after in changes.items()}


def unlike(expected: list[str], findings: tuple[Finding, ...]) -> list[str]:
    """What is expected and not found, and what is found and not expected: `SEC-11: part of the message`."""
    left = list(findings)
    missing = []
    for text in expected:
        rule, _, words = text.partition(": ")
        match = next((one for one in left if one.rule == rule and words in one.message), None)
        if match is None:
            missing.append(f"missing {text}")
        else:
            left.remove(match)
    return [*missing, *(f"unexpected {one.rule}: {one.message}" for one in left)]


def subset(expected: Any, found: Any) -> Any:
    """What was found, cut down to the members that are expected of it."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return {key: subset(value, found.get(key)) for key, value in expected.items()}
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [subset(one, other) for one, other in zip(expected, found, strict=True)]
    return found
