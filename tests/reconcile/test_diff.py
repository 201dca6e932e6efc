"""What a difference becomes: data in, changes out, and what is only reported."""

from __future__ import annotations

from dataclasses import replace

import pytest

from org.model.change import Action, Risk
from org.model.finding import Severity
from org.model.organization import Account, AccountState, Contact, Organization, OrganizationalUnit
from org.model.policy import Policy, PolicyType, minified
from org.reconcile.plan import ORDER, plan

SCP = PolicyType.SERVICE_CONTROL_POLICY
Said = list[tuple[str, str, str]]


def _policy(name: str, *targets: str, action: str = "s3:*", owned: bool = True) -> Policy:
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    content = minified({"Version": "2012-10-17", "Statement": [statement]})
    return Policy(SCP, name, content, targets=frozenset(targets), owned=owned, id=f"p-{name}")


def _wanted(
    *accounts: Account, units: tuple[OrganizationalUnit, ...] = (), policies: tuple[Policy, ...] = ()
) -> Organization:
    management = Account("management", "m", "m@x.example", ou=None, id="111111111111", management=True)
    return Organization(accounts=(management, *accounts), units=units, policies=policies)


def _found(*accounts: Account, units: tuple[str, ...] = (), policies: tuple[Policy, ...] = ()) -> Organization:
    management = Account("111111111111", "m", "m@x.example", id="111111111111", management=True)
    return Organization(
        accounts=(management, *accounts),
        units=tuple(OrganizationalUnit(path, id=f"ou-{path}") for path in units),
        policies=policies,
        enabled_policy_types=frozenset({SCP}),
        id="o-1",
        root_id="r-1",
    )


def _live(number: int, **given: object) -> Account:
    account_id = f"{number:012d}"
    account = Account(account_id, f"acme-{number}", f"a{number}@x.example", id=account_id)
    return replace(account, **given)  # type: ignore[arg-type]


def _declared(number: int, **given: object) -> Account:
    return replace(Account(f"a{number}", f"acme-{number}", f"a{number}@x.example"), **given)  # type: ignore[arg-type]


def _units(*paths: str) -> tuple[OrganizationalUnit, ...]:
    return tuple(OrganizationalUnit(path) for path in paths)


def _said(wanted: Organization, found: Organization) -> Said:
    return [(change.action.value, change.kind, change.name) for change in plan(wanted, found).changes]


def _rules(wanted: Organization, found: Organization) -> list[str]:
    return [finding.rule for finding in plan(wanted, found).findings]


CASES: dict[str, tuple[Organization, Organization, Said]] = {
    "nothing": (_wanted(_declared(1)), _found(_live(1)), []),
    "an e-mail in another case is the same account": (
        _wanted(_declared(1, email="A1@X.example")),
        _found(_live(1)),
        [],
    ),
    "an id wins over a name": (
        _wanted(_declared(1, id="000000000001", name="new")),
        _found(_live(1)),
        [("enable", "trusted-service", "account.amazonaws.com"), ("update", "account", "a1")],
    ),
    "the management account's own name needs no trusted access": (
        replace(_wanted(), accounts=(replace(_wanted().accounts[0], name="new"),)),
        _found(),
        [("update", "account", "management")],
    ),
    "a new account in an OU is created and moved": (
        _wanted(_declared(1, ou="A"), units=_units("A")),
        _found(units=("A",)),
        [("create", "account", "a1"), ("move", "account", "a1")],
    ),
    "a declared id that is not there is never created": (_wanted(_declared(1, id="000000000009")), _found(), []),
    "a closed entry is never created": (_wanted(_declared(1, state=AccountState.CLOSED)), _found(), []),
    "a suspended account is left alone": (
        _wanted(_declared(1, ou="A"), units=_units("A")),
        _found(_live(1, state=AccountState.SUSPENDED), units=("A",)),
        [],
    ),
    "an undeclared account is left alone": (_wanted(), _found(_live(1)), []),
    "parents come before children": (
        _wanted(units=_units("A", "A/B", "A/B/C")),
        _found(),
        [("create", "organizational-unit", path) for path in ("A", "A/B", "A/B/C")],
    ),
    "children go before parents": (
        _wanted(),
        _found(units=("A", "A/B", "A/B/C")),
        [("delete", "organizational-unit", path) for path in ("A/B/C", "A/B", "A")],
    ),
    "an OU with an undeclared account stays": (_wanted(), _found(_live(1, ou="A/B"), units=("A", "A/B")), []),
    "an OU goes once its accounts have moved": (
        _wanted(_declared(1, ou="")),
        _found(_live(1, ou="A"), units=("A",)),
        [("move", "account", "a1"), ("delete", "organizational-unit", "A")],
    ),
    "a rename keeps what is below": (
        _wanted(_declared(1, ou="New/Sub"), units=(OrganizationalUnit("New", was="Old"), *_units("New/Sub"))),
        _found(_live(1, ou="Old/Sub"), units=("Old", "Old/Sub")),
        [("rename", "organizational-unit", "New")],
    ),
    "renames one below the other": (
        _wanted(
            units=(OrganizationalUnit("New", was="Old"), OrganizationalUnit("New/Up", was="Old/Down")),
        ),
        _found(units=("Old", "Old/Down")),
        [("rename", "organizational-unit", "New"), ("rename", "organizational-unit", "New/Up")],
    ),
    "an OU renamed by hand is renamed back": (
        _wanted(_declared(1, ou="A/B"), units=_units("A", "A/B")),
        _found(_live(1, ou="A/Console"), units=("A", "A/Console")),
        [("rename", "organizational-unit", "A/B")],
    ),
    "an OU above renamed by hand is renamed back with all below": (
        _wanted(_declared(1, ou="A/B"), units=_units("A", "A/B")),
        _found(_live(1, ou="Console/B"), units=("Console", "Console/B")),
        [("rename", "organizational-unit", "A")],
    ),
    "an empty OU renamed by hand cannot be recognized": (
        _wanted(units=_units("A")),
        _found(units=("Console",)),
        [("create", "organizational-unit", "A"), ("delete", "organizational-unit", "Console")],
    ),
    "two candidates are no rename": (
        _wanted(_declared(1, ou="A"), _declared(2, ou="A"), units=_units("A")),
        _found(_live(1, ou="X"), _live(2, ou="Y"), units=("X", "Y")),
        [
            ("create", "organizational-unit", "A"),
            ("move", "account", "a1"),
            ("move", "account", "a2"),
            ("delete", "organizational-unit", "X"),
            ("delete", "organizational-unit", "Y"),
        ],
    ),
    "a rename that was made is nothing": (
        _wanted(units=(OrganizationalUnit("New", was="Old"),)),
        _found(units=("New",)),
        [],
    ),
    "another parent is a new OU, because AWS cannot move one": (
        _wanted(_declared(1, ou="B/X"), units=(*_units("A", "B"), OrganizationalUnit("B/X", was="A/X"))),
        _found(_live(1, ou="A/X"), units=("A", "B", "A/X")),
        [
            ("create", "organizational-unit", "B/X"),
            ("move", "account", "a1"),
            ("delete", "organizational-unit", "A/X"),
        ],
    ),
    "a policy follows its renamed OU": (
        _wanted(units=(OrganizationalUnit("New", was="Old"),), policies=(_policy("p", "ou:New"),)),
        _found(units=("Old",), policies=(_policy("p", "ou:Old"),)),
        [("rename", "organizational-unit", "New")],
    ),
    "white space and key order are no change": (
        _wanted(policies=(_policy("p", "ou:/"),)),
        _found(
            policies=(
                replace(
                    _policy("p", "ou:/"),
                    content='{ "Statement": [{"Resource":"*", "Action":"s3:*", "Effect":"Deny"}],\n'
                    '"Version": "2012-10-17"}',
                ),
            )
        ),
        [],
    ),
    "a new target is attached before the old one is detached": (
        _wanted(units=_units("A"), policies=(_policy("p", "ou:A"),)),
        _found(units=("A",), policies=(_policy("p", "ou:/"),)),
        [("attach", "attachment", "p"), ("detach", "attachment", "p")],
    ),
    "a policy of ours stays on an account that nobody declared": (
        _wanted(),
        _found(_live(1), policies=(_policy("p", "account:000000000001", "ou:/"),)),
        [("detach", "attachment", "p")],
    ),
    "a policy of ours stays on an OU that stays": (
        _wanted(policies=(_policy("p", "ou:/"),)),
        _found(_live(1, ou="A"), units=("A",), policies=(_policy("p", "ou:A", "ou:/"),)),
        [],
    ),
    "two entries for one account are no entry for it": (
        _wanted(_declared(1, name="new"), _declared(2, id="000000000001", ou="A"), units=_units("A")),
        _found(_live(1), units=("A",)),
        [],
    ),
    "a policy of ours that nobody wants goes": (
        _wanted(),
        _found(policies=(_policy("p", "ou:/"),)),
        [("detach", "attachment", "p"), ("delete", "policy", "p")],
    ),
    "a policy that is not ours stays as it is": (
        _wanted(policies=(_policy("p", "ou:/", action="ec2:*"),)),
        _found(policies=(_policy("p", "ou:/", owned=False),)),
        [],
    ),
    "AWS's own policy is never touched": (
        _wanted(),
        _found(policies=(replace(_policy("FullAWSAccess", "ou:/"), aws_managed=True),)),
        [],
    ),
    "an undeclared tag stays, a tag declared absent goes": (
        _wanted(_declared(1, tags={"a": "1", "b": None})),
        _found(_live(1, tags={"a": "1", "b": "2", "c": "3"})),
        [("update", "account", "a1")],
    ),
    "an absent tag that is absent is nothing": (_wanted(_declared(1, tags={"b": None})), _found(_live(1)), []),
    "a contact that is there is nothing": (
        _wanted(_declared(1, contacts={"SECURITY": Contact("n", "t", "e", "p")})),
        _found(_live(1, contacts={"SECURITY": Contact("n", "t", "e", "p")})),
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_changes_are(case: str) -> None:
    wanted, found, expected = CASES[case]
    assert expected == _said(wanted, found)


NOTICED = {
    "ORG912": (_wanted(), replace(_found(), trusted_services=frozenset({"config.amazonaws.com"})), Severity.NOTE),
    "ORG913": (
        _wanted(_declared(1)),
        replace(_found(_live(1)), delegated_administrators={"x.amazonaws.com": frozenset({"000000000001"})}),
        Severity.NOTE,
    ),
    "ORG909": (_wanted(), _found(policies=(_policy("theirs", "ou:/", owned=False),)), Severity.NOTE),
    "ORG901": (_wanted(_declared(1, id="000000000009")), _found(), Severity.ERROR),
    "ORG902": (_wanted(_declared(1, id="000000000001", email="b@x.example")), _found(_live(1)), Severity.WARNING),
    "ORG903": (_wanted(), _found(_live(1)), Severity.WARNING),
    "ORG904": (_wanted(_declared(1)), _found(_live(1, state=AccountState.SUSPENDED)), Severity.NOTE),
    "ORG905": (_wanted(_declared(1, state=AccountState.CLOSED)), _found(_live(1)), Severity.WARNING),
    "ORG907": (
        _wanted(policies=(_policy("p", "ou:/"),)),
        _found(policies=(_policy("p", owned=False),)),
        Severity.ERROR,
    ),
    "ORG908": (
        _wanted(policies=tuple(_policy(f"p{n}", "ou:/") for n in range(10))),
        _found(),
        Severity.ERROR,
    ),
}


@pytest.mark.parametrize("rule", NOTICED)
def test_what_is_only_reported(rule: str) -> None:
    wanted, found, severity = NOTICED[rule]
    assert [(rule, severity)] == [(finding.rule, finding.severity) for finding in plan(wanted, found).findings]


def test_an_undeclared_ou_that_is_not_empty_is_reported_and_stays() -> None:
    wanted, found = _wanted(), _found(_live(1, ou="A"), units=("A",))
    assert ["ORG903", "ORG906"] == sorted(_rules(wanted, found))


def test_an_ou_that_is_not_ours_is_reported_and_stays() -> None:
    found = replace(_found(), units=(OrganizationalUnit("A", id="ou-a", owned=False),))
    assert (["ORG906"], []) == (_rules(_wanted(), found), _said(_wanted(), found))


def test_nine_new_policies_fit_beside_full_access() -> None:
    wanted = _wanted(policies=tuple(_policy(f"p{n}", "ou:/") for n in range(9)))
    assert [] == _rules(wanted, _found())


GUARDED = {
    "protected": (
        _wanted(_declared(1, ou="B", protected=True), units=_units("A", "B")),
        _found(_live(1, ou="A"), units=("A", "B")),
    ),
    "mass-move": (
        _wanted(*(_declared(n, ou="A") for n in range(2, 13)), units=_units("A", "B")),
        _found(*(_live(n, ou="B") for n in range(2, 13)), units=("A", "B")),
    ),
    "last-guardrail": (_wanted(), _found(policies=(_policy("p", "ou:/"),))),
}


@pytest.mark.parametrize("guard", GUARDED)
def test_a_guard_trips(guard: str) -> None:
    assert {guard} == {name for name, _ in plan(*GUARDED[guard]).guards}


def test_two_entries_for_one_account_are_an_error() -> None:
    wanted = _wanted(_declared(1), _declared(2, id="000000000001", email="a1@x.example"))
    assert "ORG911" in _rules(wanted, _found(_live(1)))


PROTECTED = {
    "renaming the account": (
        _wanted(_declared(1, name="new", protected=True)),
        _found(_live(1)),
    ),
    "taking a policy from the account": (
        _wanted(_declared(1, protected=True), policies=(_policy("q", "account:a1"),)),
        _found(_live(1), policies=(_policy("p", "account:000000000001"), _policy("q", "account:000000000001"))),
    ),
    "taking a policy from the OU": (
        _wanted(units=(OrganizationalUnit("A", protected=True),), policies=(_policy("q", "ou:A"),)),
        _found(units=("A",), policies=(_policy("p", "ou:A"), _policy("q", "ou:A"))),
    ),
    "deleting an OU two levels below": (
        _wanted(units=(OrganizationalUnit("A", protected=True), *_units("A/B"))),
        _found(units=("A", "A/B", "A/B/C")),
    ),
}


@pytest.mark.parametrize("case", PROTECTED)
def test_what_is_protected_is_guarded_against(case: str) -> None:
    assert {"protected"} == {name for name, _ in plan(*PROTECTED[case]).guards}


def test_placing_new_accounts_trips_nothing() -> None:
    """Accounts are born in the root, and a run that was stopped there must be able to go on."""
    wanted = _wanted(*(_declared(n, ou="A", protected=True) for n in range(2, 40)), units=_units("A"))
    found = _found(*(_live(n) for n in range(2, 40)), units=("A",))
    assert () == plan(wanted, found).guards


def test_leaving_a_protected_ou_trips_its_guard() -> None:
    units = (OrganizationalUnit("A", protected=True), *_units("B"))
    wanted = _wanted(_declared(1, ou="B"), units=units)
    found = _found(_live(1, ou="A"), units=("A", "B"))
    assert ["protected"] == [name for name, _ in plan(wanted, found).guards]


def test_an_ou_that_goes_needs_no_guardrail() -> None:
    found = _found(units=("A",), policies=(_policy("p", "ou:A"), _policy("q", "ou:/")))
    assert () == plan(_wanted(policies=(_policy("q", "ou:/"),)), found).guards


def test_control_towers_own_policies_are_not_worth_a_word() -> None:
    found = _found(policies=(_policy("aws-guardrails-abc", "ou:/", owned=False),))
    assert () == plan(_wanted(), found).findings


def test_ten_of_two_hundred_moves_are_no_mass() -> None:
    wanted = _wanted(*(_declared(n, ou="A" if n < 12 else "B") for n in range(2, 202)), units=_units("A", "B"))
    found = _found(*(_live(n, ou="B") for n in range(2, 202)), units=("A", "B"))
    assert () == plan(wanted, found).guards


@pytest.mark.parametrize("named", [True, False])
def test_a_new_organization_is_guarded_unless_its_account_is_named(named: bool) -> None:
    wanted = _wanted()
    if not named:
        wanted = replace(wanted, accounts=(replace(wanted.accounts[0], id=None),))
    nothing = Organization(accounts=(Account("111111111111", "m", "", id="111111111111", management=True),))
    assert named == (plan(wanted, nothing).guards == ())


def test_every_change_has_its_place_in_the_order() -> None:
    assert len(ORDER) == len(set(ORDER))
    adds = [action for _, action in ORDER if action in (Action.CREATE, Action.ATTACH, "attach-above", "tighten")]
    takes = [action for _, action in ORDER if action in (Action.DETACH, Action.DELETE)]
    assert [*adds, *takes] == [action for _, action in ORDER if action in {*adds, *takes}]


def test_an_update_that_only_adds_comes_before_the_moves_and_any_other_after() -> None:
    one = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    both = minified({"Version": "2012-10-17", "Statement": [one, one | {"Action": "ec2:*"}]})
    short, long = _policy("p", "ou:/"), replace(_policy("p", "ou:/"), content=both)
    tightened = plan(_wanted(policies=(long,)), _found(policies=(short,))).changes[0]
    loosened = plan(_wanted(policies=(short,)), _found(policies=(long,))).changes[0]
    assert (Risk.MEDIUM, Risk.HIGH) == (tightened.risk, loosened.risk)
