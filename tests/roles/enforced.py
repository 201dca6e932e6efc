"""Runs of components under the pipeline's roles alone: the sandbox enforces the policies that IAM holds for them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.credentials import ReadOnlyCredentials

from org.aws.cloud import Cloud, connect
from org.errors import CloudError
from org.model.change import Result
from org.model.policy import minified
from org.policy.role_parts import parts
from tests.baseline import stage
from tests.baseline.stage import CASES, HOME, IDS, MANAGEMENT, filled, organization, plan_of, set_up, tried
from tests.iam_actions import iam_actions
from tests.roles.test_templates import role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.aws.clients import Clients
    from org.baseline import Component
    from org.reconcile.component import AccountResult
    from org.sandbox.serve import Sandbox

ROLES = {False: "org-baseline-plan", True: "org-baseline-apply"}
TEMPLATES = {False: "pipeline-plan", True: "pipeline-apply"}
SERVICES = ["account.amazonaws.com", "iam.amazonaws.com"]


@dataclass(frozen=True)
class Ended:
    """What a run came to, as far as permissions could change it."""

    reason: str
    plan: str
    done: bool
    findings: tuple[str, ...]
    unlike: tuple[str, ...]


class Enforcing:
    """The sandbox, and runs in it with the pipeline's roles; `without` is an action that they lack."""

    def __init__(self, sandbox: Sandbox, clients: Clients) -> None:
        self.sandbox, self.clients = sandbox, clients
        self.called: set[str] = set()

    def run(self, component: Component, case: dict[str, Any], *, apply: bool, without: str = "") -> Ended:
        """What the component comes to in the situation of the case."""
        self.sandbox.reset(organization(), enforce_iam=True)
        administrator = connect(HOME, self.clients)
        answers = set_up(component, administrator, case["calls"])
        for key in IDS:
            self.give(stage.inside(administrator, key), key, apply=apply, without=without)
        self.sandbox.recorder.clear()
        entered = self.sandbox.sign_in(IDS[MANAGEMENT], ROLES[apply])
        keys = ReadOnlyCredentials(entered, "x", f"sandbox-{entered}")
        result = tried(component, Cloud(None, HOME, self.clients, lambda: keys, None), case, apply=apply)
        self.called = {
            action for call in self.sandbox.recorder.calls for action in iam_actions(call.service, call.operation)
        }
        return self.ended(component, case, answers, result)

    def give(self, there: Cloud, key: str, *, apply: bool, without: str) -> None:
        """The account has the role that plans or applies, with its permissions and no others."""
        template = TEMPLATES[apply] + ("" if key == MANAGEMENT else "-member")
        if key == MANAGEMENT:
            trust = {"Effect": "Allow", "Principal": {"AWS": IDS[MANAGEMENT]}, "Action": "sts:AssumeRole"}
            text = minified({"Version": "2012-10-17", "Statement": [trust]})
            with suppress(CloudError):  # a case may have it already
                there.call("iam", "create_role", RoleName=ROLES[apply], AssumeRolePolicyDocument=text)
        realm = self.sandbox.world.realm
        assert realm is not None
        for number, text in enumerate(permissions(template, without, realm.id)):
            name = f"part-{number}"
            there.call("iam", "put_role_policy", RoleName=ROLES[apply], PolicyName=name, PolicyDocument=text)

    def ended(self, component: Component, case: dict[str, Any], answers: list[Any], result: AccountResult) -> Ended:
        account = IDS[stage.home(component)]
        expected = filled(case.get("plan", {}), answers, account)
        plan = stage.as_expected(expected, plan_of(component, result.changes))
        done = all(outcome.result is Result.DONE for outcome in result.outcomes)
        told = tuple(sorted(f"{one.rule} {one.message}" for one in result.findings))
        unlike = tuple(stage.unlike(filled(case.get("findings", []), answers, account), result.findings))
        return Ended(result.reason, json.dumps(plan, sort_keys=True, default=str), done, told, unlike)


@cache
def permissions(template: str, without: str, organization_id: str) -> tuple[str, ...]:
    """The permissions of a role, as IAM gets them, less one action."""
    values: dict[str, Any] = {"organization_id": organization_id}
    values |= {"trusted_services": SERVICES} if template == "pipeline-apply" else {}
    whole = role(template, **values).documents["permissions"]
    kept = [less(statement, without) for statement in whole["Statement"]]
    document = {**whole, "Statement": [statement for statement in kept if statement["Action"]]}
    return tuple(minified(part.document) for part in parts(document))


def less(statement: dict[str, Any], without: str) -> dict[str, Any]:
    """The statement without the action that it allows."""
    listed = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    if statement["Effect"] == "Deny":
        return statement
    return {**statement, "Action": [action for action in listed if action != without]}


def live(component: Component) -> list[dict[str, Any]]:
    """The cases of the component that are played in the sandbox."""
    return [case for case in CASES.get(component.name, ()) if "calls" in case]


def acting(component: Component) -> dict[str, Any]:
    """The first of them in which something is done or found."""
    return next(case for case in live(component) if case.get("plan") or case.get("findings"))


def modes(component: Component) -> Iterator[bool]:
    """Planning, and applying where the component writes."""
    yield False
    if component.write is not None:
        yield True
