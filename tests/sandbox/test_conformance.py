"""The conformance list: what AWS accepts and refuses, one row a rule, each with AWS's page.

The rows are in conformance/*.yaml. `given` calls come first, `call` is the one that counts: it is `refused` with a code
(and a reason after a slash), or `answers` with values at JMESPath expressions. `as` is the account that calls.
With `root of` before it, its root user does.
A parameter like `@answer:0:KeyMetadata.KeyId` is a part of what the first of the given calls answered; one like
`@root`, `@ou:Workloads/Prod`, `@account:E-MAIL` or `@policy:NAME` becomes the id, `@scp:N` an SCP of N characters, and
`@json` the text of the document beside it. Run against a real, empty organization the same rows would
tell where the sandbox errs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jmespath
import pytest
import yaml
from botocore.exceptions import ClientError

from org.sandbox.models import model
from org.sandbox.strict.quotas import Quotas
from org.sandbox.strict.registry import operations, spelled
from org.sandbox.strict.stored import DECLARED

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.model.organization import Organization
    from org.sandbox.serve import Sandbox
    from org.sandbox.strict.state import Realm

FOLDER = Path(__file__).with_name("conformance")
ROWS = [
    {"file": path.stem, "given": [], "as": None} | row
    for path in sorted(FOLDER.glob("*.yaml"))
    for row in yaml.safe_load(path.read_text(encoding="utf-8"))
]
SCP = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
SETTINGS_OF_THE_CALLER = {"kms", "root_users"}
"""Files whose given calls are made by the account that makes the call that counts."""
COMMON = {"AccessDenied", "AccessDeniedException", "SerializationException", "ValidationError", "SandboxDoesNotCover"}
"""Codes that any operation may answer with, modelled or not (API page CommonErrors)."""


class Stage:
    """The calls of one row, with its parameters filled in from the organization as it is."""

    def __init__(self, sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]) -> None:
        self.sandbox, self.client, self.assume = sandbox, client, assume
        self.answers: list[dict[str, Any]] = []

    def call(self, step: list[Any], caller: str | None = None, number: int = 0) -> dict[str, Any]:
        name, parameters = step[0], step[1] if len(step) > 1 else {}
        service, _, operation = name.partition(".")
        credentials = self.credentials(caller, number) if caller else None
        client = self.client(service, credentials)
        answer: dict[str, Any] = getattr(client, operation)(**self.filled(parameters, number))
        return answer

    def credentials(self, caller: str, number: int) -> dict[str, Any]:
        if caller.startswith("root of "):
            return {
                "AccessKeyId": f"ROOT{caller.removeprefix('root of ')}",
                "SecretAccessKey": "x",
                "SessionToken": "x",
            }
        return self.assume(self.filled(caller, number))

    def prepare(self, steps: list[Any], caller: str | None = None) -> None:
        for step in steps:
            for number in range(step[2] if len(step) > 2 else 1):
                self.answers.append(self.call(step, caller, number=number))

    def filled(self, value: Any, number: int) -> Any:
        if isinstance(value, list):
            return [self.filled(item, number) for item in value]
        if isinstance(value, dict) and "@json" in value:
            return json.dumps(value["@json"])
        if isinstance(value, dict):
            return {key: self.filled(item, number) for key, item in value.items()}
        if isinstance(value, str):
            text = value.replace("{n}", str(number))
            return self.reference(text[1:]) if text.startswith("@") else text
        return value

    def reference(self, name: str) -> Any:
        kind, _, rest = name.partition(":")
        return getattr(self, f"the_{kind}")(rest)

    @property
    def realm(self) -> Realm:
        assert self.sandbox.world.realm is not None
        return self.sandbox.world.realm

    @property
    def state(self) -> dict[str, Any]:
        state = self.sandbox.organization_state()
        assert state is not None
        return state

    def the_answer(self, text: str) -> Any:
        number, _, path = text.partition(":")
        return jmespath.search(path, self.answers[int(number)])

    def the_root(self, _: str) -> str:
        return self.realm.root.id

    def the_management(self, _: str) -> str:
        return self.realm.management

    def the_organization(self, _: str) -> str:
        return self.realm.id

    def the_ou(self, path: str) -> Any:
        return self.state["units"][path]["id"]

    def the_account(self, email: str) -> str:
        return self.realm.emails[email]

    def the_role(self, name: str) -> str:
        email, _, role = name.partition("/")
        return f"arn:aws:iam::{self.realm.emails[email]}:role/{role}"

    def the_policy(self, name: str) -> Any:
        policies = self.state["policies"].items()
        return next(policy["id"] for key, policy in policies if key.partition("/")[2] == name)

    def the_request(self, number: str) -> str:
        return list(self.realm.creations)[int(number)]

    def the_scp(self, length: str) -> str:
        return json.dumps(SCP).ljust(int(length))

    def the_repeat(self, wanted: str) -> str:
        letter, _, count = wanted.partition("*")
        return letter * int(count)

    def the_tags(self, count: str) -> list[dict[str, str]]:
        return [{"Key": f"key{number}", "Value": "x"} for number in range(int(count))]


@pytest.fixture
def stage(sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]) -> Stage:
    return Stage(sandbox, client, assume)


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row['file']}: {row['rule']}") for row in ROWS])
def test_the_sandbox_answers_as_aws_does(row: dict[str, Any], stage: Stage, small_organization: Organization) -> None:
    settings = dict(row.get("settings", {}))
    if "quotas" in settings:
        settings["quotas"] = Quotas(**settings["quotas"])
    stage.sandbox.reset(None if row.get("empty") else small_organization, **settings)
    stage.prepare(row["given"], row["as"] if row["file"] in SETTINGS_OF_THE_CALLER else None)
    if "refused" in row:
        with pytest.raises(ClientError) as caught:
            stage.call(row["call"], row["as"])
        code = caught.value.response["Error"]["Code"]
        reason = caught.value.response.get("Reason")
        assert row["refused"] == (f"{code}/{reason}" if reason else code), caught.value
        assert_modelled(row["call"][0], code, reason)
    else:
        answer = stage.call(row["call"], row["as"])
        expected = {path: stage.filled(value, 0) for path, value in row["answers"].items()}
        assert expected == {path: jmespath.search(path, answer) for path in expected}


def assert_modelled(name: str, code: str, reason: str | None) -> None:
    """The code is one that AWS's model lists for the operation, and the reason one of the code's."""
    service, _, operation = name.partition(".")
    shape = model(service).operation_model(spelled(operation))
    if service in {"organizations", "account"}:
        assert code in COMMON | {error.name for error in shape.error_shapes}
    if reason:
        assert reason in model(service).shape_for(f"{code}Reason").enum


def test_every_row_names_a_rule_and_its_page() -> None:
    known = {"file", "rule", "page", "given", "call", "refused", "answers", "as", "settings", "empty"}
    assert [] == [row for row in ROWS if not row["rule"] or not row["page"] or row.keys() - known]


def test_no_rule_is_written_twice() -> None:
    names = [f"{row['file']}: {row['rule']}" for row in ROWS]
    assert sorted(set(names)) == sorted(names)


def test_every_operation_of_the_strict_layer_has_a_row() -> None:
    named = {
        (service, spelled(operation))
        for row in ROWS
        for step in [row["call"], *row["given"]]
        for service, _, operation in [step[0].partition(".")]
    }
    declared = {(one.service, operation) for one in DECLARED for operation in one.operations}
    assert set() == set(operations()) - named - declared
