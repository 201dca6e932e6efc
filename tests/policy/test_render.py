"""Uses of templates become policies: references, names, joining, sizes and slots."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from org.load.organization_schema import policy_quota
from org.model.finding import Finding, Span
from org.model.organization import Organization, Pipeline
from org.model.policy import PolicyType, PolicyUse
from org.policy import Library, library, render
from org.policy.quota import QUOTAS, Quota, quotas, size
from tests.policy.conftest import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from org.policy import Rendered

SCP = PolicyType.SERVICE_CONTROL_POLICY
GRAMMAR = """\
name: own
kind: scp
title: A guardrail
description: What it is for.
statements:
  - Sid: Good
    Effect: Deny
    Action: "*"
    Resource: "*"
  - Sid: Bad
    Effect: Deny
    Principal: "*"
    Action: s3>ListBucket
    Resource: "*"
"""


def use(template: str, target: str = "ou:/", *, line: int = 1, name: str | None = None, **parameters: Any) -> PolicyUse:
    return PolicyUse(template, target, parameters, name, Span("accounts.yaml", line, 5, line, 9))


def told(rendered: Rendered) -> list[tuple[str, str]]:
    return [(finding.rule, finding.message) for finding in rendered.findings]


def one(rendered: Rendered) -> Finding:
    (finding,) = rendered.findings
    return finding


@pytest.fixture
def sized(folder: Callable[..., Path]) -> Callable[[int], Library]:
    """A library whose one template renders to about that many characters."""

    def made(characters: int) -> Library:
        roles = ", ".join(f"role{number:04}" for number in range(characters // 33))
        return library([folder(own=TEMPLATE.format(name="own").replace("[admin]", f"[{roles}]"))])

    return made


def test_a_use_gives_a_policy_with_the_templates_title(shipped: Library, organization: Any) -> None:
    (policy,) = render(organization(use("deny-root", line=7)), shipped).policies
    assert (policy.kind, policy.name, policy.targets) == (SCP, "deny-root", frozenset({"ou:/"}))
    assert policy.description == "The root users of member accounts can do nothing"
    assert policy.span == Span("accounts.yaml", 7, 5, 7, 9)


@pytest.mark.parametrize(
    ("target", "name", "parameters", "expected"),
    [
        ("ou:/", None, {}, "restrict-regions"),
        ("ou:Workloads/Prod", None, {}, "restrict-regions"),
        ("account:payments", None, {}, "restrict-regions"),
        ("ou:/", None, {"new_keys": True}, "restrict-regions"),
        ("ou:Workloads/Prod", None, {"new_keys": True}, "restrict-regions@Workloads/Prod"),
        ("account:payments", None, {"new_keys": True}, "restrict-regions@account/payments"),
        ("ou:Workloads/Prod", "europe", {"new_keys": True}, "europe"),
        ("ou:Workloads/Prod", "europe", {}, "europe"),
    ],
)
def test_a_policy_is_named_for_its_template_and_where_parameters_make_it_special(
    shipped: Library, organization: Any, target: str, name: str | None, parameters: Mapping[str, Any], expected: str
) -> None:
    asked = PolicyUse("restrict-regions", target, parameters, name)
    assert [policy.name for policy in render(organization(asked), shipped).policies] == [expected]


def test_equal_uses_share_one_policy(shipped: Library, organization: Any) -> None:
    rendered = render(
        organization(use("deny-root", "ou:A"), use("deny-root", "account:b"), use("deny-root", "ou:A")), shipped
    )
    assert rendered.findings == ()
    assert [policy.targets for policy in rendered.policies] == [frozenset({"ou:A", "account:b"})]


def test_an_explicit_name_is_shared_by_equal_documents(shipped: Library, organization: Any) -> None:
    asked = [use("restrict-regions", f"ou:{ou}", name="europe", regions=["eu-west-1"]) for ou in "AB"]
    (policy,) = render(organization(*asked), shipped).policies
    assert (policy.name, policy.targets) == ("europe", frozenset({"ou:A", "ou:B"}))


def test_two_documents_of_one_name_are_an_error(shipped: Library, organization: Any) -> None:
    first = use("restrict-regions", "ou:/", line=3)
    second = use("restrict-regions", "ou:/", line=9, regions=["us-east-1"])
    finding = one(render(organization(first, second), shipped))
    assert finding.message == "two different policies would be called `restrict-regions`"
    assert finding.help == "give one of them a `name`"
    assert (finding.span, finding.seen) == (second.span, first.span)


@pytest.mark.parametrize("name", ["FullAWSAccess", "aws-guardrails-mine"])
def test_a_name_of_aws_is_not_taken(shipped: Library, organization: Any, name: str) -> None:
    finding = one(render(organization(use("deny-root", name=name)), shipped))
    assert (finding.rule, finding.message) == ("ORG110", f"policy name `{name}` belongs to AWS")


def test_a_name_that_aws_would_not_take_is_an_error(shipped: Library, organization: Any) -> None:
    asked = use("restrict-regions", f"ou:{'x' * 112}", new_keys=True)
    finding = one(render(organization(asked), shipped))
    assert (finding.rule, finding.help) == ("ORG110", "give it a shorter `name`")
    assert "has 129 characters, and AWS takes 128" in finding.message


def test_an_unknown_template_is_told_with_what_was_meant(shipped: Library, organization: Any) -> None:
    finding = one(render(organization(use("deny-roots", line=4)), shipped))
    assert (finding.rule, finding.message) == ("ORG036", "no policy template `deny-roots`")
    assert (finding.help, finding.span) == ("did you mean `deny-root`?", Span("accounts.yaml", 4, 5, 4, 9))


@pytest.mark.parametrize(
    ("parameters", "rule", "message", "help_"),
    [
        (
            {"region": ["x"]},
            "ORG054",
            "`restrict-regions` has no parameter `region`",
            "did you mean `regions`?",
        ),
        (
            {"regions": []},
            "ORG054",
            "`regions` of `restrict-regions` has 0 elements, and needs at least 1",
            None,
        ),
        ({"regions": "x"}, "ORG054", "`regions` of `restrict-regions` is `x`, and should be a list", None),
        (
            {"new_keys": "yes"},
            "ORG054",
            "`new_keys` of `restrict-regions` is `yes`, and should be of type boolean",
            None,
        ),
        (
            {"regions": "$organization.regoins"},
            "ORG054",
            "`regions` of `restrict-regions`: unknown reference `$organization.regoins`",
            "did you mean `regions`?",
        ),
        (
            {"regions": ["$organization.id"]},
            "ORG054",
            "`regions` of `restrict-regions`: `$organization.id` is not known yet",
            None,
        ),
        (
            {"regions": "$organization.management.id"},
            "ORG054",
            "`regions` of `restrict-regions` is `111122223333`, and should be a list",
            None,
        ),
    ],
)
def test_a_parameter_that_does_not_fit_is_told_at_the_use(
    shipped: Library, organization: Any, parameters: Mapping[str, Any], rule: str, message: str, help_: str | None
) -> None:
    rendered = render(organization(use("restrict-regions", line=5, **parameters)), shipped)
    finding = one(rendered)
    assert (finding.rule, finding.message) == (rule, message)
    assert help_ in (None, finding.help)
    assert finding.span == Span("accounts.yaml", 5, 5, 5, 9)
    assert rendered.policies == ()


def test_a_parameter_without_default_must_be_given(folder: Callable[..., Path], organization: Any) -> None:
    found = library([folder(own=TEMPLATE.format(name="own").replace("    default: [admin]\n", ""))])
    finding = one(render(organization(use("own")), found))
    assert (finding.rule, finding.message) == ("ORG054", "`own` needs the parameter `roles`")


@pytest.mark.parametrize(
    "given", ["$organization.regions", ["$organization.regions"], ["eu-west-1", "$organization.regions"]]
)
def test_a_reference_is_the_organizations_own_value(shipped: Library, organization: Any, given: Any) -> None:
    (policy,) = render(organization(use("restrict-regions", regions=given)), shipped).policies
    condition = policy.document["Statement"][0]["Condition"]
    assert condition["StringNotEquals"] == {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}


def test_a_role_that_is_switched_off_is_left_out_of_its_list(shipped: Library) -> None:
    pipeline = Pipeline(apply_role="deploy", break_glass_role="glass", bootstrap_role=None)
    asked = Organization(policy_uses=(use("protect-block-public-access"),), pipeline=pipeline)
    (policy,) = render(asked, shipped).policies
    assert policy.document["Statement"][0]["Condition"] == {
        "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/deploy", "arn:aws:iam::*:role/glass"]}
    }


def test_a_policy_that_is_too_long_says_what_its_statements_take(sized: Any, organization: Any) -> None:
    finding = one(render(organization(use("own")), sized(11_000)))
    assert finding.rule == "ORG111"
    assert finding.message.startswith("policy `own` takes 1")
    assert finding.message.endswith("characters, and an SCP may have 10,240")
    assert finding.help.startswith("its statements take First 1")


def test_a_policy_of_just_the_size_fits(sized: Any, organization: Any) -> None:
    found = sized(8_000)
    (policy,) = render(organization(use("own")), found).policies
    exact = quotas({"SERVICE_CONTROL_POLICY": {"characters": size(policy.content)}})
    assert render(organization(use("own")), found, exact).findings == ()
    short = quotas({"SERVICE_CONTROL_POLICY": {"characters": size(policy.content) - 1}})
    assert told(render(organization(use("own")), found, short))[0][0] == "ORG111"


def test_characters_of_more_than_one_byte_count_as_bytes() -> None:
    assert size("ä" * 10) == 20


def many(count: int) -> list[PolicyUse]:
    return [use("protect-kms-keys", "ou:A", line=number, name=f"p{number}") for number in range(1, count + 1)]


def test_eight_scps_fit_on_a_target(shipped: Library, organization: Any) -> None:
    """Ten, less FullAWSAccess, less the slot that replacing one needs."""
    assert QUOTAS[SCP].ours == 8
    assert render(organization(*many(8)), shipped).findings == ()


def test_more_than_fit_apart_are_packed(shipped: Library, organization: Any) -> None:
    rendered = render(organization(*many(9)), shipped)
    assert ((), ["guardrails-1@A"]) == (rendered.findings, [policy.name for policy in rendered.policies])
    assert {f"p{number}" for number in range(1, 10)} == {name for name, _ in rendered.policies[0].contains}


def test_more_than_fit_even_packed_are_told_with_what_each_costs(shipped: Library, organization: Any) -> None:
    """Nine documents of one guardrail each, which their size keeps apart."""
    small = quotas({"SERVICE_CONTROL_POLICY": {"characters": 516}})
    uses = [use("protect-kms-keys", "ou:A", line=n, name=f"p{n}", exempt_roles=[f"role-{n}"]) for n in range(1, 10)]
    finding = one(render(organization(*uses), shipped, small))
    assert finding.rule == "ORG112"
    assert finding.message == (
        "`ou:A` would carry 9 SCPs, and 8 fit: AWS takes 10, 1 of them its own, and 1 stays free for replacing one"
    )
    assert finding.span == Span("accounts.yaml", 9, 5, 9, 9)
    assert all(f"p{number} " in finding.help for number in range(1, 10))


def test_one_policy_asked_for_twice_takes_one_slot(shipped: Library, organization: Any) -> None:
    assert render(organization(*many(8), *many(8)), shipped).findings == ()


def test_the_quotas_can_be_overridden(shipped: Library, organization: Any) -> None:
    small = quotas({"SERVICE_CONTROL_POLICY": {"characters": 10}})
    assert {"ORG111"} == {finding.rule for finding in render(organization(*many(1)), shipped, small).findings}
    with pytest.raises(ValueError, match="no policy type `SCP`"):
        quotas({"SCP": {}})
    with pytest.raises(ValueError, match="no quota `size` of SERVICE_CONTROL_POLICY"):
        quotas({"SERVICE_CONTROL_POLICY": {"size": 1}})


def test_the_quotas_are_those_that_the_organization_declares(shipped: Library, organization: Any) -> None:
    declared = replace(organization(*many(1)), policy_quotas={"SERVICE_CONTROL_POLICY": {"characters": 10}})
    assert {"ORG111"} == {finding.rule for finding in render(declared, shipped).findings}


def test_guardrails_are_packed_where_fewer_fit_than_aws_says(shipped: Library, organization: Any) -> None:
    """Five at most, one of them AWS's own and one kept free: three that stand alone could not be switched to packed."""
    declared = replace(organization(*many(3)), policy_quotas={"SERVICE_CONTROL_POLICY": {"attached": 5}})
    assert ["guardrails-1@A"] == [policy.name for policy in render(declared, shipped).policies]
    assert ["p1", "p2", "p3"] == [policy.name for policy in render(organization(*many(3)), shipped).policies]


def test_accounts_yaml_can_override_every_quota_there_is() -> None:
    assert sorted(policy_quota()["properties"]) == sorted(field.name for field in fields(Quota))


def test_three_rcps_fit_on_a_target() -> None:
    assert QUOTAS[PolicyType.RESOURCE_CONTROL_POLICY].ours == 3


def test_more_policies_than_an_organization_may_have_are_told(shipped: Library, organization: Any) -> None:
    few = quotas({"SERVICE_CONTROL_POLICY": {"policies": 2}})
    assert told(render(organization(*many(3)), shipped, few)) == [
        ("ORG112", "3 policies of type SERVICE_CONTROL_POLICY, and AWS takes 2")
    ]


def test_a_document_that_aws_would_refuse_is_told_at_the_statement(
    folder: Callable[..., Path], organization: Any
) -> None:
    rendered = render(organization(use("own", line=6)), library([folder(own=GRAMMAR)]))
    assert told(rendered) == [
        ("ORG113", "template `own`: `Principal` in an SCP, which has no such element"),
        ("ORG113", "template `own`: action `s3>ListBucket` is not of the form service:Action"),
    ]
    assert {finding.span.line for finding in rendered.findings if finding.span} == {10}
    assert {finding.seen for finding in rendered.findings} == {Span("accounts.yaml", 6, 5, 6, 9)}
