"""Settings that are kept: what every declared one does, and what no declared one has to."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from org.sandbox.models import model
from org.sandbox.strict.registry import operations
from org.sandbox.strict.stored import DECLARED, Stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox

assert operations()
SETTINGS = [one for one in DECLARED if isinstance(one, Stored)]
EACH = [pytest.param(one, id=f"{one.service}:{one.get}") for one in SETTINGS]


def plain(value: Any) -> Any:
    """An answer without its metadata, with moments written as they are declared."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if name != "ResponseMetadata"}
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def asked(setting: Stored, client: Callable[..., Any]) -> dict[str, Any]:
    """What the setting is now; the code of the refusal where it was never set."""
    try:
        found: dict[str, Any] = plain(getattr(client(setting.service), xform_name(setting.get))())
    except ClientError as error:
        return {"refused": error.response["Error"]["Code"]}
    return found


@pytest.mark.parametrize("setting", EACH)
def test_a_setting_is_at_first_what_aws_says(setting: Stored, sandbox: Sandbox, client: Callable[..., Any]) -> None:
    first = {"refused": setting.missing[0]} if setting.default is None else setting.default
    assert sandbox.url
    assert first == asked(setting, client)


@pytest.mark.parametrize("setting", EACH)
def test_what_is_set_stays_until_it_is_reset(setting: Stored, sandbox: Sandbox, client: Callable[..., Any]) -> None:
    first = asked(setting, client)
    for operation, values in setting.sets.items():
        getattr(client(setting.service), xform_name(operation))()
        assert sandbox.recorder.calls
        assert values.items() <= asked(setting, client).items()
    for operation in setting.deletes if setting.default is not None else ():
        getattr(client(setting.service), xform_name(operation))()
        assert first == asked(setting, client)


def test_every_declared_operation_is_in_the_model() -> None:
    wrong = [
        f"{one.service}:{operation}"
        for one in DECLARED
        for operation in one.operations
        if operation not in model(one.service).operation_names
    ]
    assert [] == wrong


def test_a_setting_is_its_account_s_and_its_region_s_own(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    sandbox.recorder.clear()
    client("ec2").enable_ebs_encryption_by_default()
    member = client("ec2", assume("012345670123"))
    elsewhere = client("ec2", region="eu-west-1")
    found = [
        one.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] for one in (client("ec2"), member, elsewhere)
    ]
    assert [True, False, False] == found
