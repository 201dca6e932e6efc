"""The sandbox's own CloudTrail, told: a rotation, a reader, and one whom a policy of the organization refuses."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from org import cli
from org.aws.rotation import credential_token
from org.sandbox.trail import Trail
from tests.rotation.backend import REGION, STEPS, Secret, call
from tests.sandbox.enforcing import ADMIN, LOG, PAY, Stage, document, policy, statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from org.model.organization import Organization
    from org.sandbox.serve import Sandbox

CANARY = "canary-4f9d1c-value"
TRUST = document({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})


@pytest.fixture
def staged(
    sandbox: Sandbox, small_organization: Organization, client: Callable[..., Any], tmp_path: Path
) -> Iterator[Stage]:
    """A sandbox that keeps a log, and denies the log account reading secrets."""
    sandbox._application.trail = Trail(tmp_path / "logs")
    yield Stage(sandbox, small_organization, client).under(
        policy("account:log-archive", statement("secretsmanager:GetSecretValue"))
    )
    sandbox._application.trail = None


def test_what_happened_in_the_sandbox_is_told(
    staged: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    payments = staged.id(PAY)
    staged.of("iam", PAY).create_role(RoleName="rotate-shop", AssumeRolePolicyDocument=TRUST)
    owner = staged.of("secretsmanager", PAY, region=REGION)
    secret = Secret(owner, payments, CANARY)
    version = secret.rotation()
    monkeypatch.setitem(sys.modules, "credential", credential_token)
    key = staged.sandbox.sign_in(payments, "rotate-shop")
    with monkeypatch.context() as patch:
        for name, value in {"ACCESS_KEY_ID": key, "SECRET_ACCESS_KEY": "x", "SESSION_TOKEN": f"sandbox-{key}"}.items():
            patch.setenv(f"AWS_{name}", value)
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        for step in STEPS:
            call(step, secret, version)
    owner.get_secret_value(SecretId=secret.arn)
    with pytest.raises(ClientError, match="AccessDenied"):
        staged.of("secretsmanager", region=REGION).get_secret_value(SecretId=secret.arn)
    assert 2 <= len(staged.sandbox.flush())

    assert cli.OK == cli.run(["report", "secret-access", str(tmp_path / "logs"), "--format", "json"])
    out = capsys.readouterr().out
    told = json.loads(out)["accesses"]
    reads = 5  # the current value, then twice the pending and the current one
    assert [
        (f"arn:aws:iam::{LOG}:role/{ADMIN}", "direct", 0, 1),
        (f"arn:aws:iam::{payments}:role/{ADMIN}", "direct", 1, 0),
        (f"arn:aws:iam::{payments}:role/rotate-shop", "rotation", reads, 0),
    ] == [(one["principal"], one["kind"], one["reads"], one["denied"]) for one in told]
    assert {(secret.fake.name, payments)} == {(one["secret"], one["secret_account"]) for one in told}
    assert CANARY == secret.value("AWSPREVIOUS")
    assert [] == [value for value in (CANARY, secret.value("AWSCURRENT")) if json.dumps(value)[1:-1] in out]
