"""Secrets of the sandbox with the state that Secrets Manager gives them before it calls a rotation function."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from moto.secretsmanager.models import secretsmanager_backends

from org.aws.rotation.rotation_function import RotationFailed, handler

REGION = "eu-west-1"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Secret:
    """A secret of the sandbox's management account, seen from the side of AWS."""

    def __init__(self, client: Any, account: str, value: str | None = "old", binary: bytes | None = None) -> None:
        given = {"SecretString": value} if binary is None else {"SecretBinary": binary}
        self.client = client
        self.arn: str = client.create_secret(Name=f"shop/db/{uuid.uuid4()}", **given)["ARN"]
        self.fake: Any = secretsmanager_backends[account][REGION].secrets[self.arn]
        self.fake.rotation_requested = self.fake.rotation_enabled = True
        (self.first,) = self.fake.versions

    def rotation(self, **more: Any) -> str:
        """The id of a version that Secrets Manager has made for a rotation: AWSPENDING, and without a value."""
        version = str(uuid.uuid4())
        self.fake.versions[version] = {
            "version_id": version,
            "version_stages": ["AWSPENDING"],
            "createdate": 0,
            **more,
        }
        return version

    def stages(self) -> dict[str, list[str]]:
        """The versions that have a staging label, with their labels in order."""
        return {
            name: sorted(one["version_stages"]) for name, one in self.fake.versions.items() if one["version_stages"]
        }

    def value(self, stage: str) -> str:
        """The value of the version with that label."""
        text: str = self.client.get_secret_value(SecretId=self.arn, VersionStage=stage)["SecretString"]
        return text


class Door:
    """A system that a credential opens; `shut` makes it unreachable."""

    def __init__(self, opens: str) -> None:
        self.opens = opens
        self.changes: list[tuple[str, str]] = []
        self.shut: BaseException | None = None

    def works(self, value: str) -> bool:
        if self.shut:
            raise self.shut
        return value == self.opens

    def change(self, new: str, login: str) -> None:
        if self.shut or login != self.opens:
            raise self.shut or PermissionError(f"{login} is wrong")
        self.changes.append((new, login))
        self.opens = new


def call(step: str, secret: Secret, version: str, **more: Any) -> None:
    handler({"Step": step, "SecretId": secret.arn, "ClientRequestToken": version, **more}, None)


def refused(step: str, secret: Secret, version: str, why: str) -> None:
    with pytest.raises(RotationFailed) as failed:
        call(step, secret, version)
    assert f"{step} of {secret.arn}, version {version}: {why}" == str(failed.value)
