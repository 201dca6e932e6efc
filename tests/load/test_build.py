"""What is declared becomes an Organization in which everything is inherited and every value is final."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from org.load import load, load_text
from org.model.organization import ROOT as ROOT_PATH
from org.model.organization import Account, AccountState, Contact, Organization, Pipeline
from org.model.policy import PolicyUse
from tests.load.complete import VOCABULARY, loaded

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = ROOT / "tests/cases/findings/everything.yaml"


def organization(piece: str) -> Organization:
    result = loaded(piece)
    assert [] == [(one.rule, one.message) for one in result.findings]
    assert result.organization
    return result.organization


def everything() -> Organization:
    result = load(EVERYTHING, VOCABULARY)
    assert result.organization
    return result.organization


def accounts() -> dict[str, Account]:
    return {account.key: account for account in everything().accounts}


def test_units_stand_in_the_order_of_the_file_with_parents_first() -> None:
    assert ["Security", "Workloads", "Workloads/Prod", "Workloads/Dev"] == [unit.path for unit in everything().units]


def test_a_unit_has_what_is_declared_for_it() -> None:
    unit = everything().units[1]
    assert ("Products", True, {"managed-by": "platform"}) == (unit.was, unit.protected, unit.tags)
    assert unit.span
    assert (41, 3, 41, 12) == (unit.span.line, unit.span.column, unit.span.end_line, unit.span.end_column)


def test_the_management_account_comes_first_is_in_no_unit_and_is_protected() -> None:
    management = everything().accounts[0]
    assert everything().management == management
    assert ("acme-management", "acme", "aws@acme.example", "111122223333") == (
        management.key,
        management.name,
        management.email,
        management.id,
    )
    assert (None, True, True) == (management.ou, management.management, management.protected)


def test_what_an_account_does_not_say_comes_from_its_key() -> None:
    shop = accounts()["old-shop"]
    assert ("old-shop", "aws+old-shop@acme.example", None) == (shop.name, shop.email, shop.id)
    assert AccountState.CLOSED == shop.state


def test_the_nearest_tag_wins_and_null_means_that_it_must_not_be_there() -> None:
    assert {"managed-by": None, "environment": "prod", "service": "payments"} == accounts()["payments-prod"].tags
    assert {"managed-by": "platform", "environment": "dev"} == accounts()["old-shop"].tags
    assert {"managed-by": "platform", "environment": "management"} == accounts()["acme-management"].tags


def test_the_nearest_contact_wins_as_a_whole() -> None:
    contacts = accounts()["payments-prod"].contacts
    assert {"SECURITY", "BILLING", "OPERATIONS"} == contacts.keys()
    assert "Payments" == contacts["OPERATIONS"].name
    assert "Cloud security" == contacts["SECURITY"].name
    soc = Contact("Security", "On call", "soc@acme.example", "+44 20 7946 0003")
    assert soc == accounts()["log-archive"].contacts["SECURITY"]


def test_the_nearest_setting_wins_one_by_one_and_defaults_fill_the_rest() -> None:
    piece = """
baseline: {cloudtrail: {account: a, days: 1}}
organizational_units:
  Workloads: {baseline: {cloudtrail: {days: 2}}}
accounts:
  - {key: a, ou: Workloads}
  - {key: b, ou: Workloads, baseline: {cloudtrail: {encrypt: false}}}
"""
    settings = {account.key: account.settings for account in organization(piece).accounts}
    assert {"cloudtrail": {"account": "a", "days": 1, "encrypt": True}} == settings["management"]
    assert {"cloudtrail": {"account": "a", "days": 2, "encrypt": True}} == settings["a"]
    assert {"cloudtrail": {"account": "a", "days": 2, "encrypt": False}} == settings["b"]


def test_a_component_is_off_below_a_false_until_it_is_switched_on_again() -> None:
    assert "s3-public-access" not in accounts()["payments-prod"].settings
    assert {} == accounts()["old-shop"].settings["s3-public-access"]


def test_a_component_that_is_on_again_has_the_settings_from_above() -> None:
    piece = """
baseline: {cloudtrail: {days: 9}}
organizational_units:
  Workloads: {baseline: {cloudtrail: false}}
accounts:
  - {key: a, ou: Workloads}
  - {key: b, ou: Workloads, baseline: {cloudtrail: true}}
  - {key: c, ou: Workloads, baseline: {cloudtrail: }}
"""
    settings = {account.key: account.settings for account in organization(piece).accounts}
    assert [{}, {"cloudtrail": {"days": 9, "encrypt": True}}] == [settings["a"], settings["b"]]
    assert settings["c"] == settings["b"]


def test_a_component_that_nobody_names_is_off() -> None:
    assert [{}, {}] == [
        account.settings for account in organization("accounts:\n  - {key: a, ou: Workloads}\n").accounts
    ]


def test_policies_are_used_where_they_are_written() -> None:
    uses = [(use.template, use.target, use.parameters, use.name) for use in everything().policy_uses]
    regions = {"regions": "$organization.regions", "note": "for the regulator"}
    assert [
        ("deny-root", "ou:/", {}, None),
        ("restrict-regions", "ou:/", regions, "eu-only"),
        ("protect-cloudtrail", "ou:Security", {}, None),
        ("protect-cloudtrail", "account:payments-prod", {}, None),
    ] == uses


def test_a_use_knows_its_place() -> None:
    (use,) = organization("policies:\n  - deny-root\n").policy_uses
    assert isinstance(use, PolicyUse)
    assert "accounts.yaml:11:5" == str(use.span)


def test_what_holds_for_the_organization() -> None:
    wanted = everything()
    assert frozenset({"guardduty.amazonaws.com", "cloudtrail.amazonaws.com"}) == wanted.trusted_services
    security = frozenset({"security"})
    delegated = {"guardduty.amazonaws.com": security, "cloudtrail.amazonaws.com": security}
    assert delegated == wanted.delegated_administrators
    assert ("eu-west-1", ("eu-west-1", "us-east-1")) == (wanted.home_region, wanted.regions)
    assert (frozenset(), EVERYTHING.relative_to(Path.cwd()).as_posix()) == (wanted.enabled_policy_types, wanted.file)


def test_role_names_have_the_model_s_defaults() -> None:
    assert Pipeline() == organization("").pipeline
    assert Pipeline(plan_role="p", bootstrap_role=None) == (
        organization("organization:\n  pipeline: {plan_role: p, bootstrap_role: null}\n").pipeline
    )


def test_an_account_id_is_text_whatever_its_quoting() -> None:
    for written in ("012345670123", "'012345670123'", '"012345670123"'):
        wanted = organization(f"accounts:\n  - {{key: a, ou: Workloads, id: {written}}}\n")
        assert "012345670123" == wanted.accounts[1].id


def test_a_file_with_errors_has_no_organization_and_one_with_warnings_has() -> None:
    assert None is loaded("accounts:\n  - {key: a}\n").organization
    assert loaded("organization:\n  regions: [eu-west-1, eu-west-99]\n").organization


def test_the_example_organization_is_loaded_as_its_file_says() -> None:
    from org.reconcile.wanted import wanted

    found = wanted(ROOT / "accounts.yaml")
    assert [] == [(one.rule, one.message) for one in found.findings]
    assert found.organization


def test_loading_twice_gives_the_same(tmp_path: Path) -> None:
    text = EVERYTHING.read_text()
    first: Any = load_text(text, vocabulary=VOCABULARY)
    assert first == load_text(text, vocabulary=VOCABULARY)


def test_an_account_can_be_in_the_root_itself() -> None:
    made = organization("tags: {a: b}\naccounts:\n  - {key: payments, ou: /}\n").accounts[1]
    assert (ROOT_PATH, {"a": "b"}) == (made.ou, made.tags)


def test_an_account_that_is_found_in_the_root_and_declared_there_does_not_move() -> None:
    from dataclasses import replace

    from org.reconcile.plan import plan

    wanted = organization("accounts:\n  - {key: payments, ou: /}\n")
    live = [replace(one, id=f"{number:012}", key=f"{number:012}") for number, one in enumerate(wanted.accounts, 1)]
    found = replace(wanted, accounts=tuple(live))
    assert [] == [change for change in plan(wanted, found).changes if change.kind == "account"]
    elsewhere = replace(found, accounts=(live[0], replace(live[1], ou="Workloads")))
    moves = [change.identity for change in plan(wanted, elsewhere).changes if change.kind == "account"]
    assert [("move", {"ou": ""})] == [(one["action"], one["after"]) for one in moves]
