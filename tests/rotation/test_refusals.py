"""What the rotation function refuses, and that it leaves everything as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from org.aws.rotation.rotation_function import Rotation, RotationFailed, handler
from tests.rotation.backend import STEPS, Door, Secret, refused

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("step", STEPS)
def test_a_secret_whose_rotation_is_off_is_left_alone(
    secret: Callable[..., Secret], door: Callable[[str], Door], step: str
) -> None:
    one, system = secret("old"), door("old")
    version = one.rotation()
    one.fake.rotation_enabled = False
    refused(step, one, version, "rotation is not enabled for this secret")
    assert ({one.first: ["AWSCURRENT"], version: ["AWSPENDING"]}, []) == (one.stages(), system.changes)


@pytest.mark.parametrize("step", STEPS)
def test_a_version_that_is_not_pending_is_left_alone(
    secret: Callable[..., Secret], door: Callable[[str], Door], step: str
) -> None:
    one = secret("oldest")
    one.client.put_secret_value(SecretId=one.arn, SecretString="old")
    door("old")
    before = one.stages()
    refused(step, one, one.first, "the version is neither AWSPENDING nor AWSCURRENT")
    refused(step, one, "0" * 32, "the version is neither AWSPENDING nor AWSCURRENT")
    assert before == one.stages()


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"Step": "deleteSecret", "SecretId": "a", "ClientRequestToken": "b"},
        {"Step": "createSecret", "ClientRequestToken": "b"},
        {"Step": "createSecret", "SecretId": "a"},
    ],
)
def test_an_event_that_is_no_step_is_refused_before_anything_is_read(event: dict[str, Any]) -> None:
    with pytest.raises(RotationFailed, match="not one of the four steps"):
        handler(event, None)


def test_a_missing_secret_is_named(secret: Callable[..., Secret], door: Callable[[str], Door]) -> None:
    one = secret("old")
    door("old")
    one.client.delete_secret(SecretId=one.arn, ForceDeleteWithoutRecovery=True)
    refused("createSecret", one, "1" * 32, "DescribeSecret: ResourceNotFoundException")


@pytest.mark.parametrize("step", ["setSecret", "testSecret"])
def test_a_step_without_a_pending_value_fails(
    secret: Callable[..., Secret], door: Callable[[str], Door], step: str
) -> None:
    one = secret("old")
    door("old")
    refused(step, one, one.rotation(), "GetSecretValue: ResourceNotFoundException")


def test_a_binary_secret_is_refused(secret: Callable[..., Secret], door: Callable[[str], Door]) -> None:
    one = secret(None, binary=b"\x00\xff")
    door("")
    refused("createSecret", one, one.rotation(), "the value of AWSCURRENT is binary, and this function rotates text")


def test_a_json_secret_without_the_field_is_refused(secret: Callable[..., Secret], door: Callable[[str], Door]) -> None:
    one = secret('{"apiKey": "x"}')
    door("")
    why = "the secret is a JSON object without a text `password`; name the right key in FIELD"
    refused("createSecret", one, one.rotation(), why)


def test_nothing_is_set_where_no_known_value_works(secret: Callable[..., Secret], door: Callable[[str], Door]) -> None:
    one, system = secret("old"), door("something else")
    version = one.rotation(secret_string="new")
    refused("setSecret", one, version, "neither the value of AWSCURRENT nor that of AWSPREVIOUS works")
    refused("testSecret", one, version, "the pending value does not work")
    assert ({one.first: ["AWSCURRENT"], version: ["AWSPENDING"]}, []) == (one.stages(), system.changes)


@pytest.mark.parametrize("step", ["setSecret", "testSecret"])
@pytest.mark.parametrize("pending", ['{"password": "b", "host": "evil.example"}', "b", '{"password": "b"}', "[]"])
def test_a_pending_value_for_another_host_is_never_tried(
    secret: Callable[..., Secret], door: Callable[[str], Door], step: str, pending: str
) -> None:
    one, system = secret('{"password": "a", "host": "db.example"}'), door("never asked")
    system.shut = AssertionError("asked")
    why = "the pending value differs from the current one in more than the credential"
    refused(step, one, one.rotation(secret_string=pending), why)


def test_an_older_value_for_another_host_is_never_a_login(
    secret: Callable[..., Secret], door: Callable[[str], Door]
) -> None:
    older = '{"password": "a", "host": "evil.example"}'
    one, system = secret(older), door(older)
    one.client.put_secret_value(SecretId=one.arn, SecretString='{"password": "b", "host": "db.example"}')
    version = one.rotation(secret_string='{"password": "c", "host": "db.example"}')
    refused("setSecret", one, version, "neither the value of AWSCURRENT nor that of AWSPREVIOUS works")
    assert [] == system.changes


def test_a_current_version_that_somebody_else_moves_meanwhile_is_not_moved_back(
    secret: Callable[..., Secret], door: Callable[[str], Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = secret("old")
    door("new")
    version = one.rotation(secret_string="new")
    describe = Rotation.stages

    def then_moved(self: Rotation) -> list[str]:
        found = describe(self)
        seen = self.client.describe_secret
        self.client.describe_secret = lambda **given: (
            seen(**given),
            one.client.put_secret_value(SecretId=one.arn, SecretString="by hand"),
        )[0]
        return found

    monkeypatch.setattr(Rotation, "stages", then_moved)
    refused("finishSecret", one, version, "UpdateSecretVersionStage: InvalidParameterException")
    assert "by hand" == one.value("AWSCURRENT")
