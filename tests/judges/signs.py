"""What tells the known disagreements with iam-simulate apart, looked for in the smallest case of each.

`explained.yaml` says which rule each is about, who is right and why.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from org.access.actions import rcp_services
from org.access.exemptions import BEYOND_SCPS, BEYOND_SCPS_FOR_ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAYERS = ("identity_policies", "session_policies", "scps", "rcps", "permissions_boundary", "resource_policy")
VARIABLE = re.compile(r"\$\{([^*?$},][^},]*)(, '[^']*')?\}")
OPERATOR = re.compile(r"(?i)(ForAnyValue:|ForAllValues:)?(\w+?)(IfExists)?")


class Case:
    """The smallest case of a disagreement, with what the signs ask about it."""

    def __init__(self, scenario: dict[str, Any], request: dict[str, Any]) -> None:
        self.scenario, self.request = scenario, request
        self.principal: str = scenario["principal"]
        self.action: str = request["action"]
        self.context = {key.lower(): value for key, value in request.get("context", {}).items()}

    def flag(self, name: str) -> bool:
        """Whether scenario or request say so."""
        return bool(self.request.get(name, self.scenario.get(name)))

    def documents(self, *layers: str) -> Iterator[dict[str, Any]]:
        """The documents of some layers, or of all."""
        for layer in layers or LAYERS:
            yield from flat(self.scenario.get(layer))

    def statements(self, *layers: str) -> Iterator[dict[str, Any]]:
        """Their statements."""
        for document in self.documents(*layers):
            yield from flat(document["Statement"])

    def tests(self, base: str) -> Iterator[tuple[Any, list[str]]]:
        """The request's value and the policy's values of each test whose operator begins so, `Not` left out."""
        for statement in self.statements():
            for operator, keys in statement.get("Condition", {}).items():
                match = OPERATOR.fullmatch(operator)
                if match and match[2].lower().replace("not", "").startswith(base):
                    for key, values in keys.items():
                        yield self.context.get(key.lower()), [str(one) for one in flat(values)]

    def patterns(self) -> Iterator[str]:
        """The patterns of Resource and NotResource."""
        for statement in self.statements():
            yield from flat(statement.get("Resource", statement.get("NotResource", [])))


def flat(value: Any) -> list[Any]:
    """Everything in nested lists; nothing for None."""
    if isinstance(value, list):
        return [one for inner in value for one in flat(inner)]
    return [] if value is None else [value]


def odd_action(case: Case) -> bool:
    actions = [one for made in case.statements() for one in flat(made.get("Action", made.get("NotAction", [])))]
    return any("." in one or re.search(r"[*?].*:", one) for one in actions)


def service_linked(case: Case) -> bool:
    told = case.flag("is_service_linked_role")
    return told or "/aws-service-role/" in case.principal + str(case.scenario.get("issuer"))


def service_under_scps(case: Case) -> bool:
    return case.principal.endswith(".amazonaws.com") and bool(case.scenario.get("scps"))


def beyond_scps(case: Case) -> bool:
    service, action = case.action.split(":")[0], case.action.lower()
    return bool(case.scenario.get("scps")) and (service in BEYOND_SCPS or action in BEYOND_SCPS_FOR_ROOT)


def outside_rcps(case: Case) -> bool:
    return any(case.documents("rcps")) and case.action.split(":")[0] not in rcp_services()


def beyond_rcps(case: Case) -> bool:
    managed = case.flag("resource_in_management_account") or case.flag("is_management_account")
    special = managed or case.action.lower() == "kms:retiregrant"
    return any(case.documents("rcps")) and special


def without_own_policy(case: Case) -> bool:
    by_itself = case.action.startswith("kms:") or case.action == "sts:AssumeRole"
    return by_itself and case.scenario.get("resource_policy") is None and case.request["resource"] != "*"


def session_beside_grant(case: Case) -> bool:
    return bool(case.scenario.get("session_policies")) and case.scenario.get("resource_policy") is not None


def provider(case: Case) -> bool:
    return case.action.startswith("sts:AssumeRoleWith") and not case.principal.startswith("arn:aws:sts:")


def federated(case: Case) -> bool:
    return ":federated-user/" in case.principal


def root(case: Case) -> bool:
    return case.principal.endswith(":root") or re.fullmatch(r"\d{12}", case.principal) is not None


def wildcard_in_type(case: Case) -> bool:
    tails = [pattern.split(":", 5)[5] for pattern in case.patterns() if pattern.count(":") >= 5]
    return any(re.match(r"[^/:]*[*?][^/:]*[/:]", tail) for tail in tails)


def old_version_with_variable(case: Case) -> bool:
    return any(one.get("Version") != "2012-10-17" and "${" in json.dumps(one) for one in case.documents())


def variable_without_value(case: Case) -> bool:
    found = [key.lower() for document in case.documents() for key, _ in VARIABLE.findall(json.dumps(document))]
    return any(not case.context.get(key) for key in found)


def not_principal(case: Case) -> bool:
    return any("NotPrincipal" in statement for statement in case.statements("resource_policy"))


def null_of_empty(case: Case) -> bool:
    return any(value is not None and not any(flat(value)) for value, _ in case.tests("null"))


def set_of_empty(case: Case) -> bool:
    quantified = "ForAllValues" in json.dumps(case.scenario) or "ForAnyValue" in json.dumps(case.scenario)
    return quantified and any(not any(flat(value)) for value in case.context.values())


def line_break(case: Case) -> bool:
    return "\\n" in json.dumps([case.context, case.request["resource"]])


def no_arn(case: Case) -> bool:
    texts = [str(text) for value, values in case.tests("arn") for text in (*flat(value), *values)]
    return any(re.match(r"arn:([^:]*:){4}", text) is None for text in texts)


def no_number(case: Case) -> bool:
    texts = [text for value, values in case.tests("numeric") for text in (*map(str, flat(value)), *values)]
    return any(re.fullmatch(r"-?\d{1,15}(\.\d+)?", text) is None for text in texts)


def epoch(case: Case) -> bool:
    texts = [text for value, values in case.tests("date") for text in (*map(str, flat(value)), *values)]
    return any(re.fullmatch(r"\d{9,}", text) for text in texts)


def address_version_6(case: Case) -> bool:
    return any(":" in text for value, values in case.tests("ipaddress") for text in (str(value), *values))


def escaped_wildcard(case: Case) -> bool:
    return any("${*}" in pattern or "${?}" in pattern for pattern in case.patterns())


def every_service(case: Case) -> bool:
    principals = [
        made.get("Principal", made.get("NotPrincipal")) for made in case.statements("resource_policy", "rcps")
    ]
    return any(isinstance(one, dict) and "*" in flat(one.get("Service")) for one in principals)


SIGNS: dict[str, Callable[[Case], bool]] = {
    sign.__name__: sign
    for sign in (
        odd_action,
        service_linked,
        service_under_scps,
        beyond_scps,
        outside_rcps,
        beyond_rcps,
        without_own_policy,
        session_beside_grant,
        provider,
        federated,
        root,
        wildcard_in_type,
        old_version_with_variable,
        variable_without_value,
        not_principal,
        null_of_empty,
        set_of_empty,
        line_break,
        no_arn,
        no_number,
        epoch,
        address_version_6,
        escaped_wildcard,
        every_service,
    )
}
