"""Every write may be repeated: what is so already is done, and what somebody else did is not undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.aws.clients import Clients
from org.aws.cloud import Cloud, connect
from org.aws.organizations_write import write
from org.errors import CloudError
from org.model.change import Action
from org.reconcile.live import Live
from org.reconcile.run import plan_organization
from org.sandbox.serve import Fault
from tests.reconcile.organizations import live_shape, wanted_shape
from tests.reconcile.test_killed import AFTER, BEFORE

if TYPE_CHECKING:
    from org.aws.directory import Directory
    from org.model.change import Plan
    from org.sandbox.serve import Sandbox


@pytest.fixture
def cloud(sandbox: Sandbox) -> Cloud:
    """The management account of an organization that is to become another one."""
    sandbox.reset(BEFORE)
    return connect("eu-west-1", Clients())


@pytest.fixture
def plan(cloud: Cloud) -> Plan:
    """A plan with a change of nearly every kind; accounts are created elsewhere."""
    return plan_organization(AFTER, cloud)


def _directory(cloud: Cloud, plan: Plan) -> Directory:
    from org.aws.organizations import read

    return Live(read(cloud), plan.changes).directory()


def test_every_write_twice_is_as_good_as_once(sandbox: Sandbox, cloud: Cloud, plan: Plan) -> None:
    directory = _directory(cloud, plan)
    for change in plan.changes:
        if (change.kind, change.action) == ("account", Action.CREATE):
            parameters = {"Email": change.after["email"], "AccountName": change.after["name"]}  # type: ignore[index]
            status = cloud.call("organizations", "create_account", **parameters)["CreateAccountStatus"]
            while status["State"] == "IN_PROGRESS":
                asked = {"CreateAccountRequestId": status["Id"]}
                status = cloud.call("organizations", "describe_create_account_status", **asked)["CreateAccountStatus"]
            directory.accounts[change.name] = status["AccountId"]
            continue
        write(cloud, directory, change)
        if (change.kind, change.action) != ("organizational-unit", Action.DELETE):
            write(cloud, directory, change)
    shapes = wanted_shape(AFTER), live_shape(sandbox, AFTER)
    created = [account for account in AFTER.accounts if account.key in ("a4", "a5")]
    for shape in shapes:
        for account in created:
            shape["accounts"][account.email]["tags"] = None  # type: ignore[index]
    assert shapes[0] == shapes[1]


def test_an_account_that_somebody_moved_elsewhere_is_not_moved(sandbox: Sandbox, cloud: Cloud, plan: Plan) -> None:
    directory = _directory(cloud, plan)
    move = next(change for change in plan.changes if change.name == "a3" and change.action is Action.MOVE)
    realm = sandbox.world.realm
    assert realm is not None
    account = next(account for account in realm.accounts.values() if account.email == "aws+3@acme.example")
    realm.move_account(account, directory.unit("Old"))
    with pytest.raises(CloudError, match="SourceParentNotFoundException"):
        write(cloud, directory, move)
    assert directory.unit("Old") == account.parent


def test_a_move_that_was_made_is_done_however_aws_says_so(sandbox: Sandbox, cloud: Cloud, plan: Plan) -> None:
    directory = _directory(cloud, plan)
    move = next(change for change in plan.changes if change.name == "a3" and change.action is Action.MOVE)
    sandbox.faults.add(Fault(match="MoveAccount", code="SourceParentNotFoundException", after=True, times=1))
    write(cloud, directory, move)
    realm = sandbox.world.realm
    assert realm is not None
    account = next(account for account in realm.accounts.values() if account.email == "aws+3@acme.example")
    assert directory.unit("Apps") == account.parent
