"""The rotation function, step by step, against the sandbox's Secrets Manager."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from org.aws.rotation import credential_own, credential_token
from org.aws.rotation.rotation_function import Rotation, RotationFailed
from org.sandbox.serve import Fault
from tests.roles.test_templates import role
from tests.rotation.backend import STEPS, Door, Secret, call, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox

CALLS = 16
"""How many calls a rotation makes."""
OTHERS = {"engine": "postgres", "host": "db.example", "port": 5432}


def test_four_steps_rotate_a_secret(secret: Callable[..., Secret], door: Callable[[str], Door]) -> None:
    one, system = secret("old"), door("old")
    version = one.rotation()
    for step in STEPS:
        call(step, one, version)
    assert {one.first: ["AWSPREVIOUS"], version: ["AWSCURRENT"]} == one.stages()
    assert [(one.value("AWSCURRENT"), "old")] == system.changes
    assert ("old", 32) == (one.value("AWSPREVIOUS"), len(one.value("AWSCURRENT")))
    assert not set("/@\"'\\") & set(one.value("AWSCURRENT"))


def test_a_second_rotation_follows_the_first(secret: Callable[..., Secret], door: Callable[[str], Door]) -> None:
    one = secret("old")
    door("old")
    versions = [one.rotation()]
    for step in STEPS:
        call(step, one, versions[0])
    versions.append(one.rotation())
    for step in STEPS:
        call(step, one, versions[1])
    assert {versions[0]: ["AWSPREVIOUS"], versions[1]: ["AWSCURRENT"]} == one.stages()


@pytest.mark.parametrize("times", [2, 3])
def test_every_step_may_be_called_again(secret: Callable[..., Secret], door: Callable[[str], Door], times: int) -> None:
    one, system = secret("old"), door("old")
    version = one.rotation()
    values = set()
    for step in STEPS:
        for _ in range(times):
            call(step, one, version)
            values.add(one.fake.versions[version]["secret_string"])
    assert {one.first: ["AWSPREVIOUS"], version: ["AWSCURRENT"]} == one.stages()
    assert (1, 1) == (len(values), len(system.changes))


def test_every_step_after_the_end_changes_nothing(secret: Callable[..., Secret], door: Callable[[str], Door]) -> None:
    one, system = secret("old"), door("old")
    version = one.rotation()
    for step in STEPS + STEPS:
        call(step, one, version)
    assert ({one.first: ["AWSPREVIOUS"], version: ["AWSCURRENT"]}, 1) == (one.stages(), len(system.changes))


def test_a_finish_that_broke_off_in_the_middle_is_finished(
    secret: Callable[..., Secret], door: Callable[[str], Door]
) -> None:
    one = secret("old")
    door("new")
    version = one.rotation(secret_string="new")
    one.client.update_secret_version_stage(
        SecretId=one.arn, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=one.first
    )
    assert ["AWSCURRENT", "AWSPENDING"] == one.stages()[version]
    call("finishSecret", one, version)
    assert {one.first: ["AWSPREVIOUS"], version: ["AWSCURRENT"]} == one.stages()


def test_only_the_password_of_a_json_secret_changes(secret: Callable[..., Secret], door: Callable[[str], Door]) -> None:
    text = json.dumps({**OTHERS, "password": "old", "username": "app"})
    one = secret(text)
    door(text)
    version = one.rotation()
    for step in STEPS:
        call(step, one, version)
    new = json.loads(one.value("AWSCURRENT"))
    assert [*json.loads(text)] == [*new]
    assert {**OTHERS, "username": "app"} == {key: value for key, value in new.items() if key != "password"}
    assert "old" != new["password"]


def test_the_environment_says_which_field_and_which_characters(
    secret: Callable[..., Secret], door: Callable[[str], Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "FIELD": "api_key",
        "PASSWORD_LENGTH": "20",
        "EXCLUDE_CHARACTERS": "abc",
        "EXCLUDE_PUNCTUATION": "true",
        "EXCLUDE_NUMBERS": "true",
        "EXCLUDE_UPPERCASE": "True",
        "REQUIRE_EACH_INCLUDED_TYPE": "false",
    }.items():
        monkeypatch.setenv(name, value)
    one = secret('{"api_key": "old", "password": "stays"}')
    door("")
    version = one.rotation()
    call("createSecret", one, version)
    made = json.loads(one.value("AWSPENDING"))
    assert ("stays", 20) == (made["password"], len(made["api_key"]))
    assert set(made["api_key"]) <= set("defghijklmnopqrstuvwxyz")


def test_a_system_that_has_only_the_value_before_is_logged_into_with_that(
    secret: Callable[..., Secret], door: Callable[[str], Door]
) -> None:
    one = secret("oldest")
    one.client.put_secret_value(SecretId=one.arn, SecretString="old")
    system = door("oldest")
    version = one.rotation(secret_string="new")
    call("setSecret", one, version)
    assert [("new", "oldest")] == system.changes


def test_the_test_before_the_first_rotation_changes_nothing(
    secret: Callable[..., Secret], door: Callable[[str], Door]
) -> None:
    """With RotateImmediately false, AWS makes a pending version of the current value and calls testSecret alone."""
    one, system = secret("old"), door("old")
    version = one.rotation(secret_string="old")
    before = one.stages()
    call("testSecret", one, version)
    assert (before, []) == (one.stages(), system.changes)


def test_two_tries_at_the_same_time_leave_one_value(
    sandbox: Sandbox, secret: Callable[..., Secret], door: Callable[[str], Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other try puts its value between this one's look and this one's put, which AWS then refuses."""
    one = secret("old")
    door("old")
    version = one.rotation()
    password = Rotation.password

    def slow(self: Rotation) -> str:
        one.client.put_secret_value(
            SecretId=one.arn, ClientRequestToken=version, SecretString="theirs", VersionStages=["AWSPENDING"]
        )
        sandbox.faults.add(Fault("secretsmanager:PutSecretValue", code="ResourceExistsException"))
        return password(self)

    monkeypatch.setattr(Rotation, "password", slow)
    call("createSecret", one, version)
    assert "theirs" == one.value("AWSPENDING")


def test_a_value_that_exists_but_cannot_be_read_is_no_success(
    sandbox: Sandbox, secret: Callable[..., Secret], door: Callable[[str], Door]
) -> None:
    one = secret("old")
    door("old")
    sandbox.faults.add(Fault("secretsmanager:PutSecretValue", code="ResourceExistsException"))
    refused("createSecret", one, one.rotation(), "GetSecretValue: ResourceNotFoundException")


def test_a_rotation_that_somebody_abandons_meanwhile_sets_nothing(
    secret: Callable[..., Secret], door: Callable[[str], Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, system = secret("old"), door("old")
    version = one.rotation(secret_string="new")
    stages = Rotation.stages

    def then_abandoned(self: Rotation) -> list[str]:
        found = [*stages(self)]
        one.fake.versions[version]["version_stages"] = []
        one.rotation(secret_string="another")
        return found

    monkeypatch.setattr(Rotation, "stages", then_abandoned)
    with pytest.raises(RotationFailed, match="GetSecretValue: "):
        call("setSecret", one, version)
    assert [] == system.changes


@pytest.mark.parametrize("at", range(CALLS))
@pytest.mark.parametrize(
    "fault",
    [
        Fault("^secretsmanager:", code="ThrottlingException", times=1),
        Fault("^secretsmanager:", reset=True, times=1),
        Fault("^secretsmanager:", reset=True, after=True, times=1),
    ],
    ids=["refused", "never sent", "lost answer"],
)
def test_a_rotation_that_breaks_off_at_any_call_is_taken_up_again(
    sandbox: Sandbox,
    secret: Callable[..., Secret],
    door: Callable[[str], Door],
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    at: int,
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    one, system = secret("old"), door("old")
    version = one.rotation()
    sandbox.faults.add(replace(fault, skip=at))
    failed = 0
    for step in STEPS:
        try:
            call(step, one, version)
        except RotationFailed:
            failed += 1
            call(step, one, version)
    assert {one.first: ["AWSPREVIOUS"], version: ["AWSCURRENT"]} == one.stages()
    assert (1, one.value("AWSCURRENT"), 1) == (failed, system.opens, len(system.changes))


def test_a_rotation_makes_no_other_calls_than_its_role_allows(
    sandbox: Sandbox, secret: Callable[..., Secret], door: Callable[[str], Door]
) -> None:
    one = secret("old")
    door("old")
    version = one.rotation()
    sandbox.recorder.clear()
    for step in STEPS:
        call(step, one, version)
    calls = [made.name for made in sandbox.recorder.calls]
    assert CALLS == len(calls)
    assert {name for name in role("secret-rotation").allow if name.startswith("secretsmanager:")} == set(calls)


def test_a_rotation_from_another_account_carries_its_token(
    sandbox: Sandbox, secret: Callable[..., Secret], door: Callable[[str], Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = secret("old")
    door("old")
    token = "a1b2c3d4-" * 5
    sent: list[dict[str, Any]] = []

    class Watched(Rotation):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            self.client.meta.events.register(
                "provide-client-params.secretsmanager.PutSecretValue", lambda params, **_: sent.append(params)
            )

    monkeypatch.setattr("org.aws.rotation.rotation_function.Rotation", Watched)
    call("createSecret", one, one.rotation(), RotationToken=token)
    assert [token] == [params["RotationToken"] for params in sent]


def test_what_is_not_filled_in_fails_before_anything_is_finished(
    secret: Callable[..., Secret], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "credential", credential_own)
    one = secret("old")
    version = one.rotation()
    call("createSecret", one, version)
    for step in ("setSecret", "testSecret"):
        with pytest.raises(RotationFailed, match=r"NotImplementedError at credential_own\.py:\d+; its text is kept"):
            call(step, one, version)
    assert {one.first: ["AWSCURRENT"], version: ["AWSPENDING"]} == one.stages()


def test_a_token_rotates_without_another_system(secret: Callable[..., Secret], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "credential", credential_token)
    one = secret("old")
    version = one.rotation()
    for step in STEPS:
        call(step, one, version)
    assert {one.first: ["AWSPREVIOUS"], version: ["AWSCURRENT"]} == one.stages()


def test_a_login_is_never_rotated_as_a_token(secret: Callable[..., Secret], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "credential", credential_token)
    one = secret(json.dumps({**OTHERS, "password": "old"}))
    version = one.rotation()
    call("createSecret", one, version)
    with pytest.raises(RotationFailed, match="ValueError"):
        call("setSecret", one, version)
    assert ["AWSCURRENT"] == one.stages()[one.first]
