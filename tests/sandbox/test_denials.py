"""A call that a policy denies ends with the error of its service, in AWS's words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.enforcing import LOG, Stage, policy, refused, statement

ROLE = f"arn:aws:sts::{LOG}:assumed-role/OrganizationAccountAccessRole/sandbox"
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
    service: str, operation: str, parameters: dict[str, Any], code: str, status: int, what: str, staged: Stage
) -> None:
    staged.under(policy("ou:Security", statement("*")))
    found = refused(getattr(staged.of(service), operation), **parameters)
    lead = "You are not authorized to perform this operation. " if service == "ec2" else ""
    assert (code, status, f"{lead}User: {ROLE} {DENIED} {what} {SAID}") == found


def test_head_has_no_body_to_say_why(staged: Stage) -> None:
    staged.under(policy("ou:Security", statement("s3:GetObject")))
    assert ("403", 403) == refused(staged.of("s3").head_object, Bucket="acme", Key="a")[:2]


def test_a_refusal_is_recorded_as_one(staged: Stage) -> None:
    staged.under(policy("ou:Security", statement("iam:*")))
    refused(staged.of("iam").list_roles)
    assert "AccessDenied" == staged.sandbox.recorder.calls[-1].code


def test_an_empty_level_denies_everything(staged: Stage) -> None:
    staged.under()
    realm = staged.sandbox.world.realm
    assert realm is not None
    realm.detach(realm.policies["p-FullAWSAccess"], realm.accounts[LOG].parent)
    why = "because no service control policy allows the iam:ListRoles action"
    assert f"User: {ROLE} {DENIED} iam:ListRoles on resource: * {why}" == refused(staged.of("iam").list_roles)[2]
