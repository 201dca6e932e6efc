"""What calls an event stands for: a case a line, over many services."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from org.access import actions
from org.replay import names, passing, plans, service_keys
from org.replay.keys import Keys
from tests.replay.trail import ACCOUNT, IDENTITIES, ROLE, USER, calls, event

CASES = Path(__file__).parents[1] / "cases" / "replay" / "normalised.jsonl"


def cases() -> list[Any]:
    lines = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return [pytest.param(line, id=f"{number}-{line['name']}") for number, line in enumerate(lines, 1)]


def bare(resource: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The resource without the keys that the case does not speak of."""
    return {key: value for key, value in resource.items() if key not in ("context", "absent") or key in wanted}


@pytest.mark.parametrize("case", cases())
def test_an_event_stands_for_the_calls_that_policies_decide(case: dict[str, Any]) -> None:
    made = event(case["source"], case["name"], case["who"], **case.get("changes", {}))
    made["requestParameters"] = case.get("parameters")
    found = calls(made)
    if "skipped" in case:
        assert found == case["skipped"]
        return
    assert not isinstance(found, str), found
    assert [one["action"] for one in found] == [one["action"] for one in case["calls"]]
    for one, wanted in zip(found, case["calls"], strict=True):
        pairs = zip(one["resources"], wanted["resources"], strict=True)
        assert [bare(resource, asked) for resource, asked in pairs] == wanted["resources"]
        assert wanted.get("context", {}).items() <= one["context"].items()
        assert set(wanted.get("absent", ())) <= set(one.get("absent", ()))
        assert not set(wanted.get("without_absent", ())) & set(one.get("absent", ()))


def test_every_name_in_the_tables_is_one_that_aws_has() -> None:
    told = [one for listed in (names._table(), passing._table(), service_keys._table()) for one in listed]
    actions_named = [key for key in told if isinstance(key, str)]
    actions_named += [f"{service}:{one}" for (service, _), listed in names._table().items() for one in listed]
    actions_named += [*plans.INSTEAD, *plans.ALSO, *(other for _, other in plans.INSTEAD.values())]
    actions_named += [other for pairs in plans.ALSO.values() for _, other in pairs]
    assert [] == [name for name in actions_named if not known(name)]


def known(action: str) -> bool:
    prefix, _, name = action.partition(":")
    service = actions.service(prefix)
    return service is not None and name.lower() in service.actions


def test_every_key_of_the_table_is_one_that_its_action_knows() -> None:
    wrong = []
    for action, listed in service_keys._table().items():
        prefix, _, name = action.partition(":")
        service = actions.service(prefix)
        assert service is not None
        keys = {key.lower() for key in service.actions[name].keys}
        wrong += [(action, one.key) for one in listed if one.key not in keys]
    assert [] == wrong


def test_event_sources_of_the_table_are_no_services_themselves() -> None:
    assert [] == [source for source in names.PREFIXES if source in actions.services()]
    assert [] == [prefix for prefix in names.PREFIXES.values() if prefix not in actions.services()]


def one(made: dict[str, Any], keys: Keys | None = None) -> dict[str, Any]:
    found = calls(made, keys)
    assert not isinstance(found, str), found
    return found[0]


def test_a_session_counts_as_its_role_with_the_role_s_path() -> None:
    found = one(event(who="role"))
    assert (found["principal"], found["kind"], found["account"]) == (ROLE, "AssumedRole", ACCOUNT)


def test_a_session_without_its_issuer_leaves_the_role_s_path_open() -> None:
    found = one(event(userIdentity={**IDENTITIES["role"], "sessionContext": {}}))
    assert found["principal"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer"
    assert "aws:principalarn" in found["unknown"]


def test_a_user_s_long_term_key_has_no_key_of_a_session() -> None:
    found = one(event())
    assert found["principal"] == USER
    assert found["context"] == {
        "aws:requestedregion": "eu-west-1",
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
    }
    assert found["unknown"] == ["aws:principaltag/*", "aws:referer"]


def test_what_cloudtrail_does_not_record_of_a_role_is_unknown() -> None:
    unknown = one(event(who="role"))["unknown"]
    assert {"aws:principaltag/*", "aws:federatedprovider", "lambda:sourcefunctionarn"} <= set(unknown)
    assert "aws:multifactorauthage" not in unknown


def test_without_an_endpoint_all_keys_of_endpoints_are_absent() -> None:
    found = one(event())
    assert [] == [key for key in [*found["context"], *found["unknown"]] if "vpc" in key]


def test_through_an_endpoint_only_the_log_s_part_is_known() -> None:
    found = one(event(vpcEndpointId="vpce-1", vpcEndpointAccountId=ACCOUNT))
    assert found["context"]["aws:sourcevpce"] == "vpce-1"
    assert found["context"]["aws:vpceaccount"] == ACCOUNT
    assert {"aws:sourcevpc", "aws:sourcevpcarn"} <= set(found["unknown"])
    assert "aws:vpceorgid" not in found["unknown"]


ADDRESS = Keys(frozenset(("aws:sourceip", "aws:vpcsourceip")))


def test_an_address_is_the_caller_s_only_where_it_is_one() -> None:
    assert one(event(), ADDRESS)["context"] == {"aws:sourceip": "198.51.100.7"}
    assert one(event(sourceIPAddress="2001:db8::1"), ADDRESS)["context"] == {"aws:sourceip": "2001:db8::1"}
    assert one(event(sourceIPAddress="AWS Internal"), ADDRESS)["unknown"] == ["aws:sourceip"]
    inside = one(event(sourceIPAddress="10.0.0.9", vpcEndpointId="vpce-1"), ADDRESS)
    assert (inside["context"], inside.get("unknown")) == ({"aws:vpcsourceip": "10.0.0.9"}, None)


def test_a_service_that_calls_for_a_user_passes_the_call_on_and_for_a_role_nobody_knows() -> None:
    identity = {**IDENTITIES["user"], "invokedBy": "cloudformation.amazonaws.com"}
    assert one(event(userIdentity=identity))["context"]["aws:viaawsservice"] == "true"
    role = one(event(userIdentity={**IDENTITIES["role"], "invokedBy": "cloudformation.amazonaws.com"}))
    assert {"aws:viaawsservice", "aws:calledvia"} <= set(role["unknown"])


def test_multi_factor_authentication_is_a_key_of_temporary_credentials_only() -> None:
    session = {"attributes": {"mfaAuthenticated": "true", "creationDate": "2026-11-02T08:00:00Z"}}
    found = one(event(userIdentity={**IDENTITIES["user"], "sessionContext": session}))
    assert found["context"]["aws:multifactorauthpresent"] == "true"
    assert "aws:multifactorauthage" in found["unknown"]


def test_without_tls_details_nobody_knows_whether_the_call_was_encrypted() -> None:
    assert "aws:securetransport" in one(event(tlsDetails=None))["unknown"]


def test_a_caller_with_a_token_is_nobody_s_principal_yet() -> None:
    identity = {"type": "WebIdentityUser", "identityProvider": "accounts.google.com", "userName": "x"}
    role = {"roleArn": ROLE, "roleSessionName": "s"}
    keys = Keys(frozenset(("accounts.google.com:aud", "saml:aud")))
    found = one(event("sts", "AssumeRoleWithWebIdentity", userIdentity=identity, requestParameters=role), keys)
    assert (found["principal"], found["account"]) == ("*", None)
    assert "accounts.google.com:*" in found["unknown"]


def test_tags_are_kept_only_where_a_policy_asks_for_them() -> None:
    tags = {"items": [{"key": "team", "value": "pay"}, {"key": "secret", "value": "canary"}]}
    made = event("ec2", "CreateTags", requestParameters={"resourcesSet": {}, "tagSet": tags})
    assert one(made, Keys(frozenset(("aws:requesttag/team",))))["context"] == {"aws:requesttag/team": "pay"}
    assert one(made)["context"]["aws:tagkeys"] == ["secret", "team"]


def test_the_time_is_kept_only_where_a_policy_asks_for_it() -> None:
    keys = Keys(frozenset(("aws:currenttime", "aws:epochtime", "aws:tokenissuetime", "aws:userid")))
    assert one(event(who="role"), keys)["context"] == {
        "aws:currenttime": "2026-11-02T09:30:00Z",
        "aws:epochtime": "1793611800",
        "aws:tokenissuetime": "2026-11-02T08:00:00Z",
        "aws:userid": "AROAEXAMPLE:ada@acme.example",
    }
