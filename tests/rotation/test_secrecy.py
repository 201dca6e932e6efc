"""No value of a secret leaves the rotation function."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

import pytest

from org.aws.rotation.rotation_function import RotationFailed
from tests.rotation.backend import STEPS, Door, Secret, call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


CANARY = "canary-4f9d1c-value"


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The log as somebody sees it who has set the level of everything to DEBUG."""
    caplog.set_level(logging.DEBUG)
    yield caplog
    for library in ("boto3", "botocore", "urllib3"):
        logging.getLogger(library).setLevel(logging.NOTSET)


LEAKS = [
    RuntimeError(CANARY),
    SystemExit(CANARY),
    KeyError(CANARY),
    OSError(5, CANARY, CANARY),
    UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
]


@pytest.mark.parametrize("leak", [None, *LEAKS], ids=lambda leak: type(leak).__name__)
def test_no_value_comes_into_a_log_or_an_error(
    secret: Callable[..., Secret],
    door: Callable[[str], Door],
    everything_logged: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    leak: BaseException | None,
) -> None:
    one, system = secret(f"old-{CANARY}"), door(f"old-{CANARY}")
    version = one.rotation()
    rotation_token = f"{CANARY}-rotation-token-of-36-characters"
    everything_logged.clear()
    errors = []
    for step in STEPS:
        system.shut = leak if step in {"setSecret", "testSecret"} else None
        try:
            call(step, one, version, RotationToken=rotation_token)
        except RotationFailed as error:
            errors.append(error)
            errors += [one for one in (error.__cause__, error.__context__) if one]
    said = "".join(text for error in errors for text in traceback.format_exception(error))
    out = capfd.readouterr()
    written = f"{everything_logged.text}{said}{out.out}{out.err}"
    values = {part["secret_string"] for part in one.fake.versions.values() if "secret_string" in part}
    assert 2 == len(values)
    assert [] == [value for value in (CANARY, rotation_token, *values) if value in written]
    assert ("createSecret of" in written, bool(leak)) == (True, bool(errors))


def test_an_answer_that_makes_no_sense_is_told_without_its_values(
    secret: Callable[..., Secret], door: Callable[[str], Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore's own complaint about a parameter repeats the value."""
    from org.aws.rotation import rotation_function

    one = secret("old")
    door("old")
    monkeypatch.setattr(rotation_function, "renewed", lambda *_: {"password": CANARY})
    with pytest.raises(RotationFailed, match="ParamValidationError") as failed:
        call("createSecret", one, one.rotation())
    assert CANARY not in "".join(traceback.format_exception(failed.value))
