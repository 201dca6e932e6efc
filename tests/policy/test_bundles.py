"""Bundles: what they stand for, what is wrong with one, and those that come with the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from org.model.finding import Span
from org.model.organization import Organization
from org.model.policy import PolicyType, PolicyUse
from org.policy import library, render
from tests.policy.conftest import REGIONS, ROOT, TEMPLATE
from tests.policy.test_shipped import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from org.policy import Rendered

NAMES = ["cis-7.0", "data-perimeter", "foundation", "quarantine", "region-locked", "sandbox", "suspended"]
BUNDLE = """\
name: pair
kind: bundle
title: Two guardrails
description: What they are for.
parameters:
  roles:
    description: Names of roles.
    type: array
    items: {type: string}
    default: [admin]
  more:
    description: Whether there is a second one.
    type: boolean
    default: false
uses:
  - {use: own, with: {roles: [auditor, {$param: roles}]}}
  - {$if: more, $then: [other]}
"""


def needed(name: str) -> dict[str, Any]:
    """A value for each parameter of a bundle that must be given: its first example."""
    parameters = LIBRARY.bundles[name].parameters.items()
    return {key: schema["examples"][0] for key, schema in parameters if "default" not in schema}


def rendered(name: str, target: str = "ou:/", **parameters: Any) -> Rendered:
    use = PolicyUse(name, target, {**needed(name), **parameters}, None, Span("accounts.yaml", 3, 5, 3, 9))
    return render(Organization(regions=REGIONS, policy_uses=(use,)), LIBRARY)


@pytest.fixture
def pair(folder: Callable[..., Path]) -> Callable[..., Path]:
    """A folder with two templates and a bundle of both, changed in one place."""

    def made(old: str = "", new: str = "") -> Path:
        root = folder(own=TEMPLATE.format(name="own"), other=TEMPLATE.format(name="other"))
        (root / "bundle").mkdir()
        (root / "bundle" / "pair.yaml").write_text(BUNDLE.replace(old, new))
        return root

    return made


def test_the_bundles_that_come_with_the_package() -> None:
    assert sorted(LIBRARY.bundles) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", ["ou:/", "ou:Workloads/Prod", "account:payments"])
def test_a_bundle_fits_wherever_it_is_put(name: str, target: str) -> None:
    result = rendered(name, target)
    assert result.findings == ()
    assert {frozenset({target})} == {policy.targets for policy in result.policies}


def test_all_bundles_fit_on_one_target_together() -> None:
    uses = [PolicyUse(name, "ou:/", needed(name)) for name in NAMES if name not in ("quarantine", "suspended")]
    result = render(Organization(regions=REGIONS, policy_uses=tuple(uses)), LIBRARY)
    assert result.findings == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_is_a_word_of_accounts_yaml(name: str) -> None:
    validator = jsonschema.Draft7Validator(LIBRARY.parameters()[name])
    assert validator.is_valid(needed(name))
    assert not validator.is_valid({**needed(name), "no_such_parameter": 1})


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_explains_itself(name: str) -> None:
    assert "\nExample: " in f"\n{LIBRARY.bundles[name].description}"


def test_a_bundle_stands_for_its_uses(pair: Callable[..., Path]) -> None:
    found = library([pair()])
    assert found.findings == ()
    use = PolicyUse("pair", "ou:/", {"roles": ["a", "b"], "more": True}, "eu", Span("accounts.yaml", 3, 5, 3, 9))
    assert found.expand(use) == [
        PolicyUse("own", "ou:/", {"roles": ["auditor", "a", "b"]}, "eu-own", use.span),
        PolicyUse("other", "ou:/", {}, "eu-other", use.span),
    ]
    assert found.expand(PolicyUse("pair", "ou:/")) == [PolicyUse("own", "ou:/", {"roles": ["auditor", "admin"]})]
    assert found.expand(PolicyUse("own", "ou:/")) == [PolicyUse("own", "ou:/")]


def test_a_mistake_in_the_use_of_a_bundle_is_told_at_the_use() -> None:
    (finding,) = rendered("region-locked", regions=["Ireland"]).findings
    assert finding.span == Span("accounts.yaml", 3, 5, 3, 9)
    assert finding.message == (
        "`regions` of `restrict-regions` holds an element that is `Ireland`, which is not of the format region"
    )


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"organisation_id": "o-x"}, "`data-perimeter` has no parameter `organisation_id`"),
        ({}, "`data-perimeter` needs the parameter `organization_id`"),
    ],
)
def test_a_bundle_takes_its_own_parameters(parameters: dict[str, Any], expected: str) -> None:
    use = PolicyUse("data-perimeter", "ou:/", parameters)
    result = render(Organization(policy_uses=(use,)), LIBRARY)
    assert expected in [finding.message for finding in result.findings]
    assert result.policies == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("use: own", "use: owned", "16:11 ORG107: no policy template `owned`"),
        ("with: {roles:", "with: {rolls:", "16:30 ORG107: `own` has no parameter `rolls`"),
        ("$param: roles", "$param: rolls", "16:49 ORG104: unknown parameter `rolls`"),
        ("{$param: roles}", "{$concat: [x, y]}", "16:40 ORG105: `{'$concat': ['x', 'y']}` is not a value"),
        ("$then: [other]", "$then: []", "17:24 ORG107: a bundle is a list of at least one use"),
        ("$if: more", "$if: less", "17:11 ORG104: unknown parameter `less`"),
        ("  - {$if: more, $then: [other]}\n", "  - 7\n", "17:5 ORG107: `7` is not a use of a template"),
        ("  - {$if: more, $then: [other]}\n", "", "11:3 ORG104: parameter `more` is never used"),
        ("name: pair", "name: two", "1:7 ORG102: name `two` in a file called `pair.yaml`"),
        ("kind: bundle", "kind: scp", "2:7 ORG103: kind `scp` in the folder `bundle`"),
        ("uses:", "use:", "15:1 ORG101: unknown key `use`"),
    ],
)
def test_a_broken_bundle_is_a_finding_at_its_place(
    pair: Callable[..., Path], old: str, new: str, expected: str
) -> None:
    found = library([pair(old, new)])
    finding = found.findings[0]
    assert finding.span is not None
    assert f"{finding.span.line}:{finding.span.column} {finding.rule}: {finding.message}" == expected
    assert found.bundles == {}
    assert sorted(found.templates) == ["other", "own"]


def test_a_bundle_cannot_have_the_name_of_a_template(pair: Callable[..., Path]) -> None:
    root = pair()
    (root / "bundle" / "own.yaml").write_text(BUNDLE.replace("name: pair", "name: own"))
    (finding,) = library([root]).findings
    assert (finding.rule, finding.message) == ("ORG102", "template `own` is there twice")


def test_quarantine_lets_the_responders_in() -> None:
    result = rendered("quarantine", responders=["incident-response"])
    (scp,) = [policy for policy in result.policies if policy.kind is PolicyType.SERVICE_CONTROL_POLICY]
    exempt = scp.document["Statement"][0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert exempt[-1] == "arn:aws:iam::*:role/incident-response"


def test_a_user_adapts_a_bundle_beside_accounts_yaml(pair: Callable[..., Path]) -> None:
    root = pair("name: pair", "name: foundation")
    (root / "bundle" / "pair.yaml").rename(root / "bundle" / "foundation.yaml")
    found = library([root, ROOT / "scps"])
    assert found.bundles["foundation"].title == "Two guardrails"
    assert [finding.rule for finding in found.findings] == ["ORG106"]
