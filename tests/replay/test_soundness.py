"""What a replay is certain of is so: against the definition, on requests of which the log hides a part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from org.access.policies import Policies
from org.access.requests import request
from org.access.spec import decide
from org.model.request import Answer, Principal
from org.replay.replaying import Outcome, replay
from tests.replay.trail import ACCOUNT, ORG, OUTSIDE, deny, event, read, side

PATHS = ("", "team/", "aws-reserved/sso/")
ORGS = (None, "o-theirs00000")
ALLOWED = {Answer.ALLOWED}


@dataclass(frozen=True)
class Truth:
    """A request as it was, whatever of it the log says."""

    source: str
    name: str
    parameters: dict[str, Any]
    action: str
    resource: str
    who: str
    tag: str | None
    vpc: str | None
    mfa: str | None
    organization: str | None
    resources: list[dict[str, str]]

    def logged(self) -> dict[str, Any]:
        """The event that CloudTrail writes."""
        session = {"attributes": {"mfaAuthenticated": self.mfa}} if self.mfa else None
        identity = {"type": "IAMUser", "arn": f"arn:aws:iam::{self.who}:user/x", "accountId": self.who}
        return event(
            self.source,
            self.name,
            userIdentity=identity | ({"sessionContext": session} if session else {}),
            requestParameters=self.parameters,
            resources=self.resources,
            vpcEndpointId="vpce-1" if self.vpc else None,
            recipientAccountId=ACCOUNT,
        )

    def asked(self) -> Any:
        """The request with everything that was so."""
        principal = Principal(
            f"arn:aws:iam::{self.who}:user/x",
            tags={"team": self.tag} if self.tag else {},
            org_id=self.organization,
            org_paths=(f"{self.organization}/r-x/",) if self.organization else (),
        )
        context = {
            "aws:RequestedRegion": "eu-west-1",
            "aws:SecureTransport": "true",
            "aws:ViaAWSService": "false",
            "aws:SourceIp": None if self.vpc else "198.51.100.7",
            "aws:SourceVpce": "vpce-1" if self.vpc else None,
            "aws:SourceVpc": self.vpc,
            "aws:MultiFactorAuthPresent": self.mfa,
            "aws:ResourceOrgID": ORG,
        }
        return request(principal, self.action, self.resource, resource_account=ACCOUNT, context=context)


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    path, suffix = draw(st.sampled_from(PATHS)), draw(st.sampled_from(["AbCdEf", "ZzZzZz"]))
    own = f"{ACCOUNT}:"
    kinds = [
        ("iam", "DeleteRole", {"roleName": "admin"}, "iam:DeleteRole", f"arn:aws:iam::{own}role/{path}admin", []),
        (
            "secretsmanager",
            "GetSecretValue",
            {"secretId": "db"},
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:eu-west-1:{own}secret:db-{suffix}",
            [],
        ),
        (
            "s3",
            "GetObject",
            {"bucketName": "b", "key": "k"},
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            [{"ARN": "arn:aws:s3:::b/k", "accountId": ACCOUNT}],
        ),
    ]
    source, name, parameters, action, resource, listed = draw(st.sampled_from(kinds))
    outside = action.startswith("s3:") and draw(st.booleans())
    return Truth(
        source,
        name,
        parameters,
        action,
        resource,
        who=OUTSIDE if outside else ACCOUNT,
        tag=draw(st.sampled_from([None, "pay", "web"])),
        vpc=draw(st.sampled_from([None, "vpc-1", "vpc-2"])),
        mfa=draw(st.sampled_from([None, "true", "false"])),
        organization=draw(st.sampled_from(ORGS)) if outside else ORG,
        resources=listed,
    )


RESOURCES = [
    "*",
    "arn:aws:iam::*:role/admin",
    "arn:aws:iam::*:role/team/*",
    "arn:aws:iam::*:role/*/admin",
    "arn:aws:iam::*:role/a*",
    "arn:aws:iam::*:*admin",
    "arn:aws:secretsmanager:*:*:secret:db-??????",
    "arn:aws:secretsmanager:*:*:secret:db-A*",
    "arn:aws:s3:::b/*",
    "arn:aws:*:*:*:*d*",
]
CONDITIONS: list[dict[str, Any]] = [
    {},
    {"StringEquals": {"aws:PrincipalTag/team": "pay"}},
    {"StringNotEquals": {"aws:PrincipalTag/team": "pay"}},
    {"Null": {"aws:PrincipalTag/team": "true"}},
    {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
    {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}},
    {"Null": {"aws:SourceVpce": "true"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    {"StringNotEquals": {"aws:PrincipalOrgID": ORG}},
    {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORG}},
    {"StringNotEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}},
    {"Null": {"aws:PrincipalOrgID": "true"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORG}/*"}},
    {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/*"}},
]


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    resources = draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2))
    made = deny("*", resources, **draw(st.sampled_from(CONDITIONS)))
    if draw(st.booleans()):
        made["NotResource"] = made.pop("Resource")
    return made


@settings(max_examples=200)
@given(truths(), st.lists(statements(), min_size=1, max_size=3), statements())
def test_a_certain_answer_is_what_the_definition_says(
    truth: Truth, scp: list[dict[str, Any]], rcp: dict[str, Any]
) -> None:
    state = side(*scp, rcp={**rcp, "Principal": "*", "Action": "s3:*"})
    reach = state.policies(ACCOUNT)
    assert reach is not None
    bound = reach.scps if truth.who == ACCOUNT else None
    sure = decide(Policies(scps=bound, rcps=reach.rcps, guardrails_only=True), truth.asked())
    assert sure.answer is not Answer.UNKNOWN
    with TemporaryDirectory() as name:
        found = replay(read(Path(name), [truth.logged()]), None, state)
    told = found.groups[0].outcome if found.groups else None
    assert found.calls == 1
    assert told is Outcome.DEPENDS or (told is Outcome.DENIED) is (sure.answer not in ALLOWED)
    assert found.certain == (told is not Outcome.DEPENDS)
