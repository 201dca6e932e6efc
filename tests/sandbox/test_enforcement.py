"""What the organization's policies do to calls: SCPs, RCPs and IAM's own, decided by org.access."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from org.model.policy import Policy, PolicyType, minified

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.model.organization import Organization
    from org.sandbox.serve import Sandbox

LOG, PAY = "012345670123", "aws+pay@acme.example"
ROLE = f"arn:aws:sts::{LOG}:assumed-role/OrganizationAccountAccessRole/sandbox"
SCP, RCP = PolicyType.SERVICE_CONTROL_POLICY, PolicyType.RESOURCE_CONTROL_POLICY
Calling = Any


def statement(action: Any, resource: Any = "*", effect: str = "Deny", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def scp(name: str, target: str, *statements: dict[str, Any], kind: PolicyType = SCP) -> Policy:
    content = minified({"Version": "2012-10-17", "Statement": list(statements)})
    return Policy(kind, name, content, targets=frozenset({target}))


@pytest.fixture
def under(
    sandbox: Sandbox, small_organization: Organization, client: Callable[..., Any]
) -> Callable[..., Callable[..., Any]]:
    """A function that puts policies into the sandbox and gives one that makes clients of an account's role."""

    def enforced(*policies: Policy, enforce_iam: bool = False) -> Callable[..., Any]:
        kinds = frozenset({SCP, *(policy.kind for policy in policies)})
        filled = replace(
            small_organization, policies=(*small_organization.policies, *policies), enabled_policy_types=kinds
        )
        sandbox.reset(filled, enforce_iam=enforce_iam)

        def of(service: str, account: str = LOG, role: str = "OrganizationAccountAccessRole", **more: Any) -> Any:
            key = sandbox.sign_in(account, role)
            credentials = {"AccessKeyId": key, "SecretAccessKey": "x", "SessionToken": f"sandbox-{key}"}
            return client(service, credentials, **more)

        return of

    return enforced


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[str, int, str]:
    """Code, HTTP status and message of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"], error["Error"].get("Message", "")


DENIED = "is not authorized to perform:"
SAID = "with an explicit deny in a service control policy"
WIRE: list[tuple[str, str, str, dict[str, Any], str, int, str]] = [
    (
        "json",
        "cloudtrail",
        "stop_logging",
        {"Name": "main"},
        "AccessDeniedException",
        400,
        f"cloudtrail:StopLogging on resource: arn:aws:cloudtrail:us-east-1:{LOG}:trail/main",
    ),
    (
        "query",
        "iam",
        "create_user",
        {"UserName": "eve"},
        "AccessDenied",
        403,
        f"iam:CreateUser on resource: arn:aws:iam::{LOG}:user/eve",
    ),
    (
        "rest-json",
        "lambda",
        "delete_function",
        {"FunctionName": "f"},
        "AccessDeniedException",
        403,
        f"lambda:DeleteFunction on resource: arn:aws:lambda:us-east-1:{LOG}:function:f",
    ),
    (
        "rest-xml",
        "route53",
        "delete_hosted_zone",
        {"Id": "Z1"},
        "AccessDenied",
        403,
        "route53:DeleteHostedZone on resource: arn:aws:route53:::hostedzone/Z1",
    ),
    (
        "s3",
        "s3",
        "delete_bucket",
        {"Bucket": "acme"},
        "AccessDenied",
        403,
        's3:DeleteBucket on resource: "arn:aws:s3:::acme"',
    ),
    (
        "s3control",
        "s3control",
        "put_public_access_block",
        {"AccountId": LOG, "PublicAccessBlockConfiguration": {}},
        "AccessDenied",
        403,
        "s3:PutAccountPublicAccessBlock on resource: *",
    ),
    (
        "ec2",
        "ec2",
        "create_vpc",
        {"CidrBlock": "10.0.0.0/16"},
        "UnauthorizedOperation",
        403,
        f"ec2:CreateVpc on resource: arn:aws:ec2:us-east-1:{LOG}:vpc/*",
    ),
    (
        "sns",
        "sns",
        "create_topic",
        {"Name": "t"},
        "AuthorizationError",
        403,
        f"sns:CreateTopic on resource: arn:aws:sns:us-east-1:{LOG}:t",
    ),
    (
        "sqs",
        "sqs",
        "create_queue",
        {"QueueName": "q"},
        "AccessDenied",
        400,
        f"sqs:CreateQueue on resource: arn:aws:sqs:us-east-1:{LOG}:q",
    ),
]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "status", "what"),
    [pytest.param(*row[1:], id=row[0]) for row in WIRE],
)
def test_a_denied_call_ends_with_the_error_of_its_service(
    service: str,
    operation: str,
    parameters: dict[str, Any],
    code: str,
    status: int,
    what: str,
    under: Callable[..., Calling],
) -> None:
    of = under(scp("deny", "ou:Security", statement("*")))
    found = refused(getattr(of(service), operation), **parameters)
    lead = "You are not authorized to perform this operation. " if service == "ec2" else ""
    assert (code, status, f"{lead}User: {ROLE} {DENIED} {what} {SAID}") == found
