"""Policies in a sandbox, and clients of the roles of its accounts."""

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

MANAGEMENT, LOG = "111111111111", "012345670123"
PAY, SEARCH = "aws+pay@acme.example", "aws+search@acme.example"
ADMIN = "OrganizationAccountAccessRole"
SCP, RCP = PolicyType.SERVICE_CONTROL_POLICY, PolicyType.RESOURCE_CONTROL_POLICY


def statement(action: Any, resource: Any = "*", effect: str = "Deny", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> str:
    return minified({"Version": "2012-10-17", "Statement": list(statements)})


def policy(target: str, *statements: dict[str, Any], kind: PolicyType = SCP, name: str = "guardrail") -> Policy:
    return Policy(kind, name, document(*statements), targets=frozenset({target}))


class Stage:
    """A sandbox under policies. `of` makes a client of a role in an account, named by its id or e-mail."""

    def __init__(self, sandbox: Sandbox, organization: Organization, client: Callable[..., Any]) -> None:
        self.sandbox, self.organization, self.client = sandbox, organization, client

    def under(self, *policies: Policy, **settings: Any) -> Stage:
        kinds = frozenset({SCP, *(one.kind for one in policies)})
        everything = (*self.organization.policies, *policies)
        self.sandbox.reset(replace(self.organization, policies=everything, enabled_policy_types=kinds), **settings)
        return self

    def id(self, account: str) -> str:
        realm = self.sandbox.world.realm
        assert realm is not None
        return realm.emails.get(account, account)

    def of(self, service: str, account: str = LOG, role: str = ADMIN, region: str = "us-east-1") -> Any:
        key = self.sandbox.sign_in(self.id(account), role)
        return self.with_key(service, {"AccessKeyId": key, "SessionToken": f"sandbox-{key}"}, region)

    def with_key(self, service: str, credentials: dict[str, Any], region: str = "us-east-1") -> Any:
        return self.client(service, {"SecretAccessKey": "x", **credentials}, region=region)

    def root(self, service: str, region: str = "us-east-1") -> Any:
        """A client of the management account's administrator."""
        return self.client(service, region=region)


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[str, int, str]:
    """Code, HTTP status and message of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"], error["Error"].get("Message", "")


def denied(call: Callable[..., Any], **parameters: Any) -> str:
    """What kind of policy denies the call; empty where it passes or ends with an error of another kind."""
    try:
        call(**parameters)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code == "403":
            return "403"
        if code == "SandboxDoesNotCover":
            return f"nobody knows: {message.rpartition(': ')[2]}"
        if "AccessDenied" in code or code in {"UnauthorizedOperation", "AuthorizationError"}:
            for lead in ("with an explicit deny in a ", "with an explicit deny in an ", "because no "):
                if lead in message:
                    return message.rpartition(lead)[2].partition(" allows")[0]
            return code
    return ""
