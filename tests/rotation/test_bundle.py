"""`org render rotation-function`: what it hands out works as it stands, with nothing of org beside it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from org import cli
from org.access.document import document
from org.access.policies import Policies
from org.access.requests import request
from org.access.spec import decide
from org.aws.rotation import CREDENTIALS
from org.model.request import Answer, Layer, Principal
from org.policy.roles import render_role
from tests.roles.test_templates import KNOWN, ROLES, role
from tests.rotation.backend import REGION, Secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from org.sandbox.serve import Sandbox

ACCOUNT = "111122223333"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:shop/db-a1B2c3"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:rotate-shop"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234"


def words(*more: str, **values: str) -> list[str]:
    given = {"function": "rotate-shop", "account": ACCOUNT, "region": "eu-west-1", "secrets": SECRET, **values}
    parameters = [word for name, value in given.items() for word in ("--with", f"{name}={value}")]
    return ["render", "rotation-function", *parameters, *more]


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORG_ACCOUNTS", raising=False)


@pytest.fixture
def bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Path]:
    def make(*more: str, **values: str) -> Path:
        assert cli.OK == cli.run(words("--out", "bundle", *more, **values))
        assert capsys.readouterr()
        return tmp_path / "bundle"

    return make


def test_the_files_are_shown_and_written(bundle: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    folder = bundle()
    assert cli.OK == cli.run(words("--format", "json"))
    told = json.loads(capsys.readouterr().out)
    assert (1, "own", {file.name: file.read_text() for file in folder.iterdir()}) == (
        told["version"],
        told["credential"],
        told["files"],
    )
    assert cli.OK == cli.run(words())
    shown = capsys.readouterr().out
    assert [*told["files"]] == [
        line.removeprefix("# ---- ") for line in shown.splitlines() if line.startswith("# ----")
    ]


def test_a_credential_that_somebody_filled_in_is_kept(
    bundle: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = bundle()
    (folder / "credential.py").write_text("mine")
    (folder / "rotation_function.py").write_text("an old one")
    assert cli.OK == cli.run(words("--out", "bundle"))
    assert "credential.py is there already and stays as it is" in capsys.readouterr().err
    assert "mine" == (folder / "credential.py").read_text()
    assert "an old one" != (folder / "rotation_function.py").read_text()


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        (["render", "rotation-function"], cli.FAILED, "`secret-rotation` needs the parameter `function`"),
        (words(secrets="*"), cli.FAILED, "`secrets` of `secret-rotation`"),
        (words(secrets=SECRET.replace("eu-west-1", "us-east-1")), cli.USAGE, "is not in eu-west-1 of account"),
        (words(account="444455556666"), cli.USAGE, "is not in eu-west-1 of account 444455556666"),
        (words("--role", "third-party"), cli.USAGE, "--role has no meaning for a rotation function"),
        (["render", "--credential", "own"], cli.USAGE, "--credential belongs to `org render rotation-function`"),
    ],
)
def test_what_cannot_be_rendered_is_said(
    given: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code == cli.run(given)
    captured = capsys.readouterr()
    assert "" == captured.out
    assert message in captured.err


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_the_function_needs_nothing_but_boto3(bundle: Callable[..., Path], kind: str) -> None:
    folder = bundle("--credential", kind)
    program = (
        "import sys, credential, rotation_function\n"
        "rotation_function.handler\n"
        "print([name for name in sys.modules if name.startswith(('org.', 'click', 'yaml', 'msgspec', 'jsonschema'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert ("[]\n", "") == (done.stdout, done.stderr)


def test_the_bundle_rotates_a_secret_from_its_folder(
    sandbox: Sandbox, client: Callable[..., Any], bundle: Callable[..., Path]
) -> None:
    secret = Secret(client("secretsmanager", region=REGION), sandbox.management)
    version = secret.rotation()
    program = "import json, sys, rotation_function as f\nfor event in json.load(sys.stdin): f.handler(event, None)"
    events = [
        {"Step": step, "SecretId": secret.arn, "ClientRequestToken": version}
        for step in ("createSecret", "setSecret", "testSecret", "finishSecret")
    ]
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=bundle("--credential", "token"),
        input=json.dumps(events),
        text=True,
        check=True,
        env={**os.environ, **sandbox.environment, "AWS_DEFAULT_REGION": REGION},
    )
    assert {secret.first: ["AWSPREVIOUS"], version: ["AWSCURRENT"]} == secret.stages()


def test_the_function_can_be_made_with_the_files(
    sandbox: Sandbox, client: Callable[..., Any], bundle: Callable[..., Path]
) -> None:
    folder = bundle(account=sandbox.management, secrets=SECRET.replace(ACCOUNT, sandbox.management))
    read = {file.name: json.loads(file.read_text()) for file in folder.glob("*.json")}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("rotation_function.py", "credential.py"):
            archive.write(folder / name, name)
    iam, functions = client("iam"), client("lambda", region=REGION)
    iam.create_role(RoleName="rotate-shop", AssumeRolePolicyDocument=json.dumps(read["secret-rotation.trust.json"]))
    iam.put_role_policy(
        RoleName="rotate-shop",
        PolicyName="rotate",
        PolicyDocument=json.dumps(read["secret-rotation.permissions.json"]),
    )
    functions.create_function(**read["create-function.json"], Code={"ZipFile": packed.getvalue()})
    functions.add_permission(**read["add-permission.json"])
    (statement,) = json.loads(functions.get_policy(FunctionName="rotate-shop")["Policy"])["Statement"]
    wanted = role("secret-rotation", account=sandbox.management).documents["resource"]["Statement"][0]
    assert wanted == json.loads(json.dumps(statement).replace("AWS:SourceAccount", "aws:SourceAccount"))


ROTATES = {"secretsmanager:resource/AllowRotationLambdaArn": FUNCTION}
THROUGH = {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com", "kms:EncryptionContext:SecretARN": SECRET}
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}],
}
PERMISSIONS: list[tuple[str, str, dict[str, str], Answer]] = [
    ("secretsmanager:GetSecretValue", SECRET, ROTATES, Answer.ALLOWED),
    ("secretsmanager:PutSecretValue", SECRET, ROTATES, Answer.ALLOWED),
    ("secretsmanager:UpdateSecretVersionStage", SECRET, ROTATES, Answer.ALLOWED),
    ("secretsmanager:GetSecretValue", SECRET, {}, Answer.IMPLICITLY_DENIED),
    (
        "secretsmanager:GetSecretValue",
        SECRET,
        {"secretsmanager:resource/AllowRotationLambdaArn": FUNCTION + "2"},
        Answer.IMPLICITLY_DENIED,
    ),
    ("secretsmanager:GetSecretValue", SECRET.replace("shop/db", "shop/api"), ROTATES, Answer.IMPLICITLY_DENIED),
    ("secretsmanager:DeleteSecret", SECRET, ROTATES, Answer.IMPLICITLY_DENIED),
    ("secretsmanager:RotateSecret", SECRET, ROTATES, Answer.IMPLICITLY_DENIED),
    ("secretsmanager:PutResourcePolicy", SECRET, ROTATES, Answer.IMPLICITLY_DENIED),
    ("secretsmanager:GetRandomPassword", "*", {}, Answer.ALLOWED),
    ("kms:Decrypt", KEY, THROUGH, Answer.ALLOWED),
    ("kms:GenerateDataKey", KEY, THROUGH, Answer.ALLOWED),
    ("kms:Decrypt", KEY, {**THROUGH, "kms:ViaService": "s3.eu-west-1.amazonaws.com"}, Answer.IMPLICITLY_DENIED),
    ("kms:Decrypt", KEY, {"kms:EncryptionContext:SecretARN": SECRET}, Answer.IMPLICITLY_DENIED),
    ("kms:Decrypt", KEY, {**THROUGH, "kms:EncryptionContext:SecretARN": SECRET + "x"}, Answer.IMPLICITLY_DENIED),
    ("kms:Decrypt", KEY + "5", THROUGH, Answer.IMPLICITLY_DENIED),
    ("ec2:CreateNetworkInterface", "*", {}, Answer.ALLOWED),
    ("ec2:CreateNetworkInterface", "*", {"lambda:SourceFunctionArn": FUNCTION}, Answer.EXPLICITLY_DENIED),
]


@pytest.mark.parametrize(("action", "resource", "context", "answer"), PERMISSIONS)
def test_the_role_can_rotate_its_secrets_and_nothing_else(
    action: str, resource: str, context: dict[str, str], answer: Answer
) -> None:
    made = role("secret-rotation", keys=[KEY], vpc=True)
    key_policy = document(Layer.RESOURCE, "key", KEY_POLICY) if resource.startswith("arn:aws:kms:") else None
    identity = document(Layer.IDENTITY, "permissions", made.documents["permissions"])
    policies = Policies(identity=(identity,), resource=key_policy)
    principal = Principal(f"arn:aws:iam::{ACCOUNT}:role/rotate-shop")
    asked = request(principal, action, resource, resource_account=ACCOUNT, context=context)
    assert answer is decide(policies, asked).answer


@pytest.mark.parametrize(
    ("account", "answer"),
    [(ACCOUNT, Answer.ALLOWED), ("444455556666", Answer.IMPLICITLY_DENIED), (None, Answer.IMPLICITLY_DENIED)],
)
def test_secrets_manager_invokes_the_function_only_for_this_account(account: str | None, answer: Answer) -> None:
    made = role("secret-rotation").documents["resource"]
    policies = Policies(resource=document(Layer.RESOURCE, "function", made))
    context = {"aws:SourceAccount": account}
    principal = Principal("secretsmanager.amazonaws.com")
    asked = request(principal, "lambda:InvokeFunction", FUNCTION, resource_account=ACCOUNT, context=context)
    assert answer is decide(policies, asked).answer


@pytest.mark.parametrize(
    ("account", "answer"),
    [(ACCOUNT, Answer.ALLOWED), (None, Answer.ALLOWED), ("444455556666", Answer.IMPLICITLY_DENIED)],
)
def test_lambda_enters_the_role_for_no_other_account(account: str | None, answer: Answer) -> None:
    trust = role("secret-rotation").documents["trust"]
    policies = Policies(resource=document(Layer.RESOURCE, "trust", trust))
    context = {"aws:SourceAccount": account}
    resource = f"arn:aws:iam::{ACCOUNT}:role/rotate-shop"
    asked = request(
        Principal("lambda.amazonaws.com"), "sts:AssumeRole", resource, resource_account=ACCOUNT, context=context
    )
    assert answer is decide(policies, asked).answer


@pytest.mark.parametrize(
    ("ending", "fits"),
    [
        ("db-a1B2c3", True),
        ("db-??????", True),
        ("shop/*", True),
        ("db", False),
        ("*", False),
        ("/*", False),
        ("a*", False),
    ],
)
def test_a_secret_is_named_in_full_or_by_its_path(ending: str, fits: bool) -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:{ending}"
    made, _ = render_role(ROLES.templates["secret-rotation"], {"secrets": [arn]}, KNOWN, examples=True)
    assert fits == (made is not None)
