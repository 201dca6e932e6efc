"""What rules of AWS Config find, whoever made them: reported under the recommendation that each is about.

https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import EXCEPT, fits
from org.baseline._config_rules import CONTROL_OF
from org.errors import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.finding import Finding

MANAGED = "AWS"
BROKEN = "NON_COMPLIANT"


def read(cloud: Cloud, _: Scope) -> Things:
    """Each rule: AWS's name of it where AWS manages it, and how many resources do not comply, at least."""
    rules: dict[str, Any] = {
        rule["ConfigRuleName"]: {"managed": managed(rule["Source"]), "resources": 0, "more": False}
        for rule in cloud.pages("config", "describe_config_rules", "ConfigRules")
    }
    operation, those = "describe_compliance_by_config_rule", [BROKEN]
    for found in cloud.pages("config", operation, "ComplianceByConfigRules", ComplianceTypes=those) if rules else ():
        count = found["Compliance"].get("ComplianceContributorCount", {})
        name, broken = found["ConfigRuleName"], {"resources": count.get("CappedCount", 1)}
        if name in rules:
            rules[name] |= {**broken, "more": count.get("CapExceeded", False)}
    return rules


def managed(source: dict[str, Any]) -> str:
    """AWS's name of a rule, `rds-multi-az-support` of RDS_MULTI_AZ_SUPPORT; nothing where it is somebody's own."""
    return source["SourceIdentifier"].lower().replace("_", "-") if source["Owner"] == MANAGED else ""


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """Each rule that finds something and is about a known recommendation, and rules that are not there."""
    for name, state in sorted(found.items()):
        control = _control(scope, name, state)
        if state is None or not state["resources"] or not control or fits(name, scope.settings["except"]):
            continue
        known = f" (`{state['managed']}`)" if state["managed"] in CONTROL_OF and state["managed"] != name else ""
        many = f"{'more than ' if state['more'] else ''}{counted(state['resources'], 'resource')}"
        message = f"rule `{name}`{known} of AWS Config finds {many} that should be otherwise"
        advice = f"`aws configservice get-compliance-details-by-config-rule --config-rule-name {name}` names them"
        yield scope.finding(control, message, advice=advice)
    there = {state["managed"] for state in found.values() if state}
    for name in sorted(set(scope.settings["expect"]) - there):
        yield scope.finding(CONTROL_OF.get(name, "ORG-12"), f"no rule `{name}` of AWS Config is there")


def _control(scope: Scope, name: str, state: Any) -> str:
    declared = (control for pattern, control in scope.settings["rules"].items() if fits(name, (pattern,)))
    return next(declared, "") or CONTROL_OF.get((state or {}).get("managed", ""), "")


component = Component(
    name="config-rules",
    title="Findings of AWS Config's rules",
    description="Where rules of AWS Config run already, made by Security Hub, a conformance pack or anybody, what they "
    "find is reported under the recommendation that they are about, which the catalogue of controls tells for rules "
    "that AWS manages and `rules` for others. No rule is made or changed.",
    where=Where.REGION,
    settings={
        "rules": {
            "type": "object",
            "additionalProperties": {"type": "string", "pattern": "^[A-Z]+-[0-9]{2}$"},
            "default": {},
            "description": "For your own rules, by a pattern of their names: the recommendation that they are about.",
            "examples": [{"acme-restore-test-*": "DR-01"}],
        },
        "expect": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "pattern": "^[a-z0-9-]+$"},
            "default": [],
            "description": "Rules that AWS manages, by AWS's names, that have to be there.",
            "examples": [["rds-multi-az-support"]],
        },
        "except": EXCEPT,
    },
    reads=("config:DescribeConfigRules", "config:DescribeComplianceByConfigRule"),
    read=read,
    findings=findings,
)
