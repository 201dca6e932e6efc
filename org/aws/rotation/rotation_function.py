"""Rotates a secret: what Secrets Manager calls four times for one rotation, with `credential.py` beside it.

The steps and the staging labels are those of
https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
Each step may be called again at any time, and does then what is left to do. No value of a secret comes into a log or
into the text of an error. The environment variables that it reads are explained in `docs/secret-rotation.md`.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types import TracebackType

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
EXCLUDED = "/@\"'\\"
"""Characters that connection strings and shells give a meaning to."""
SWITCHES = (
    "EXCLUDE_LOWERCASE",
    "EXCLUDE_NUMBERS",
    "EXCLUDE_PUNCTUATION",
    "EXCLUDE_UPPERCASE",
    "REQUIRE_EACH_INCLUDED_TYPE",
)
TALKATIVE = ("boto3", "botocore", "urllib3")
"""Libraries that log whole answers, values of secrets among them, where somebody asks for debugging."""

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


class Credential(Protocol):
    """What `credential.py` defines: how the system that a secret opens is told of a new value."""

    def works(self, value: str) -> bool:
        """True where the system lets somebody in with this value; an error where that cannot be found out."""

    def change(self, new: str, login: str) -> None:
        """The system takes the new value from now on; `login` is a value that works. It may be called again."""


class RotationFailed(Exception):
    """A step did not succeed; the text holds no value of a secret."""


class Sealed:
    """Keeps an error that leaves the block, but for its text and context: both may hold a value of a secret."""

    failure: RotationFailed | None = None

    def __enter__(self) -> Sealed:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: TracebackType | None) -> bool:
        if isinstance(error, RotationFailed):
            self.failure = RotationFailed(str(error))
        elif isinstance(error, Exception | SystemExit):
            self.failure = RotationFailed(told(error))
        return isinstance(error, Exception | SystemExit)


def told(error: BaseException) -> str:
    """What can be said of an error without its text: the call and AWS's code, or its type and the line it came from."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response.get('Error', {}).get('Code', 'an unknown error')}"
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).parent in {Path(__file__).parent, Path.cwd()}
    ]
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{place}; its text is kept out of the log"


def handler(event: dict[str, Any], _context: object = None) -> None:
    """One step of a rotation is done; raises `RotationFailed` where it is not, and Secrets Manager tries again."""
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(logging.INFO)
    step, secret, version = (str(event.get(key, "")) for key in ("Step", "SecretId", "ClientRequestToken"))
    with Sealed() as sealed:
        if step not in STEPS or not secret or not version:
            raise RotationFailed("this is not one of the four steps of a rotation; only Secrets Manager calls this")
        rotation = Rotation(secret, version, event.get("RotationToken"))
        stages = rotation.stages()
        if CURRENT in stages and step != "finishSecret":
            log.info("%s of %s: version %s is current already", step, secret, version)
            return
        log.info("%s of %s: %s", step, secret, STEPS[step](rotation))
    if sealed.failure:
        raise RotationFailed(f"{step} of {secret}, version {version}: {sealed.failure}")


class Rotation:
    """The rotation of one secret to one version."""

    def __init__(self, secret: str, version: str, rotation_token: str | None = None) -> None:
        self.client: Any = boto3.client("secretsmanager")
        self.credential: Credential = importlib.import_module(os.environ.get("CREDENTIAL", "credential"))
        self.secret = secret
        self.version = version
        self.rotation_token = rotation_token

    def stages(self) -> list[str]:
        """The staging labels of the version; raises `RotationFailed` where it is not one to rotate to."""
        found = self.client.describe_secret(SecretId=self.secret)
        stages: list[str] = found.get("VersionIdsToStages", {}).get(self.version, [])
        if not found.get("RotationEnabled"):
            raise RotationFailed("rotation is not enabled for this secret")
        if CURRENT not in stages and PENDING not in stages:
            raise RotationFailed(f"the version is neither {PENDING} nor {CURRENT}")
        return stages

    def value(self, stage: str) -> str:
        """The value of the version with that staging label; of the version to rotate to for AWSPENDING."""
        version = {"VersionId": self.version} if stage == PENDING else {}
        found = self.client.get_secret_value(SecretId=self.secret, VersionStage=stage, **version)
        if "SecretString" not in found:
            raise RotationFailed(f"the value of {stage} is binary, and this function rotates text")
        return str(found["SecretString"])

    def optional(self, stage: str) -> str | None:
        """The value of the version with that staging label, None where there is none."""
        try:
            return self.value(stage)
        except self.client.exceptions.ResourceNotFoundException:
            return None

    def create(self) -> str:
        """AWSPENDING has a value: the one that it has, else a new one."""
        current = self.value(CURRENT)
        if self.optional(PENDING) is not None:
            return "the pending value is there already"
        more = {"RotationToken": self.rotation_token} if self.rotation_token else {}
        try:
            self.client.put_secret_value(
                SecretId=self.secret,
                ClientRequestToken=self.version,
                SecretString=renewed(current, self.password()),
                VersionStages=[PENDING],
                **more,
            )
        except self.client.exceptions.ResourceExistsException:
            self.value(PENDING)  # another try of this step was first, and its value stands
            return "the pending value is there already"
        return "made the pending value"

    def password(self) -> str:
        """A random password as the environment wants it."""
        switched = {name: os.environ[name].lower() == "true" for name in SWITCHES if name in os.environ}
        answer = self.client.get_random_password(
            PasswordLength=int(os.environ.get("PASSWORD_LENGTH", "32")),
            ExcludeCharacters=os.environ.get("EXCLUDE_CHARACTERS", EXCLUDED),
            **{name.title().replace("_", ""): on for name, on in switched.items()},
        )
        return str(answer["RandomPassword"])

    def set(self) -> str:
        """The system takes the pending value."""
        pending = self.pending()
        if self.credential.works(pending):
            return "the pending value works already"
        for stage in (CURRENT, PREVIOUS):
            login = self.optional(stage)
            if login is not None and rest(login) == rest(pending) and self.credential.works(login):
                self.credential.change(pending, login)
                return f"set the pending value with that of {stage}"
        raise RotationFailed(f"neither the value of {CURRENT} nor that of {PREVIOUS} works")

    def test(self) -> str:
        """The pending value is known to work."""
        if not self.credential.works(self.pending()):
            raise RotationFailed("the pending value does not work")
        return "the pending value works"

    def pending(self) -> str:
        """The pending value; raises `RotationFailed` where more than the credential differs from the current value.

        Whoever may write a pending value could otherwise send the current credential to a host of his own.
        """
        pending, current = self.value(PENDING), self.value(CURRENT)
        if rest(pending) != rest(current):
            raise RotationFailed("the pending value differs from the current one in more than the credential")
        return pending

    def finish(self) -> str:
        """The version is AWSCURRENT and no longer AWSPENDING; the one before it becomes AWSPREVIOUS."""
        versions = self.client.describe_secret(SecretId=self.secret)["VersionIdsToStages"]
        current = next((version for version, stages in versions.items() if CURRENT in stages), None)
        if current is None:
            raise RotationFailed(f"no version is {CURRENT}")
        if current != self.version:
            self.client.update_secret_version_stage(
                SecretId=self.secret, VersionStage=CURRENT, MoveToVersionId=self.version, RemoveFromVersionId=current
            )
        if PENDING in versions.get(self.version, ()):
            self.client.update_secret_version_stage(
                SecretId=self.secret, VersionStage=PENDING, RemoveFromVersionId=self.version
            )
        return f"version {self.version} is {CURRENT}"


STEPS = {
    "createSecret": Rotation.create,
    "setSecret": Rotation.set,
    "testSecret": Rotation.test,
    "finishSecret": Rotation.finish,
}


def field() -> str:
    """The key that holds the credential where a secret is a JSON object."""
    return os.environ.get("FIELD", "password")


def parsed(value: str) -> dict[str, Any] | None:
    """The value as a JSON object, None where it is any other text."""
    try:
        read = json.loads(value)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def renewed(current: str, password: str) -> str:
    """The current value with a new password: in its field where it is a JSON object, else the password alone."""
    read = parsed(current)
    if read is None:
        return password
    if not isinstance(read.get(field()), str):
        raise RotationFailed(f"the secret is a JSON object without a text `{field()}`; name the right key in FIELD")
    return json.dumps({**read, field(): password})


def rest(value: str) -> dict[str, Any] | None:
    """The value without the credential."""
    read = parsed(value)
    return None if read is None else {key: kept for key, kept in read.items() if key != field()}
