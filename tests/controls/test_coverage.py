"""What holds where, as accounts.yaml declares it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from org import baseline, policy
from org.controls import rows
from org.controls.coverage import Held, Unit, coverage
from org.controls.text import holds
from org.model.organization import Account, AccountState, Contact, Organization, OrganizationalUnit
from org.model.policy import PolicyUse
from org.policy.roles import role_library

ROOT = Path(__file__).parents[2]
LIBRARY = policy.library([ROOT / "scps"])
COMPONENTS = baseline.find()
ROWS = rows(LIBRARY, role_library([ROOT / "scps"]), COMPONENTS)
ON: dict[str, dict[str, Any]] = {"s3-public-access": {}}
WEAK = {"s3-public-access": {"BlockPublicPolicy": False}}
CONTACT = Contact("Sec", "Team", "sec@acme.example", "+44 20 7946 0000")


def account(key: str, ou: str | None, **more: Any) -> Account:
    return Account(key, key, f"aws+{key}@acme.example", ou=ou, **more)


def seen(*accounts: Account, uses: tuple[PolicyUse, ...] = (), **more: Any) -> dict[str, Unit]:
    """What holds, by unit, in an organization with Workloads/Prod and these accounts."""
    units = (OrganizationalUnit("Workloads"), OrganizationalUnit("Workloads/Prod"))
    organization = Organization(accounts=accounts, units=units, policy_uses=uses, **more)
    return {unit.name: unit for unit in coverage(organization, LIBRARY, COMPONENTS, ROWS)}


def held(unit: Unit, control: str) -> Held | None:
    return next((one for one in unit.held if one.control == control), None)


def test_a_template_holds_for_everything_below_where_it_is_attached() -> None:
    units = seen(account("shop", "Workloads/Prod"), uses=(PolicyUse("deny-root", "ou:Workloads"),))
    by = Held("ORG-09", ("`deny-root` at Workloads",))
    assert (by, by) == (held(units["Workloads"], "ORG-09"), held(units["Workloads/Prod"], "ORG-09"))


def test_a_template_holds_for_nothing_beside_or_above_where_it_is_attached() -> None:
    units = seen(account("shop", "Workloads"), uses=(PolicyUse("deny-root", "ou:Workloads/Prod"),))
    assert held(units["Workloads"], "ORG-09") is None
    assert "deny-root" in units["Workloads"].available["ORG-09"]


def test_a_template_on_one_account_does_not_hold_for_its_neighbours() -> None:
    accounts = account("shop", "Workloads"), account("blog", "Workloads")
    units = seen(*accounts, uses=(PolicyUse("deny-root", "account:shop"),))
    found = held(units["Workloads"], "ORG-09")
    assert Held("ORG-09", ("`deny-root` at account shop",), missing={"blog": ""}) == found
    assert found not in units["Workloads"].whole
    assert found is not None
    assert "`deny-root` at account shop; but not in blog" == holds(found)


def test_a_component_holds_where_it_is_switched_on() -> None:
    units = seen(account("shop", "Workloads", settings=ON), account("blog", "Workloads/Prod"))
    assert Held("S3-01", ("`s3-public-access` switched on",)) == held(units["Workloads"], "S3-01")
    assert held(units["Workloads/Prod"], "S3-01") is None


def test_a_component_with_a_switch_off_does_not_hold_and_says_why() -> None:
    units = seen(account("shop", "Workloads", settings=ON), account("web", "Workloads", settings=WEAK))
    found = held(units["Workloads"], "S3-01")
    assert found
    assert {"web": "`s3-public-access` leaves BlockPublicPolicy off"} == found.missing
    alone = held(seen(account("web", "Workloads", settings=WEAK))["Workloads"], "S3-01")
    assert alone
    assert "does not hold in web (`s3-public-access` leaves BlockPublicPolicy off)" == holds(alone)


def test_a_policy_that_only_keeps_a_setting_holds_in_part() -> None:
    uses = (PolicyUse("protect-cloudtrail", "ou:/"),)
    unit = seen(account("shop", "Workloads"), uses=uses)["Workloads"]
    found = held(unit, "ORG-06")
    assert found
    assert "in part, by `protect-cloudtrail` at /: policies keep a trail as it is, and make none" == holds(found)
    assert found not in unit.whole


def test_what_sets_and_what_only_keeps_are_told_apart_in_one_unit() -> None:
    uses = (PolicyUse("protect-block-public-access", "ou:/"),)
    unit = seen(account("shop", "Workloads", settings=ON), account("blog", "Workloads"), uses=uses)["Workloads"]
    found = held(unit, "S3-01")
    assert found
    assert ("", {"blog": ""}) == (found.part, found.missing)


def test_a_declarative_policy_that_sets_is_all_it_takes() -> None:
    unit = seen(account("shop", "Workloads"), uses=(PolicyUse("block-public-access", "ou:/"),))["Workloads"]
    assert Held("S3-01", ("`block-public-access` at /",)) == held(unit, "S3-01")


def test_scps_do_not_hold_for_the_management_account_and_declarative_policies_do() -> None:
    management = account("acme", None, management=True)
    uses = (PolicyUse("deny-root", "ou:/"), PolicyUse("block-public-access", "ou:/"))
    unit = seen(management, uses=uses)["management account"]
    assert (None, None) == (held(unit, "ORG-09"), held(unit, "ORG-02"))
    assert Held("S3-01", ("`block-public-access` at /",)) == held(unit, "S3-01")


def test_any_guardrail_reaches_an_account() -> None:
    units = seen(account("shop", "Workloads"), uses=(PolicyUse("deny-root", "ou:/"),))
    assert Held("ORG-02", ("`deny-root` at /",)) == held(units["Workloads"], "ORG-02")


def test_what_a_bundle_stands_for_counts_with_its_name() -> None:
    units = seen(account("shop", "Workloads"), uses=(PolicyUse("foundation", "ou:/"),))
    assert Held("ORG-09", ("`deny-root` at / (in `foundation`)",)) == held(units["Workloads"], "ORG-09")


def test_what_accounts_yaml_declares_counts() -> None:
    contacts = {"BILLING": CONTACT, "OPERATIONS": CONTACT, "SECURITY": CONTACT}
    shop = account("shop", "Workloads", contacts=contacts)
    unit = seen(shop, delegated_administrators={"guardduty.amazonaws.com": frozenset({"shop"})})["Workloads"]
    assert {
        "ORG-01": ("placed in `Workloads`",),
        "ORG-03": ("delegated: guardduty.amazonaws.com",),
        "ORG-13": ("all three contacts",),
    } == {one.control: one.by for one in unit.held}


def test_an_account_at_the_root_is_placed_nowhere() -> None:
    assert held(seen(account("shop", ""))["/"], "ORG-01") is None


@pytest.mark.parametrize("state", [AccountState.CLOSED, AccountState.PENDING_CLOSURE])
def test_a_closed_account_counts_for_nothing(state: AccountState) -> None:
    shop, blog = account("shop", "Workloads", settings=ON), account("blog", "Workloads")
    assert held(seen(shop, replace(blog, state=state))["Workloads"], "S3-01") == Held(
        "S3-01", ("`s3-public-access` switched on",)
    )


def test_every_recommendation_is_in_exactly_one_list() -> None:
    for unit in seen(account("shop", "Workloads"), uses=(PolicyUse("deny-root", "ou:/"),)).values():
        told = [*(one.control for one in unit.held), *unit.available, *unit.nothing]
        assert sorted(row.control.id for row in ROWS) == sorted(told)
