"""Many places at once: each reached as itself, each failing alone, and what becomes of an account that fails."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from org import baseline
from org.baseline import HERE, Component, Scope, Things, Where, one
from org.errors import OrgError
from org.model.finding import Severity
from org.model.organization import Account, AccountState, Organization, Pipeline
from org.reconcile import run
from org.reconcile.places import concerned, over
from org.reconcile.sessions import session_policy
from org.report.baseline_json import account
from org.sandbox.serve import Fault
from tests.baseline.stage import HOME, IDS, MANAGEMENT, MEMBER, organization

if TYPE_CHECKING:
    import pytest

    from org.aws.cloud import Cloud
    from org.model.change import Change
    from org.model.result import AccountResult
    from org.sandbox.serve import Sandbox

REGIONS = (HOME, "us-east-1", "eu-central-1")


def made(**more: Any) -> Component:
    """A component that looks who it is, and finds nothing to do."""
    given: dict[str, Any] = {
        "name": "who",
        "title": "t",
        "description": "d",
        "settings": {},
        "where": Where.REGION,
        "reads": ("ec2:GetEbsEncryptionByDefault",),
        "read": who,
        "wanted": lambda _scope, _found: {},
    }
    return Component(**(given | more))


def who(cloud: Cloud, scope: Scope) -> Things:
    """The account that AWS takes the caller for, beside the one that it should be."""
    cloud.call("ec2", "get_ebs_encryption_by_default")
    return {HERE: {"is": cloud.call("sts", "get_caller_identity")["Account"], "should be": scope.account}}


def played(
    component: Component, cloud: Cloud, *, apply: bool = False, wanted: Organization | None = None
) -> dict[str, AccountResult]:
    wanted = wanted or organization()
    accounts = [replace(one, settings={component.name: {}}) for one in wanted.accounts]
    asked = replace(wanted, accounts=tuple(accounts), regions=wanted.regions if len(wanted.regions) > 1 else REGIONS)
    return over(run.ground(asked, cloud, apply=apply), component, concerned(component, accounts))


def test_64_places_at_once_are_each_signed_with_their_own_key(sandbox: Sandbox, cloud: Cloud) -> None:
    accounts = (Account(f"a{n}", f"a{n}", f"aws+a{n}@acme.example", id=f"{n:012}") for n in range(1, 41))
    wanted = replace(organization(), accounts=(organization().accounts[0], *accounts), regions=REGIONS)
    sandbox.reset(wanted)
    seen: list[Things] = []

    def look(cloud: Cloud, scope: Scope) -> Things:
        seen.extend(who(cloud, scope) for _ in range(3))
        return {}

    results = played(made(read=look), cloud, wanted=wanted)
    assert [] == [result.reason for result in results.values() if result.failed]
    assert 41 * 3 * 3 == len(seen)
    assert [] == [state for things in seen for state in things.values() if state and state["is"] != state["should be"]]
    calls = [call for call in sandbox.recorder.calls if call.operation == "GetEbsEncryptionByDefault"]
    assert {(key, region): 3 for key in (one.id for one in wanted.accounts) for region in REGIONS} == Counter(
        (call.account, call.region) for call in calls
    )


def test_an_account_is_entered_once_for_all_its_regions(sandbox: Sandbox, cloud: Cloud) -> None:
    sandbox.recorder.clear()
    played(made(), cloud)
    assert 3 == sandbox.recorder.counts()["sts", "AssumeRole"]


def test_results_are_in_the_order_of_accounts_and_regions(cloud: Cloud) -> None:
    results = played(made(), cloud)
    assert [one.key for one in organization().accounts] == list(results)
    assert [[*REGIONS]] * 4 == [[place.place.region for place in one.places] for one in results.values()]


def test_a_region_that_fails_is_named_and_fails_alone(sandbox: Sandbox, cloud: Cloud) -> None:
    sandbox.faults.add(Fault(match="ec2:", code="UnauthorizedOperation", status=403, account=IDS[MEMBER], times=1))
    results = played(made(), cloud)
    assert [MEMBER] == [key for key, result in results.items() if result.failed]
    bad = [place for place in results[MEMBER].places if place.failed]
    assert 1 == len(bad)
    assert (
        f"GetEbsEncryptionByDefault in {MEMBER} ({IDS[MEMBER]}) in {bad[0].place.region}: UnauthorizedOp"
        in bad[0].reason
    )


def test_a_bug_in_one_place_is_a_failure_of_that_place(cloud: Cloud) -> None:
    def broken(_: Cloud, scope: Scope) -> Things:
        return {HERE: {"x": 1 // (scope.account != IDS[MEMBER])}}

    results = played(made(read=broken), cloud)
    assert {MEMBER} == {key for key, result in results.items() if result.failed}
    assert "ZeroDivisionError" in results[MEMBER].reason


def test_a_region_that_is_not_enabled_is_skipped_and_said(cloud: Cloud) -> None:
    inside = cloud.call("account", "enable_region", RegionName="af-south-1")
    assert inside == {}
    wanted = replace(organization(), regions=(HOME, "af-south-1"))
    results = played(made(), cloud, wanted=wanted)
    assert ["", ""] == [place.skipped for place in results[MANAGEMENT].places]
    places = {place.place.region: place.skipped for place in results[MEMBER].places}
    assert {HOME: "", "af-south-1": "the Region is not enabled in the account"} == places
    assert "" == results[MEMBER].skipped


def test_an_account_that_is_not_there_yet_shows_what_it_will_get(cloud: Cloud) -> None:
    new = Account("new", "new", "new@acme.example")
    wanted = replace(organization(), accounts=(*organization().accounts, new))
    component = made(wanted=lambda scope, _: {HERE: {"account": scope.account}}, write=lambda _cloud, _change: None)
    result = played(component, cloud, wanted=wanted)["new"]
    assert (3, "once the account exists", False) == (len(result.changes), result.reason, result.failed)
    failed = played(component, cloud, wanted=wanted, apply=True)["new"]
    assert (True, "the account does not exist yet") == (failed.failed, failed.reason)


def test_a_suspended_account_is_skipped(sandbox: Sandbox, cloud: Cloud) -> None:
    wanted = organization()
    accounts = tuple(
        replace(one, state=AccountState.SUSPENDED) if one.key == MEMBER else one for one in wanted.accounts
    )
    sandbox.reset(replace(wanted, accounts=accounts))
    assert "the account is SUSPENDED" == played(made(), cloud)[MEMBER].skipped


def test_one_of_the_organization_acts_once_and_reaches_into_other_accounts(sandbox: Sandbox, cloud: Cloud) -> None:
    def reading(cloud: Cloud, scope: Scope) -> Things:
        other = cloud.reach("log-archive").call("ec2", "get_ebs_encryption_by_default")
        again = cloud.reach("log-archive").in_region("us-east-1").call("sts", "get_caller_identity")["Account"]
        return {HERE: {**other, "again": again, "home": cloud.place.account}}

    def wanted(_: Scope, found: Things) -> Things:
        return {HERE: {**(found[HERE] or {}), "EbsEncryptionByDefault": True}}

    def write(cloud: Cloud, _: Change) -> None:
        cloud.reach("log-archive").call("ec2", "enable_ebs_encryption_by_default")

    component = made(
        where=Where.ORGANIZATION,
        read=reading,
        wanted=wanted,
        write=write,
        reads=(),
        reads_elsewhere=("ec2:GetEbsEncryptionByDefault",),
        writes_elsewhere=("ec2:EnableEbsEncryptionByDefault",),
    )
    results = played(component, cloud, apply=True)
    assert [MANAGEMENT] == list(results)
    (change,) = results[MANAGEMENT].changes
    before = change.before or {}
    assert (IDS["log-archive"], IDS[MANAGEMENT]) == (before["again"], before["home"])
    written = [call.account for call in sandbox.recorder.writes() if call.service == "ec2"]
    assert [IDS["log-archive"]] == written
    assert () == played(component, cloud, apply=True)[MANAGEMENT].changes


def test_other_accounts_are_out_of_reach_for_others(cloud: Cloud) -> None:
    def reading(cloud: Cloud, _: Scope) -> Things:
        return {HERE: {"x": cloud.reach("security").place.account}}

    assert "no other account can be reached" in played(made(read=reading), cloud)[MEMBER].reason


def test_an_account_that_does_not_exist_cannot_be_reached(cloud: Cloud) -> None:
    def reading(cloud: Cloud, _: Scope) -> Things:
        return {HERE: {"x": cloud.reach("nobody").place.account}}

    result = played(made(read=reading, where=Where.ORGANIZATION), cloud)[MANAGEMENT]
    assert "account `nobody` does not exist" == result.reason


def test_a_session_may_do_no_more_than_the_component_needs(cloud: Cloud) -> None:
    def greedy(cloud: Cloud, _: Scope) -> Things:
        return {HERE: cloud.call("ec2", "get_ebs_default_kms_key_id")}

    results = played(made(read=greedy), cloud)
    assert [MEMBER, "log-archive", "security"] == [key for key, result in results.items() if result.failed]
    assert "UnauthorizedOperation" in results[MEMBER].reason


def test_a_session_policy_that_is_too_long_for_aws_is_not_sent() -> None:
    assert session_policy([f"ec2:Describe{n:04}" for n in range(40)])
    assert session_policy([f"ec2:Describe{n:04}" for n in range(400)]) is None
    assert session_policy([]) is None


class _Shelf:
    """Things that a component keeps in this process, so that a test can see what it does."""

    def __init__(self, things: Things, fail: str = "") -> None:
        self.things, self.fail = dict(things), fail

    def component(self, wanted: Things, **more: Any) -> Component:
        def write(_: Cloud, change: Change) -> None:
            if change.name == self.fail:
                raise OrgError("it would not")
            self.things[change.name] = {**(self.things.get(change.name) or {}), **(change.after or {})}
            if change.after is None:
                del self.things[change.name]

        return made(
            where=Where.ORGANIZATION,
            read=lambda _cloud, _scope: dict(self.things),
            wanted=lambda _scope, _found: wanted,
            write=write,
            **more,
        )


def test_only_what_is_wanted_of_a_thing_is_compared_and_only_named_things_are_touched(cloud: Cloud) -> None:
    shelf = _Shelf({"a": {"x": 1, "other": "kept"}, "b": {"x": 2}, "foreign": {"x": 3}, "gone": {"x": 4}})
    result = played(shelf.component({"a": {"x": 1}, "b": {"x": 5}, "c": {"x": 6}, "gone": None}), cloud, apply=True)
    changes = [(one.action.value, one.name, one.before, one.after) for one in result[MANAGEMENT].changes]
    expected = [
        ("update", "b", {"x": 2}, {"x": 5}),
        ("create", "c", None, {"x": 6}),
        ("delete", "gone", {"x": 4}, None),
    ]
    assert expected == changes
    assert {"a": {"x": 1, "other": "kept"}, "b": {"x": 5}, "c": {"x": 6}, "foreign": {"x": 3}} == shelf.things


def test_a_change_that_cannot_be_made_keeps_no_other_from_being_made(cloud: Cloud) -> None:
    shelf = _Shelf({}, fail="b")
    result = played(shelf.component({"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1}}), cloud, apply=True)[MANAGEMENT]
    assert (True, "it would not", ["a", "c"]) == (result.failed, result.reason, list(shelf.things))
    assert ["done", "failed", "done"] == [outcome.result.value for outcome in result.outcomes]


def test_a_component_without_write_never_plans(cloud: Cloud) -> None:
    component = made(read=one(lambda _: None), wanted=lambda _scope, _found: {HERE: {"x": 1}})
    assert () == played(component, cloud, apply=True)[MEMBER].changes


def test_a_finding_names_place_and_control_and_is_no_failure_unless_it_is_an_error(cloud: Cloud) -> None:
    component = made(
        findings=lambda scope, _: [
            scope.finding("SEC-10", "`a` is odd"),
            scope.finding("SEC-11", "`b` is bad", severity=Severity.ERROR),
        ],
    )
    result = played(component, cloud)[MEMBER]
    assert (6, 3, False) == (len(result.findings), len(result.wrong), result.failed)
    assert str(result.findings[0].place) == f"{MEMBER} ({IDS[MEMBER]}) in {HOME}"
    assert {"SEC-10", "SEC-11"} == {finding["control"] for finding in account(result)["findings"]}


def test_a_failed_account_has_no_result_of_later_components(
    sandbox: Sandbox, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    first, second = made(name="first"), made(name="second", after=("first",))
    monkeypatch.setattr(baseline, "find", lambda: {"first": first, "second": second})
    both: dict[str, Any] = {"first": {}, "second": {}}
    wanted = organization()
    asked = replace(wanted, accounts=tuple(replace(one, settings=both) for one in wanted.accounts), regions=REGIONS)
    monkeypatch.setattr(run, "wanted_once", lambda _: type("W", (), {"checked": lambda _: asked})())
    sandbox.faults.add(Fault(match="ec2:", code="UnauthorizedOperation", status=403, account=IDS[MEMBER], times=1))
    batches = list(run.components(tmp_path, None, None, apply=False))
    assert ["first", "second"] == [batch.component for batch in batches]
    assert [MEMBER in batch.results for batch in batches] == [True, False]
    assert frozenset({MEMBER}) == batches[0].failed


def test_components_of_a_run_share_a_session_in_each_account(
    sandbox: Sandbox, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    first, second = made(name="first"), made(name="second", reads=("ec2:GetEbsEncryptionByDefault", "iam:GetRole"))
    monkeypatch.setattr(baseline, "find", lambda: {"first": first, "second": second})
    both: dict[str, Any] = {"first": {}, "second": {}}
    wanted = organization()
    asked = replace(wanted, accounts=tuple(replace(one, settings=both) for one in wanted.accounts), regions=REGIONS)
    monkeypatch.setattr(run, "wanted_once", lambda _: type("W", (), {"checked": lambda _: asked})())
    batches = list(run.components(tmp_path, None, None, apply=False))
    assert [frozenset(), frozenset()] == [batch.failed for batch in batches]
    assert len(IDS) - 1 == sandbox.recorder.counts()["sts", "AssumeRole"]


def test_the_list_of_accounts_is_asked_for_once_in_a_run_of_many_processes(
    sandbox: Sandbox, cloud: Cloud, tmp_path: Any
) -> None:
    for _ in range(3):
        ground = run.ground(organization(), cloud, apply=False, kept=tmp_path / "accounts.json")
    assert set(IDS) == set(ground.live)
    assert 1 == sandbox.recorder.counts()["organizations", "DescribeOrganization"]


def test_the_bootstrap_role_is_used_only_where_the_pipeline_s_own_is_missing(sandbox: Sandbox, cloud: Cloud) -> None:
    sandbox.world.roles[IDS[MEMBER]] = frozenset({"OrganizationAccountAccessRole"})
    assert not played(made(), cloud)[MEMBER].failed
    without = replace(organization(), pipeline=Pipeline(bootstrap_role=None))
    assert "AssumeRole org-baseline-plan" in played(made(), cloud, wanted=without)[MEMBER].reason
