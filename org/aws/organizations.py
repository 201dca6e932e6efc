"""The live organization, read with as few calls as it can be: per policy, never per target, and tags in bulk.

One sweep of ListAccounts gives the place of every account (Account.Paths), one ListOrganizationalUnitsForParent per OU
the tree, one ListTargetsForPolicy per policy all attachments, and the tagging API the tags, 100 a page.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from org.errors import CloudError, Denied
from org.model.organization import (
    ACCOUNT_MANAGEMENT,
    OWNED,
    OWNER_TAG,
    ROOT,
    Account,
    AccountState,
    Contact,
    Organization,
    OrganizationalUnit,
    account_reference,
    ou_reference,
)
from org.model.policy import Policy, PolicyType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.aws.cloud import Cloud

WIDTH = 8
"""Calls in flight at once; the token buckets, not this, keep us under AWS's rates."""

Tags = dict[str, dict[str, str]]


def read(cloud: Cloud, kinds: Iterable[PolicyType] = ()) -> Organization:
    """The organization as it is; where there is none yet, one without an id that holds the caller's account.

    Found accounts have their id for a key. Policies are read of the types that are enabled at the root, and of `kinds`:
    a type that is to be enabled may have policies from an earlier time.
    Raises `Denied` where the caller is not the management account or a delegated administrator.
    """
    with ThreadPoolExecutor(WIDTH) as pool:
        # ListAccounts has the most pages, so nothing waits to be asked before it.
        accounts_job = pool.submit(_list_accounts, cloud)
        try:
            summary = cloud.call("organizations", "describe_organization")["Organization"]
        except CloudError as error:
            if error.code == "AWSOrganizationsNotInUseException":
                return _standalone(cloud)
            raise
        tags_job = pool.submit(_bulk_tags, cloud)
        delegation_job = pool.submit(_delegation, cloud)
        root = next(cloud.pages("organizations", "list_roots", "Roots"))
        policies_job = pool.submit(_list_policies, cloud, _enabled(root) | frozenset(kinds))
        ou_paths = _tree(cloud, pool, root["Id"])
        nodes = {unit_id: ou_reference(path) for unit_id, path in ou_paths.items()}
        tags = tags_job.result()
        policies = _policies(cloud, pool, policies_job.result(), nodes, tags or {})
        listed = accounts_job.result()
        if tags is None:
            tags = _tags_one_by_one(cloud, pool, [*ou_paths, *(account["Id"] for account in listed)])
        placed = _places(cloud, pool, listed, ou_paths, root["Id"])
        accounts = tuple(_account(a, summary["MasterAccountId"], placed[a["Id"]], tags) for a in listed)
        units = tuple(_unit(unit_id, path, tags) for unit_id, path in ou_paths.items() if path != ROOT)
    trusted, delegated = delegation_job.result()
    return Organization(
        accounts=accounts,
        units=units,
        policies=policies,
        enabled_policy_types=_enabled(root),
        trusted_services=trusted,
        delegated_administrators=delegated,
        id=summary["Id"],
        root_id=root["Id"],
        home_region=cloud.region,
    )


def _standalone(cloud: Cloud) -> Organization:
    """What there is before an organization: the caller's account, whose e-mail AWS does not tell."""
    name = cloud.call("account", "get_account_information").get("AccountName", "")
    caller = cloud.place.account
    return Organization(accounts=(Account(key=caller, id=caller, name=name, email="", management=True),))


def read_accounts(cloud: Cloud) -> tuple[Account, ...]:
    """The accounts of `read_members`."""
    return read_members(cloud).accounts


def read_members(cloud: Cloud) -> Organization:
    """The organization's id and every account with its id, e-mail, name and state, but nothing else: one ListAccounts.

    Where there is no organization yet, one without an id that holds the caller's account.
    """
    try:
        summary = cloud.call("organizations", "describe_organization")["Organization"]
    except CloudError as error:
        if error.code == "AWSOrganizationsNotInUseException":
            return _standalone(cloud)
        raise
    accounts = tuple(_account(listed, summary["MasterAccountId"], ROOT, {}) for listed in _list_accounts(cloud))
    return Organization(accounts=accounts, id=summary["Id"])


def read_contacts(cloud: Cloud, account: Account, kinds: Iterable[str]) -> dict[str, Contact]:
    """The alternate contacts of these kinds that an account has.

    https://docs.aws.amazon.com/accounts/latest/APIReference/API_GetAlternateContact.html: the management account must
    leave out its own id.
    """
    found = {}
    whose = {} if account.management else {"AccountId": account.id}
    for kind in kinds:
        try:
            answer = cloud.call("account", "get_alternate_contact", AlternateContactType=kind, **whose)
        except CloudError as error:
            if error.code == "ResourceNotFoundException":
                continue
            raise
        given = answer["AlternateContact"]
        found[kind] = Contact(given["Name"], given["Title"], given["EmailAddress"], given["PhoneNumber"])
    return found


def with_contacts(cloud: Cloud, organization: Organization, wanted: Mapping[str, Iterable[str]]) -> Organization:
    """The organization with the alternate contacts read for the accounts (by key) and kinds that are wanted.

    Nobody can have set a member's contacts from here before Account Management was trusted, so then none are read.
    """
    if ACCOUNT_MANAGEMENT not in organization.trusted_services:
        return organization
    by_key = {account.key: account for account in organization.accounts if account.key in wanted}
    with ThreadPoolExecutor(WIDTH) as pool:
        found = dict(
            zip(by_key, pool.map(lambda key: read_contacts(cloud, by_key[key], wanted[key]), by_key), strict=True)
        )
    accounts = tuple(
        replace(account, contacts=found[account.key]) if account.key in found else account
        for account in organization.accounts
    )
    return replace(organization, accounts=accounts)


def _enabled(root: Mapping[str, Any]) -> frozenset[PolicyType]:
    known = {kind.value for kind in PolicyType}
    types = root.get("PolicyTypes", ())
    return frozenset(PolicyType(t["Type"]) for t in types if t["Type"] in known and t["Status"] == "ENABLED")


def _list_accounts(cloud: Cloud) -> list[dict[str, Any]]:
    return list(cloud.pages("organizations", "list_accounts", "Accounts"))


def _tree(cloud: Cloud, pool: ThreadPoolExecutor, root_id: str) -> dict[str, str]:
    """OU id -> path, the root first and parents before children; a level of the tree is read at once."""
    paths = {root_id: ROOT}
    level = [root_id]
    while level:
        children = pool.map(
            lambda parent: list(
                cloud.pages(
                    "organizations", "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent
                )
            ),
            level,
        )
        below = [
            (child["Id"], f"{paths[parent]}/{child['Name']}".removeprefix("/"))
            for parent, found in zip(level, children, strict=True)
            for child in found
        ]
        paths.update(below)
        level = [child for child, _ in below]
    return paths


def _places(
    cloud: Cloud, pool: ThreadPoolExecutor, listed: list[dict[str, Any]], ou_paths: dict[str, str], root_id: str
) -> dict[str, str]:
    """Account id -> OU path, from Account.Paths; where one is missing, by one list per OU.

    A path is `o-…/r-…/ou-…/`, with or without the account's own id at its end: the model's pattern allows both.
    """
    places = {}
    for account in listed:
        for path in account.get("Paths", ())[:1]:
            parent = path.strip("/").removesuffix(f"/{account['Id']}").rpartition("/")[2]
            places[account["Id"]] = ou_paths.get(parent)  # None for an OU made after the tree was read
    if all(places.get(account["Id"]) is not None for account in listed):
        return {key: path for key, path in places.items() if path is not None}

    def below(parent: str) -> list[str]:
        found = cloud.pages("organizations", "list_accounts_for_parent", "Accounts", ParentId=parent)
        return [account["Id"] for account in found]

    by_parent = zip(ou_paths, pool.map(below, ou_paths), strict=True)
    listed_below = {account: ou_paths[parent] for parent, accounts in by_parent for account in accounts}
    # INVARIANT: partial sight is never absence; an account that no list shows is taken to be where it was last seen.
    return {a["Id"]: listed_below.get(a["Id"], places.get(a["Id"]) or ou_paths[root_id]) for a in listed}


def _account(listed: Mapping[str, Any], management_id: str, path: str, tags: Tags) -> Account:
    state = listed.get("State") or {"SUSPENDED": "CLOSED"}.get(listed["Status"], listed["Status"])
    return Account(
        key=listed["Id"],
        id=listed["Id"],
        name=listed["Name"],
        email=listed["Email"],
        ou=path,
        tags=tags.get(listed["Id"], {}),
        state=AccountState(state),
        management=listed["Id"] == management_id,
    )


def _unit(unit_id: str, path: str, tags: Tags) -> OrganizationalUnit:
    own = tags.get(unit_id, {})
    rest = {key: value for key, value in own.items() if key != OWNER_TAG}
    return OrganizationalUnit(path=path, id=unit_id, tags=rest, owned=own.get(OWNER_TAG) == OWNED)


def _list_policies(cloud: Cloud, kinds: Iterable[PolicyType]) -> dict[str, tuple[PolicyType, dict[str, Any]]]:
    """Policy id -> its type and summary, for those types: AWS has no call that lists them all."""
    return {
        summary["Id"]: (kind, summary)
        for kind in sorted(kinds)
        for summary in cloud.pages("organizations", "list_policies", "Policies", Filter=kind.value)
    }


def _policies(
    cloud: Cloud,
    pool: ThreadPoolExecutor,
    listed: Mapping[str, tuple[PolicyType, dict[str, Any]]],
    nodes: Mapping[str, str],
    tags: Tags,
) -> tuple[Policy, ...]:
    """The policies with their attachments; the text is read only of ours, and nothing of AWS's own."""

    def policy(policy_id: str) -> Policy:
        kind, summary = listed[policy_id]
        own = tags.get(policy_id, {})
        if OWNER_TAG not in own and not summary["AwsManaged"]:
            # INVARIANT: partial sight is never absence. The tagging API lags, and ownership is decisive.
            own = _tags(cloud, policy_id)
        found = Policy(
            kind=kind,
            name=summary["Name"],
            content="{}",
            description=summary.get("Description", ""),
            id=policy_id,
            owned=own.get(OWNER_TAG) == OWNED,
            aws_managed=summary["AwsManaged"],
            tags=own,
        )
        if found.aws_managed:
            return found
        targets = cloud.pages("organizations", "list_targets_for_policy", "Targets", PolicyId=policy_id)
        found = replace(found, targets=frozenset(_node(target, nodes) for target in targets))
        if not found.owned:
            return found
        content = cloud.call("organizations", "describe_policy", PolicyId=policy_id)["Policy"]["Content"]
        return replace(found, content=content)

    return tuple(pool.map(policy, listed))


def _node(target: Mapping[str, Any], nodes: Mapping[str, str]) -> str:
    """The node reference of an attachment."""
    if target["Type"] == "ACCOUNT":
        return account_reference(target["TargetId"])
    return nodes.get(target["TargetId"], target["TargetId"])


def _bulk_tags(cloud: Cloud) -> Tags | None:
    """Resource id -> tags of every tagged account, OU and policy; None where the tagging API may not be used.

    https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html; Organizations is a
    global service, so its resources are listed in the partition's first Region.
    """
    region = {"cn": "cn-northwest-1", "us-gov": "us-gov-west-1"}.get(cloud.region.rpartition("-")[0].rpartition("-")[0])
    found: Tags = {}
    try:
        for resource in cloud.in_region(region or "us-east-1").pages(
            "resourcegroupstaggingapi",
            "get_resources",
            "ResourceTagMappingList",
            token="PaginationToken",
            ResourceTypeFilters=["organizations"],
            ResourcesPerPage=100,
        ):
            own = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
            found[resource["ResourceARN"].rpartition("/")[2]] = own
    except Denied:
        return None
    return found


def _tags_one_by_one(cloud: Cloud, pool: ThreadPoolExecutor, ids: Iterable[str]) -> Tags:
    """Resource id -> tags by one call each: the slow way, for callers without tag:GetResources."""
    wanted = list(ids)
    return dict(zip(wanted, pool.map(lambda resource: _tags(cloud, resource), wanted), strict=True))


def _tags(cloud: Cloud, resource: str) -> dict[str, str]:
    listed = cloud.pages("organizations", "list_tags_for_resource", "Tags", ResourceId=resource)
    return {tag["Key"]: tag["Value"] for tag in listed}


def _delegation(cloud: Cloud) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """The trusted services, and service principal -> ids of the accounts that administer it."""
    trusted = frozenset(
        service["ServicePrincipal"]
        for service in cloud.pages(
            "organizations", "list_aws_service_access_for_organization", "EnabledServicePrincipals"
        )
    )
    delegated: dict[str, frozenset[str]] = {}
    for account in cloud.pages("organizations", "list_delegated_administrators", "DelegatedAdministrators"):
        for service in cloud.pages(
            "organizations", "list_delegated_services_for_account", "DelegatedServices", AccountId=account["Id"]
        ):
            principal = service["ServicePrincipal"]
            delegated[principal] = delegated.get(principal, frozenset()) | {account["Id"]}
    return trusted, delegated
