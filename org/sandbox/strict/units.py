"""Organizational units: create, rename, delete, describe, list; children and parents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.sandbox.strict.accounts import check_parent
from org.sandbox.strict.paging import paged
from org.sandbox.strict.refusal import Refusal, constraint
from org.sandbox.strict.registry import Request, answers
from org.sandbox.strict.state import Unit
from org.sandbox.strict.tags import check_tags

if TYPE_CHECKING:
    from org.sandbox.strict.state import Realm


def show_unit(realm: Realm, unit: Unit) -> dict[str, Any]:
    """The OU as AWS shows it."""
    return {"Id": unit.id, "Arn": unit.arn, "Name": unit.name, "Path": realm.path(unit.id)}


def find_unit(realm: Realm, identity: str) -> Unit:
    """The OU of that id (OrganizationalUnitNotFoundException)."""
    if unit := realm.units.get(identity):
        return unit
    message = "We can't find an OU with the OrganizationalUnitId that you specified."
    raise Refusal("OrganizationalUnitNotFoundException", message)


def check_name(realm: Realm, parent: str, name: str, itself: str | None = None) -> None:
    """No sibling has that name (DuplicateOrganizationalUnitException); elsewhere in the tree it may be used again."""
    if realm.unit_names.get((parent, name), itself) != itself:
        raise Refusal("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")


@answers("organizations")
def create_organizational_unit(request: Request) -> dict[str, Any]:
    """A new OU under the parent (API page CreateOrganizationalUnit).

    "You can nest OUs up to five levels deep", 2,000 of them at most (User Guide page orgs_reference_limits).
    """
    realm, quotas, wanted = request.realm, request.world.quotas, request.parameters
    parent, name = wanted["ParentId"], wanted["Name"]
    check_parent(realm, parent)
    check_name(realm, parent, name)
    if len(realm.lineage(parent)) > quotas.depth:
        message = "You attempted to create an OU tree that is too many levels deep."
        raise constraint("OU_DEPTH_LIMIT_EXCEEDED", message)
    if len(realm.units) >= quotas.units:
        raise constraint("OU_NUMBER_LIMIT_EXCEEDED", "You have exceeded the number of OUs that you can have.")
    tags = check_tags(wanted.get("Tags", []), {}, quotas.tags)
    unit = new_unit(realm, f"ou-{realm.root.id[2:]}-{request.world.letters(8)}", parent, name, tags)
    return {"OrganizationalUnit": show_unit(realm, unit)}


def new_unit(realm: Realm, identity: str, parent: str, name: str, tags: dict[str, str]) -> Unit:
    """A new OU in the tree, nothing checked."""
    unit = Unit(identity, realm.arn_of("ou", identity), name, parent, tags)
    realm.add_unit(unit)
    return unit


@answers("organizations")
def update_organizational_unit(request: Request) -> dict[str, Any]:
    """The OU has the new name; id, children and policies stay (API page UpdateOrganizationalUnit)."""
    realm = request.realm
    unit = find_unit(realm, request.parameters["OrganizationalUnitId"])
    if name := request.parameters.get("Name"):
        check_name(realm, unit.parent, name, unit.id)
        del realm.unit_names[unit.parent, unit.name]
        unit.name = name
        realm.unit_names[unit.parent, name] = unit.id
    return {"OrganizationalUnit": show_unit(realm, unit)}


@answers("organizations")
def delete_organizational_unit(request: Request) -> dict[str, Any]:
    """The OU is gone, if it was empty (API page DeleteOrganizationalUnit: OrganizationalUnitNotEmptyException)."""
    realm = request.realm
    unit = find_unit(realm, request.parameters["OrganizationalUnitId"])
    if realm.child_units.get(unit.id) or realm.child_accounts.get(unit.id):
        message = "The specified OU is not empty. Move all accounts and remove all child OUs, and try again."
        raise Refusal("OrganizationalUnitNotEmptyException", message)
    realm.remove_unit(unit)
    return {}


@answers("organizations")
def describe_organizational_unit(request: Request) -> dict[str, Any]:
    """One OU (API page DescribeOrganizationalUnit)."""
    unit = find_unit(request.realm, request.parameters["OrganizationalUnitId"])
    return {"OrganizationalUnit": show_unit(request.realm, unit)}


@answers("organizations")
def list_organizational_units_for_parent(request: Request) -> dict[str, Any]:
    """The OUs directly in a root or OU (API page ListOrganizationalUnitsForParent)."""
    realm, parent = request.realm, request.parameters["ParentId"]
    check_parent(realm, parent)
    children = realm.child_units.get(parent, {})
    return paged(request, "OrganizationalUnits", children, lambda identity: show_unit(realm, realm.units[identity]))


@answers("organizations")
def list_children(request: Request) -> dict[str, Any]:
    """The accounts or OUs directly in a root or OU (API page ListChildren)."""
    realm, parent, kind = request.realm, request.parameters["ParentId"], request.parameters["ChildType"]
    check_parent(realm, parent)
    tree = realm.child_accounts if kind == "ACCOUNT" else realm.child_units
    return paged(request, "Children", tree.get(parent, {}), lambda identity: {"Id": identity, "Type": kind})


@answers("organizations")
def list_parents(request: Request) -> dict[str, Any]:
    """The one parent of an account or OU (API page ListParents)."""
    realm = request.realm
    parent = realm.parent_of(request.parameters["ChildId"])
    if parent is None:
        message = "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified."
        raise Refusal("ChildNotFoundException", message)
    kind = "ROOT" if parent == realm.root.id else "ORGANIZATIONAL_UNIT"
    return paged(request, "Parents", [{"Id": parent, "Type": kind}])
