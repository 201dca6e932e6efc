"""The pipeline's own roles: never written so that nobody could go on, and in an order that lets the next call pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from org import baseline
from org.baseline import Scope, _role_templates, _role_writes
from org.baseline._role_templates import declared
from org.baseline.iam_roles import component, problems, wanted
from org.model.change import Action, Change, Risk
from org.model.organization import Pipeline
from org.model.place import Place
from org.policy.role_parts import KEEPING
from tests.baseline.stage import IDS, MANAGEMENT, MEMBER

if TYPE_CHECKING:
    from pathlib import Path

    from org.aws.cloud import Cloud

APPLY = """\
name: pipeline-apply-member
kind: role
title: Of my own
description: Of my own.
parameters:
  organization_id: {{description: Id., type: string, pattern: "^o-[a-z0-9]+$", default: $organization.id}}
allow: [{actions}]
trust:
  - Sid: A
    Effect: Allow
    Action: sts:AssumeRole
    Principal: {{AWS: "arn:aws:iam::{account}:{principal}"}}
    Condition: {{StringEquals: {{"aws:PrincipalOrgID": {{$param: organization_id}}}}}}
permissions:
  - {{Sid: B, Effect: Allow, Action: [{actions}], Resource: "{resource}"}}
"""
ALL = ", ".join(sorted(KEEPING))
LESS = ", ".join(sorted(KEEPING - {"iam:CreatePolicyVersion"}))
GOOD = {"actions": ALL, "account": IDS[MANAGEMENT], "principal": "role/org-baseline-apply", "resource": "*"}


def scope(**settings: Any) -> Scope:
    return Scope(
        Place(IDS[MEMBER], None, MEMBER),
        {**component.defaults(), "pipeline": {"apply": {}}, **settings},
        "eu-west-1",
        organization_id="o-exampleorgid",
        management=IDS[MANAGEMENT],
    )


def of_its_own(folder: Path, **values: str) -> Scope:
    (folder / "role").mkdir()
    (folder / "role" / "pipeline-apply-member.yaml").write_text(APPLY.format(**{**GOOD, **values}))
    return replace(scope(), folders=(folder,))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, None),
        ({"principal": "root"}, None),
        ({"principal": "role/somebody-else"}, "its trust would not let `arn:aws:iam::111111111111:role/org-baseline-a"),
        ({"account": IDS["security"]}, "its trust would not let"),
        ({"actions": LESS}, "it could not keep itself any more: iam:CreatePolicyVersion"),
        (
            {"resource": "arn:aws:iam::*:policy/*"},
            "it could not keep itself any more: iam:AttachRolePolicy, iam:Create",
        ),
    ],
)
def test_a_role_that_would_lock_the_pipeline_out_is_refused(
    values: dict[str, str], reason: str | None, tmp_path: Path
) -> None:
    here = of_its_own(tmp_path, **values)
    (one,) = declared(here)
    found = [message for message, _ in problems(here, one, {})]
    assert (reason is None) == (found == [])
    assert reason is None or f"role `org-baseline-apply` would lock the pipeline out: {reason}" in found[0]
    assert (reason is None) == ("org-baseline-apply" in wanted(here, {}))


def test_the_trust_of_a_role_is_not_changed_to_a_provider_that_is_not_there() -> None:
    subjects = {"subjects": ["repo:acme/aws:environment:production"]}
    here = replace(scope(pipeline={"apply": subjects}), place=Place(IDS[MANAGEMENT], None, MANAGEMENT))
    (one,) = declared(here)
    provider = f"arn:aws:iam::{IDS[MANAGEMENT]}:oidc-provider/token.actions.githubusercontent.com"
    have = {"path": "/", "trust": {}, "tags": {"org-baseline": "managed"}, "attached": [], "inline": [], "boundary": ""}
    shut: Any = {"org-baseline-apply": have, "identity providers": {"arns": []}}
    missing = f"there is no identity provider `{provider}`"
    assert [f"role `org-baseline-apply` would lock the pipeline out: {missing}"] == [
        message for message, _ in problems(here, one, shut)
    ]
    assert {} == wanted(here, shut)
    assert [] == [*problems(here, one, {**shut, "identity providers": {"arns": [provider]}})]
    new: Any = {"identity providers": {"arns": []}}
    assert ["org-baseline-apply"] == [*wanted(here, new)]
    told = [one.message for one in component.findings(here, new)]
    assert [f"nobody can enter the role `org-baseline-apply`: {missing}"] == told


def test_the_role_that_applies_is_written_last_and_boundaries_first() -> None:
    settings = {
        "pipeline": {"apply": {}, "plan": {}, "break_glass": {}},
        "roles": {"reporting": {"template": "lambda-function", "with": {"function": "reporting"}}},
        "boundaries": {"team": {"template": "permission-boundary", "with": {"services": ["s3"]}}},
    }
    names = ["policy/team", "reporting", "org-baseline-plan", "org-break-glass", "org-baseline-apply"]
    assert names == [*wanted(scope(**settings), {})]


def test_names_with_a_path_keep_it() -> None:
    here = replace(scope(), pipeline=Pipeline(apply_role="platform/apply"))
    (name, state), *_ = wanted(here, {}).items()
    assert state
    assert ("apply", "/platform/") == (name, state["path"])
    assert [f"apply-{number}" for number in range(1, len(state["policies"]) + 1)] == [*state["policies"]]


def test_what_changes_roles_is_what_the_roles_hold_in_their_first_policy() -> None:
    assert set(component.needs) == KEEPING


def test_the_component_comes_before_all_that_need_its_roles() -> None:
    assert {*component.after, component.name} == {*list(baseline.find())[: 1 + len(component.after)]}


class Written:
    """What is called, in its order."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.region, self.place = "eu-west-1", Place(IDS[MEMBER])

    def call(self, _: str, operation: str, **given: Any) -> dict[str, Any]:
        about = given.get("PolicyArn", given.get("PolicyName", given.get("RoleName", "")))
        self.calls.append(f"{operation} {about.rpartition('/')[2]}")
        return {}


def test_what_a_role_gains_comes_before_what_it_loses_and_its_trust_last() -> None:
    cloud: Any = Written()
    before = {
        "trust": {},
        "policies": {"x-1": {"a": 1}, "x-3": {}},
        "attached": ["arn:aws:iam::aws:policy/Old"],
        "inline": {"hand": {}},
        "description": "",
        "max_session": 3_600,
        "tags": {},
    }
    after = {**before, "trust": {"b": 1}, "policies": {"x-1": {"a": 2}, "x-2": {}}, "attached": [], "inline": {}}
    change = Change(Action.UPDATE, component.name, "x", cloud.place, before, after, Risk.MEDIUM)
    gateway: Cloud = cloud
    _role_writes.write(gateway, change)
    assert [
        "create_policy x-1",
        "create_policy x-2",
        "attach_role_policy x-2",
        "delete_role_policy hand",
        "detach_role_policy x-3",
        "detach_role_policy Old",
        "update_assume_role_policy x",
    ] == cloud.calls


def test_rendering_is_done_once_for_accounts_that_declare_the_same() -> None:
    (first,), (second,) = declared(scope()), declared(replace(scope(), place=Place(IDS["security"], None, "security")))
    assert first.rendered is second.rendered
    assert _role_templates.PATH == "/org-baseline/"
