"""One statement each: as many findings as it has mistakes, and none where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.policy.lint import Kind
from tests.policy.lint.test_mistakes import found

if TYPE_CHECKING:
    from pathlib import Path

STATEMENT = {
    "an error of the grammar is told beside others": ('"Effect": "allow", "Actions": "s3:GetObject"', Kind.IDENTITY, 3),
    "a service nobody knows": ('"Effect": "Deny", "Action": "s33:GetObject", "Resource": "*"', Kind.SCP, 1),
    "the name of an API operation": ('"Effect": "Deny", "Action": "s3:HeadObject", "Resource": "*"', Kind.SCP, 1),
    "case does not count": ('"Effect": "Deny", "Action": "S3:getobject", "Resource": "*"', Kind.SCP, 0),
    "a wildcard of services": ('"Effect": "Deny", "Action": "*:Get*", "Resource": "*"', Kind.SCP, 0),
    "an RCP must name a service it covers": (
        '"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*"',
        Kind.RCP,
        1,
    ),
    "an RCP never allows": (
        '"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"',
        Kind.RCP,
        1,
    ),
    "an RCP has no NotAction": (
        '"Effect": "Deny", "Principal": "*", "NotAction": "s3:Get*", "Resource": "*"',
        Kind.RCP,
        1,
    ),
    "a resource policy needs a principal": (
        '"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"',
        Kind.RESOURCE,
        1,
    ),
    "a trust policy has no resource": (
        '"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole", "Resource": "*"',
        Kind.TRUST,
        1,
    ),
    "a recovery point, whose service is a variable in AWS's list": (
        '"Effect": "Allow", "Action": "backup:TagResource", "Resource": "arn:aws:backup:*:*:recovery-point:*"',
        Kind.IDENTITY,
        0,
    ),
    "an action without resource types": (
        '"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::acme-logs"',
        Kind.IDENTITY,
        1,
    ),
    "Bool takes true and false": (
        '"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "no"}}',
        Kind.SCP,
        1,
    ),
    "a provider's key is known": (
        (
            '"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1'
            '.amazonaws.com/id/ABC"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": '
            '{"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:shop:api"}}'
        ),
        Kind.TRUST,
        0,
    ),
    "a document of AWS has no account": (
        '"Effect": "Deny", "Action": "ssm:GetDocument", "NotResource": "arn:aws:ssm:*::document/*"',
        Kind.SCP,
        0,
    ),
    "a transform belongs to AWS": (
        '"Effect": "Deny", "Action": "cloudformation:*", "NotResource": "arn:aws:cloudformation:*:aws:transform/*"',
        Kind.SCP,
        0,
    ),
    "a function has an account": (
        '"Effect": "Deny", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:*::function:shop"',
        Kind.SCP,
        1,
    ),
    "a Deny by network in some Regions is no Region deny": (
        (
            '"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": '
            '{"aws:RequestedRegion": "eu-west-1", "aws:SourceVpc": "vpc-1"}}'
        ),
        Kind.SCP,
        0,
    ),
    "services of AWS are not everyone": (
        (
            '"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", '
            '"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}'
        ),
        Kind.RESOURCE,
        0,
    ),
    "everyone but services of AWS is everyone": (
        (
            '"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", '
            '"Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}'
        ),
        Kind.RESOURCE,
        1,
    ),
    "IfExists lets in who has no organization": (
        (
            '"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", '
            '"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}}'
        ),
        Kind.RESOURCE,
        1,
    ),
    "absent, or one value": (
        (
            '"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", '
            '"Condition": {"Null": {"s3:x-amz-acl": "true"}, '
            '"StringEqualsIfExists": {"s3:x-amz-acl": "private"}}'
        ),
        Kind.SCP,
        0,
    ),
    "every subject, or none": (
        (
            '"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}, '
            '"Action": "sts:AssumeRoleWithWebIdentity", "Condition": '
            '{"ForAllValues:StringEquals": {"gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main"}}'
        ),
        Kind.TRUST,
        2,
    ),
    "a key of a service may have several values": (
        (
            '"Effect": "Deny", "Action": "elasticloadbalancing:CreateListener", "Resource": "*", '
            '"Condition": {"StringEquals": {"elasticloadbalancing:ListenerProtocol": "HTTP"}}'
        ),
        Kind.SCP,
        0,
    ),
    "any account but one": (
        (
            '"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", '
            '"Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": "111122223333"}}'
        ),
        Kind.RESOURCE,
        1,
    ),
    "a text that is a number": (
        (
            '"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*", '
            '"Condition": {"NumericLessThan": {"aws:PrincipalTag/level": "3"}}'
        ),
        Kind.SCP,
        0,
    ),
    "a group is no principal": (
        (
            '"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:group/ops"}, "Action": "s3:GetObject", '
            '"Resource": "arn:aws:s3:::acme-logs/*"'
        ),
        Kind.RESOURCE,
        1,
    ),
    "any account's role is everyone": (
        (
            '"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*", '
            '"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}}'
        ),
        Kind.RESOURCE,
        1,
    ),
    "the subject of every repository": (
        (
            '"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}, '
            '"Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"gitlab.com:sub": "project*"}}'
        ),
        Kind.TRUST,
        1,
    ),
    "an account of eleven digits": (
        '"Effect": "Deny", "Action": "iam:DeleteRole", "Resource": "arn:aws:iam::11112222333:role/admin"',
        Kind.SCP,
        1,
    ),
    "an API key of IAM": (
        '"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::AKIAIOSFODNN7EXAMPLE/*"',
        Kind.SCP,
        1,
    ),
}


@pytest.mark.parametrize("name", STATEMENT)
def test_a_statement_gives_as_many_findings_as_it_has_mistakes(name: str, tmp_path: Path) -> None:
    body, kind, count = STATEMENT[name]
    findings = found(f'{{"Version": "2012-10-17", "Statement": [{{{body}}}]}}', tmp_path, kind)
    assert count == len(findings), findings
