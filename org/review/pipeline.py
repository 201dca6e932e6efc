"""What the pipeline must be able to do in a member account: the calls that its roles there are made for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from org import baseline
from org.access.requests import derived, request
from org.model.organization import Organization, Pipeline
from org.model.place import partition
from org.model.request import Principal
from org.policy import library_folders
from org.policy.reference import known_values
from org.policy.roles import Needs, Role, render_roles, role_library
from org.reconcile.places import LIST_REGIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.access.prove.difference import Setting
    from org.model.organization import Account
    from org.model.request import Request

MEMBER_ROLES = {
    "plan": "pipeline-plan-member",
    "apply": "pipeline-apply-member",
    "break-glass": "pipeline-break-glass-member",
}
"""The roles of the pipeline in member accounts, with the templates that say what each must do there."""
GLOBAL = frozenset(("account", "iam", "organizations"))
"""Services that answer from one Region for all: us-east-1, in the commercial partition."""
KNOWN = {"aws:securetransport": "true", "aws:viaawsservice": "false", "s3:tlsversion": "1.2"}
"""What is so of every call that this program makes."""
MANAGEMENT = "000000000000"
"""Stands for the management account where its id is not known; no account has it."""


@dataclass(frozen=True, slots=True)
class Needed:
    """One call that one of the pipeline's roles must be able to make."""

    role: str
    name: str
    request: Request


def needed(
    organization: Organization, accounts: Iterable[Account], where: Setting, unknown: frozenset[str]
) -> Iterator[Needed]:
    """Every call of the pipeline's roles in these accounts, and the way into them, as `where` has the first of them.

    They are those of the components that the accounts declare. `unknown` are keys that nobody knows here.
    """
    pipeline = organization.pipeline
    names = {"plan": pipeline.plan_role, "apply": pipeline.apply_role, "break-glass": pipeline.break_glass_role}
    management = organization.management
    home = (management.id if management else None) or MANAGEMENT
    arn = f"arn:{partition(organization.home_region)}:iam::"
    declared = frozenset(name for account in accounts for name in account.settings)
    reaching = frozenset(name for account in organization.accounts for name in account.settings)

    def call(who: Principal, action: str, resource: str, region: str) -> Request:
        known = {**KNOWN, "aws:requestedregion": region, "aws:resourceorgid": where.org_id}
        doubtful = unknown - known.keys() - derived(who).keys() - {"aws:resourceaccount"}
        return request(who, action, resource, resource_account=where.account, context=known, unknown=doubtful)

    for role, name in names.items():
        own = f"{arn}{where.account}:role/{name}"
        outside = Principal(f"{arn}{home}:role/{name}", org_id=where.org_id, management=True)
        inside = Principal(own, org_id=where.org_id, org_paths=(where.org_path,))
        yield Needed(role, name, call(outside, "sts:AssumeRole", own, organization.home_region))
        for action, resource in calls(role, pipeline, declared, reaching):
            there = resource.replace(":iam::*:", f":iam::{where.account}:")
            for region in regions(action, organization):
                yield Needed(role, name, call(inside, action, there, region))


def regions(action: str, organization: Organization) -> tuple[str, ...]:
    """The Regions in which the pipeline makes a call: all that are governed for a component that acts in each."""
    if action.partition(":")[0] in GLOBAL:
        return ("us-east-1",)
    everywhere = any(
        action in component.needs for component in baseline.find().values() if component.where is baseline.Where.REGION
    )
    governed = organization.regions if everywhere else ()
    return tuple(dict.fromkeys((organization.home_region, *governed)))


def calls(
    role: str, pipeline: Pipeline, declared: frozenset[str], reaching: frozenset[str]
) -> tuple[tuple[str, str], ...]:
    """The actions of a role in member accounts that have some components declared, each with a resource.

    `reaching` are the components of the whole organization: those that act from the management account reach into all.
    """
    return tuple(
        (action, resource)
        for statement in _roles(pipeline, declared, reaching)[MEMBER_ROLES[role]].documents["permissions"]["Statement"]
        if statement["Effect"] == "Allow"
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    )


@cache
def _roles(pipeline: Pipeline, declared: frozenset[str], reaching: frozenset[str]) -> dict[str, Role]:
    """The pipeline's roles from our own templates: those of a pull request could leave out what matters."""
    reads, writes = {LIST_REGIONS}, set[str]()
    for name, component in baseline.find().items():
        if name in declared and component.where is not baseline.Where.ORGANIZATION:
            reads.update(component.reads)
            writes.update(component.writes)
        if name in reaching:
            reads.update(component.reads_elsewhere)
            writes.update(component.writes_elsewhere)
    needs = Needs(component_reads=tuple(sorted(reads)), component_writes=tuple(sorted(writes or {LIST_REGIONS})))
    templates = role_library(library_folders(Path("/dev/null"))).templates
    chosen = [templates[name] for name in MEMBER_ROLES.values()]
    made, _ = render_roles(chosen, needs, known_values(Organization(pipeline=pipeline)), examples=True)
    return {role.name: role for role in made}


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
