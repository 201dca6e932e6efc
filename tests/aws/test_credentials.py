"""Everyday mistakes with credentials: each is one line that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.aws.cloud import connect
from org.errors import Unreachable
from org.sandbox.serve import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from org.sandbox.serve import Sandbox

NOTHING = ""
FAILING = "[profile p]\ncredential_process = sh -c 'echo the vault is sealed >&2; exit 3'\n"
NO_JSON = "[profile p]\ncredential_process = echo hello\n"
HALF_ROLE = "[profile p]\nrole_arn = arn:aws:iam::111111111111:role/r\n"
CLOSED_ROLE = """
[profile p]
role_arn = arn:aws:iam::111111111111:role/r
source_profile = q
[profile q]
aws_access_key_id = sandbox
aws_secret_access_key = sandbox
"""
BROKEN = "[profile p\nregion eu-west-1\n"
WEB = {"AWS_ROLE_ARN": "arn:aws:iam::111111111111:role/r", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token"}
MISTAKES = [
    ("unknown profile", NOTHING, {"AWS_PROFILE": "nosuch"}, "ProfileNotFound", "set AWS_PROFILE to a profile"),
    ("failing process", FAILING, {"AWS_PROFILE": "p"}, "CredentialRetrievalError", "the vault is sealed; run the"),
    ("a process without JSON", NO_JSON, {"AWS_PROFILE": "p"}, "JSONDecodeError", "check AWS_PROFILE"),
    ("half a key", NOTHING, {"AWS_ACCESS_KEY_ID": "x"}, "PartialCredentialsError", "set both AWS_ACCESS_KEY_ID and"),
    ("half a role", HALF_ROLE, {"AWS_PROFILE": "p"}, "PartialCredentialsError", "or complete the profile"),
    (
        "a role that refuses",
        CLOSED_ROLE,
        {"AWS_PROFILE": "p"},
        "AccessDenied",
        "must exist and trust the credentials",
    ),
    ("a broken file", BROKEN, {}, "ConfigParseError", "mend that file"),
    ("no token file", NOTHING, WEB, "FileNotFoundError", "check AWS_WEB_IDENTITY_TOKEN_FILE"),
]


@pytest.mark.parametrize(("config", "variables", "code", "advice"), [case[1:] for case in MISTAKES])
def test_a_mistake_with_credentials_is_one_line_that_says_what_to_do(
    config: str,
    variables: dict[str, str],
    code: str,
    advice: str,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sandbox.faults.add(Fault(match="AssumeRole", code="AccessDenied", status=403))
    (tmp_path / "config").write_text(config, encoding="utf-8")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unreachable) as caught:
        connect("eu-west-1").call("organizations", "describe_organization")
    assert code == caught.value.code
    assert str(caught.value).startswith(f"GetCredentials: {code}: ")
    assert advice in str(caught.value)
    assert 1 == len(str(caught.value).splitlines())
