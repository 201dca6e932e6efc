"""Rules of AWS Config and what they found, as their API pages have them; nothing is ever evaluated by itself.

What a process check found is told by whoever did it, with PutExternalEvaluation; other rules stay without data.
"""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import shelf

PROCESS_CHECK = "AWS_CONFIG_PROCESS_CHECK"
"""https://docs.aws.amazon.com/config/latest/developerguide/process-checks.html"""
NO_DATA, BROKEN = "INSUFFICIENT_DATA", "NON_COMPLIANT"
CAP = 25
PAGE = 25


@cache
def managed() -> frozenset[str]:
    """The identifiers of the rules that AWS manages."""
    from moto.config.models import MANAGED_RULES_CONSTRAINTS

    return frozenset({*MANAGED_RULES_CONSTRAINTS, PROCESS_CHECK})


@answers("config", Audience.ANYBODY)
def put_config_rule(request: Request) -> dict[str, Any]:
    """The rule is there, or is another one now; a Region without a recorder takes none."""
    from moto.config.models import config_backends

    if not config_backends[request.caller.account][request.region].recorders:
        message = "Configuration recorder is not available to put config rule."
        raise Refusal("NoAvailableConfigurationRecorderException", message)
    rule = request.parameters["ConfigRule"]
    source = rule["Source"]
    if source["Owner"] == "AWS" and source.get("SourceIdentifier") not in managed():
        message = f"The sourceIdentifier {source.get('SourceIdentifier')} is invalid."
        raise Refusal("InvalidParameterValueException", message)
    name = rule.get("ConfigRuleName") or uuid.UUID(int=request.world.random.getrandbits(128)).hex
    kept = shelf(request, "rules")
    number = f"config-rule-{len(kept):06}"
    arn = f"arn:aws:config:{request.region}:{request.caller.account}:config-rule/{number}"
    born = {"ConfigRuleName": name, "ConfigRuleArn": arn, "ConfigRuleId": number, "ConfigRuleState": "ACTIVE"}
    before = kept.get(name, {"rule": born, "found": {}})
    kept[name] = {"rule": {**before["rule"], **rule}, "found": before["found"]}
    return {}


@answers("config", Audience.ANYBODY)
def describe_config_rules(request: Request) -> dict[str, Any]:
    """The rules, 25 a page."""
    return page(request, "ConfigRules", [one["rule"] for one in named(request)])


@answers("config", Audience.ANYBODY)
def delete_config_rule(request: Request) -> dict[str, Any]:
    """The rule is gone, with what it found."""
    the(request, request.parameters["ConfigRuleName"])
    del shelf(request, "rules")[request.parameters["ConfigRuleName"]]
    return {}


@answers("config", Audience.ANYBODY)
def put_external_evaluation(request: Request) -> dict[str, Any]:
    """What a process check found of a resource."""
    rule, told = the(request, request.parameters["ConfigRuleName"]), request.parameters["ExternalEvaluation"]
    if rule["rule"]["Source"].get("SourceIdentifier") != PROCESS_CHECK:
        raise Refusal("InvalidParameterValueException", "The config rule is not a process check.")
    rule["found"][f"{told['ComplianceResourceType']} {told['ComplianceResourceId']}"] = told["ComplianceType"]
    return {}


@answers("config", Audience.ANYBODY)
def describe_compliance_by_config_rule(request: Request) -> dict[str, Any]:
    """What each rule found: not compliant if one resource is not."""
    listed = [
        {"ConfigRuleName": one["rule"]["ConfigRuleName"], "Compliance": compliance(one)} for one in named(request)
    ]
    asked = request.parameters.get("ComplianceTypes")
    fitting = [one for one in listed if not asked or one["Compliance"]["ComplianceType"] in asked]
    return page(request, "ComplianceByConfigRules", fitting)


def compliance(rule: dict[str, Any]) -> dict[str, Any]:
    """What one rule comes to; the resources that decide are counted up to 25."""
    found = list(rule["found"].values())
    kind = BROKEN if BROKEN in found else found[0] if found else NO_DATA
    if kind != BROKEN:
        return {"ComplianceType": kind}
    number = found.count(BROKEN)
    return {
        "ComplianceType": BROKEN,
        "ComplianceContributorCount": {"CappedCount": min(number, CAP), "CapExceeded": number > CAP},
    }


def the(request: Request, name: str) -> dict[str, Any]:
    """The rule of that name; refused where it is not there."""
    found: dict[str, Any] | None = shelf(request, "rules").get(name)
    if found is None:
        raise Refusal("NoSuchConfigRuleException", f"The ConfigRule '{name}' provided in the request is invalid.")
    return found


def named(request: Request) -> list[dict[str, Any]]:
    """The rules that the call names, all where it names none."""
    names = request.parameters.get("ConfigRuleNames")
    return [the(request, name) for name in names] if names else list(shelf(request, "rules").values())


def page(request: Request, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """One page of the items."""
    token = request.parameters.get("NextToken") or "0"
    if not token.isdecimal():
        raise Refusal("InvalidNextTokenException", "The specified next token is not valid.")
    start = int(token)
    more = {"NextToken": str(start + PAGE)} if start + PAGE < len(items) else {}
    return {key: items[start : start + PAGE], **more}
