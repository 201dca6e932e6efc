"""One change of the organization, carried out. Every write is safe to repeat: what is so already counts as done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from org.errors import CloudError, OrgError
from org.model.change import Action
from org.model.organization import OWNED, OWNER_TAG, ROOT, parent_path
from org.model.policy import same_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from org.aws.cloud import Cloud
    from org.aws.directory import Directory
    from org.model.change import Change

ENABLING_SECONDS = 120
"""How long to wait for a policy type to become ENABLED."""


def write(cloud: Cloud, directory: Directory, change: Change) -> None:
    """Make `change.after` true in AWS and note new ids in the directory. Raises `OrgError` subclasses."""
    _WRITERS[change.kind, change.action](cloud, directory, change)


def _after(change: Change) -> Mapping[str, Any]:
    return change.after or {}


def _tag_list(tags: Mapping[str, str | None]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items() if value is not None]


def _call_unless(so_already: str, cloud: Cloud, operation: str, **parameters: Any) -> None:
    """Call an operation of Organizations; the error that says it is so already counts as success."""
    try:
        cloud.call("organizations", operation, **parameters)
    except CloudError as error:
        if error.code != so_already:
            raise


def _create_organization(cloud: Cloud, directory: Directory, change: Change) -> None:
    operation = "create_organization"
    _call_unless("AlreadyInOrganizationException", cloud, operation, FeatureSet=_after(change)["feature_set"])
    root = next(cloud.pages("organizations", "list_roots", "Roots"))
    directory.units[ROOT] = root["Id"]
    kinds = [t["Type"] for t in root.get("PolicyTypes", ()) if t["Status"] == "ENABLED"]
    for kind in kinds:
        for policy in cloud.pages("organizations", "list_policies", "Policies", Filter=kind):
            directory.policies[kind, policy["Name"]] = policy["Id"]


def _enable_policy_type(cloud: Cloud, directory: Directory, change: Change) -> None:
    already, root_id = "PolicyTypeAlreadyEnabledException", directory.unit(ROOT)
    _call_unless(already, cloud, "enable_policy_type", RootId=root_id, PolicyType=change.name)
    deadline = time.monotonic() + ENABLING_SECONDS
    while not _is_enabled(cloud, change.name):
        if time.monotonic() > deadline:
            raise OrgError(f"policy type {change.name} is still being enabled after {ENABLING_SECONDS} s; run again")
        time.sleep(1)


def _is_enabled(cloud: Cloud, kind: str) -> bool:
    root = next(cloud.pages("organizations", "list_roots", "Roots"))
    return any(t["Type"] == kind and t["Status"] == "ENABLED" for t in root.get("PolicyTypes", ()))


def _enable_service(cloud: Cloud, _: Directory, change: Change) -> None:
    cloud.call("organizations", "enable_aws_service_access", ServicePrincipal=change.name)


def _register_administrator(cloud: Cloud, directory: Directory, change: Change) -> None:
    account = directory.account(_after(change)["account"])
    already = "AccountAlreadyRegisteredException"
    _call_unless(already, cloud, "register_delegated_administrator", AccountId=account, ServicePrincipal=change.name)


def _create_unit(cloud: Cloud, directory: Directory, change: Change) -> None:
    parent, name = directory.unit(parent_path(change.name)), change.name.rpartition("/")[2]
    tags = _tag_list(_after(change)["tags"])
    try:
        answer = cloud.call("organizations", "create_organizational_unit", ParentId=parent, Name=name, Tags=tags)
        directory.units[change.name] = answer["OrganizationalUnit"]["Id"]
    except CloudError as error:
        if error.code != "DuplicateOrganizationalUnitException":
            raise
        # Our own call whose answer was lost, or somebody was faster: it is there, which is what was wanted.
        listed = cloud.pages(
            "organizations", "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent
        )
        directory.units[change.name] = next(unit["Id"] for unit in listed if unit["Name"] == name)


def _rename_unit(cloud: Cloud, _: Directory, change: Change) -> None:
    after = _after(change)
    cloud.call("organizations", "update_organizational_unit", OrganizationalUnitId=after["id"], Name=after["name"])


def _delete_unit(cloud: Cloud, directory: Directory, change: Change) -> None:
    gone = "OrganizationalUnitNotFoundException"
    unit_id = directory.unit(change.name)
    _call_unless(gone, cloud, "delete_organizational_unit", OrganizationalUnitId=unit_id)
    del directory.units[change.name]


def _update_unit(cloud: Cloud, directory: Directory, change: Change) -> None:
    _write_tags(cloud, directory.unit(change.name), _after(change)["tags"])


def _write_tags(cloud: Cloud, resource: str, tags: Mapping[str, str | None]) -> None:
    """Set the tags that have a value and take away those that have none."""
    if present := _tag_list(tags):
        cloud.call("organizations", "tag_resource", ResourceId=resource, Tags=present)
    if absent := [key for key, value in tags.items() if value is None]:
        cloud.call("organizations", "untag_resource", ResourceId=resource, TagKeys=absent)


def _create_policy(cloud: Cloud, directory: Directory, change: Change) -> None:
    after, tags = _after(change), _tag_list({OWNER_TAG: OWNED})
    kind, text = after["type"], {"Content": after["content"], "Description": after["description"]}
    try:
        answer = cloud.call("organizations", "create_policy", Name=change.name, Type=kind, Tags=tags, **text)
        directory.policies[kind, change.name] = answer["Policy"]["PolicySummary"]["Id"]
    except CloudError as error:
        if error.code != "DuplicatePolicyException":
            raise
        directory.policies[kind, change.name] = _same_policy(cloud, kind, change.name, after["content"], error)


def _same_policy(cloud: Cloud, kind: str, name: str, content: str, error: CloudError) -> str:
    """The id of the policy that exists, where it is the one we wanted to create; else raises the error."""
    listed = cloud.pages("organizations", "list_policies", "Policies", Filter=kind)
    policy_id = next((policy["Id"] for policy in listed if policy["Name"] == name), None)
    if policy_id is None:
        raise error
    found = cloud.call("organizations", "describe_policy", PolicyId=policy_id)["Policy"]["Content"]
    if not same_document(found, content):
        raise error
    return str(policy_id)


def _update_policy(cloud: Cloud, directory: Directory, change: Change) -> None:
    after = _after(change)
    policy_id = directory.policy(after["type"], change.name)
    text = {"Content": after["content"], "Description": after["description"]}
    cloud.call("organizations", "update_policy", PolicyId=policy_id, **text)


def _delete_policy(cloud: Cloud, directory: Directory, change: Change) -> None:
    policy_id = directory.policy((change.before or {})["type"], change.name)
    _call_unless("PolicyNotFoundException", cloud, "delete_policy", PolicyId=policy_id)


def _attach(cloud: Cloud, directory: Directory, change: Change) -> None:
    _attachment(cloud, directory, change, "attach_policy", "DuplicatePolicyAttachmentException")


def _detach(cloud: Cloud, directory: Directory, change: Change) -> None:
    _attachment(cloud, directory, change, "detach_policy", "PolicyNotAttachedException")


def _attachment(cloud: Cloud, directory: Directory, change: Change, operation: str, so_already: str) -> None:
    state = change.after or change.before or {}
    policy_id = directory.policy(state["type"], change.name)
    target_id = change.place.account if _is_account(state) else directory.target(state["target"])
    target_id = target_id or directory.target(state["target"])
    _call_unless(so_already, cloud, operation, PolicyId=policy_id, TargetId=target_id)


def _is_account(state: Mapping[str, Any]) -> bool:
    return str(state["target"]).startswith("account:")


def _move_account(cloud: Cloud, directory: Directory, change: Change) -> None:
    """Move straight to the destination: SourceParentId makes the call a compare-and-swap.

    Where the account has left its source, it may be in the destination already: by our own call whose answer was lost,
    or by a run beside this one.
    """
    account_id, destination = directory.account(change.name), directory.unit(_after(change)["ou"])
    source = directory.unit((change.before or {})["ou"])
    try:
        _call_unless(
            "DuplicateAccountException",
            cloud,
            "move_account",
            AccountId=account_id,
            SourceParentId=source,
            DestinationParentId=destination,
        )
    except CloudError as error:
        if error.code != "SourceParentNotFoundException":
            raise
        parents = cloud.pages("organizations", "list_parents", "Parents", ChildId=account_id)
        if destination not in {parent["Id"] for parent in parents}:
            raise


def _update_account(cloud: Cloud, directory: Directory, change: Change) -> None:
    account_id, after = directory.account(change.name), _after(change)
    # https://docs.aws.amazon.com/accounts/latest/reference/API_PutAccountName.html: the management account must
    # leave out its own id.
    whose = {} if account_id == cloud.place.account else {"AccountId": account_id}
    if "tags" in after:
        _write_tags(cloud, account_id, after["tags"])
    if "name" in after:
        cloud.call("account", "put_account_name", AccountName=after["name"], **whose)
    for kind, contact in after.get("contacts", {}).items():
        cloud.call(
            "account",
            "put_alternate_contact",
            AlternateContactType=kind,
            Name=contact["name"],
            Title=contact["title"],
            EmailAddress=contact["email"],
            PhoneNumber=contact["phone"],
            **whose,
        )


_WRITERS: dict[tuple[str, Action], Callable[[Cloud, Directory, Change], None]] = {
    ("organization", Action.CREATE): _create_organization,
    ("policy-type", Action.ENABLE): _enable_policy_type,
    ("trusted-service", Action.ENABLE): _enable_service,
    ("delegated-administrator", Action.REGISTER): _register_administrator,
    ("organizational-unit", Action.CREATE): _create_unit,
    ("organizational-unit", Action.RENAME): _rename_unit,
    ("organizational-unit", Action.UPDATE): _update_unit,
    ("organizational-unit", Action.DELETE): _delete_unit,
    ("policy", Action.CREATE): _create_policy,
    ("policy", Action.UPDATE): _update_policy,
    ("policy", Action.DELETE): _delete_policy,
    ("attachment", Action.ATTACH): _attach,
    ("attachment", Action.DETACH): _detach,
    ("account", Action.MOVE): _move_account,
    ("account", Action.UPDATE): _update_account,
}
