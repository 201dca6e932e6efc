"""What holds where: for each organizational unit of accounts.yaml, the recommendations that are met, and by what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.controls import controls
from org.controls.declared import DECLARED
from org.model.organization import ROOT, AccountState, account_reference, ou_reference, parent_path
from org.policy.template import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from org.baseline import Component
    from org.controls import Row
    from org.model.organization import Account, Organization
    from org.model.policy import PolicyUse
    from org.policy import Library

Evidence = dict[str, dict[str, bool]]
"""By control, what serves it (`deny-root at /`, `s3-public-access switched on`), and whether that is all it takes."""
GUARDRAILS = "ORG-02"
"""The control that any guardrail serves by reaching an account."""
ENDED = (AccountState.CLOSED, AccountState.PENDING_CLOSURE)


@dataclass(frozen=True, slots=True)
class Held:
    """A recommendation that something serves in a unit.

    `by` says what; `part` what is left to do where that is not all it takes; `missing` in which accounts it is not so,
    with the reason where there is one.
    """

    control: str
    by: tuple[str, ...]
    part: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """What holds in the accounts that stand in one unit (or at the root, or are the management account).

    `available` are the controls that something built would serve, with its names; `nothing` those that nothing serves.
    """

    name: str
    accounts: tuple[str, ...]
    held: tuple[Held, ...]
    available: Mapping[str, tuple[str, ...]]
    nothing: tuple[str, ...]

    @property
    def whole(self) -> tuple[Held, ...]:
        """The recommendations that hold in every account of the unit."""
        return tuple(held for held in self.held if not held.missing and not held.part)


@dataclass(frozen=True, slots=True)
class _Sight:
    """The evidence for one account, and why a component that is switched on is none."""

    evidence: Evidence
    weak: Mapping[str, str]


def coverage(
    organization: Organization, library: Library, components: Mapping[str, Component], rows: Sequence[Row]
) -> tuple[Unit, ...]:
    """Every unit with what holds in it: the management account, the root where it has accounts, then the tree."""
    members = [account for account in organization.accounts if account.state not in ENDED and not account.management]
    units = []
    if organization.management:
        sight = _sight(organization, library, components, organization.management)
        units.append(_unit("management account", {organization.management.key: sight}, rows))
    for path in (ROOT, *sorted(unit.path for unit in organization.units)):
        here = [account for account in members if (account.ou or ROOT) == path]
        if not here and path == ROOT:
            continue
        sights = {account.key: _sight(organization, library, components, account) for account in here}
        empty = _Sight(dict(_policies(organization, library, chain(path), management=False)), {})
        units.append(_unit(path or "/", sights, rows, empty))
    return tuple(units)


def chain(path: str) -> list[str]:
    """The node references from the root down to a unit."""
    above = [ou_reference(path)]
    while path != ROOT:
        path = parent_path(path)
        above.insert(0, ou_reference(path))
    return above


def _sight(
    organization: Organization, library: Library, components: Mapping[str, Component], account: Account
) -> _Sight:
    nodes = [*chain(ROOT if account.management else account.ou or ROOT), account_reference(account.key)]
    evidence = dict(_policies(organization, library, nodes, management=account.management))
    weak: dict[str, str] = {}
    for name, settings in account.settings.items():
        off = _switched_off(components[name], settings)
        for control in components[name].controls:
            if off:
                weak[control] = f"`{name}` leaves {', '.join(off)} off"
            else:
                evidence.setdefault(control, {})[f"`{name}` switched on"] = True
    for control, met in DECLARED.items():
        by = "" if account.management and control == "ORG-01" else met(organization, account)
        if by:
            evidence.setdefault(control, {})[by] = True
    return _Sight(evidence, weak)


def _switched_off(component: Component, settings: Mapping[str, object]) -> list[str]:
    """The switches that are on by default and were declared off: with them the component does not do what it is for."""
    return [
        name for name, value in settings.items() if value is False and component.settings[name].get("default") is True
    ]


def _policies(
    organization: Organization, library: Library, nodes: Sequence[str], *, management: bool
) -> Iterator[tuple[str, dict[str, bool]]]:
    """By control, the templates attached to those nodes. SCPs and RCPs do not bind the management account.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    found: Evidence = {}
    for use, bundle in _uses(organization.policy_uses, library):
        template = library.templates.get(use.template)
        if template is None or use.target not in nodes or (management and not template.kind.declarative):
            continue
        place = use.target.removeprefix("ou:").replace("account:", "account ")
        by = f"`{use.template}` at {place}" + (f" (in `{bundle}`)" if bundle else "")
        for control in (*template.controls, *(() if template.kind.declarative else (GUARDRAILS,))):
            known = controls()[control]
            settled = not known.limit or template.kind in {KINDS[kind] for kind in known.settled_by}
            found.setdefault(control, {})[by] = settled
    yield from found.items()


def _uses(uses: Iterable[PolicyUse], library: Library, bundle: str = "") -> Iterator[tuple[PolicyUse, str]]:
    """Every use of a template, with the bundle that it comes from, or nothing."""
    for use in uses:
        if use.template in library.bundles:
            yield from _uses(library.bundles[use.template].expand(use), library, bundle or use.template)
        else:
            yield use, bundle


def _unit(name: str, sights: Mapping[str, _Sight], rows: Sequence[Row], empty: _Sight | None = None) -> Unit:
    """One unit from what is seen in its accounts, or, where it has none, from what reaches the unit itself."""
    seen = sights or ({"": empty} if empty else {})
    held, available, nothing = [], {}, []
    for row in rows:
        control = row.control.id
        by = dict.fromkeys(one for sight in seen.values() for one in sight.evidence.get(control, ()))
        whole = any(any(sight.evidence.get(control, {}).values()) for sight in seen.values())
        missing = {key: sight.weak.get(control, "") for key, sight in seen.items() if not _meets(sight, control, whole)}
        if by or any(missing.values()):
            held.append(Held(control, tuple(by), "" if whole else row.control.limit, missing))
        elif row.built:
            available[control] = row.built
        else:
            nothing.append(control)
    return Unit(name, tuple(sights), tuple(held), available, tuple(nothing))


def _meets(sight: _Sight, control: str, whole: bool) -> bool:
    """Whether an account has as much as the best account of its unit: all of it, or a part."""
    found = sight.evidence.get(control, {})
    return any(found.values()) if whole else bool(found)
