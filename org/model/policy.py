"""Policies: a document with a kind, a name and the nodes it is attached to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.model.finding import Span

Document = Mapping[str, Any]
"""A parsed policy document: plain JSON data."""


class PolicyType(StrEnum):
    """Every policy type of AWS Organizations; the values are AWS's own names.

    The first two limit what may be done. The others are declarative: they are merged down the tree into one effective
    policy for each account, by the inheritance operators in them.
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_EnablePolicyType.html
    """

    SERVICE_CONTROL_POLICY = "SERVICE_CONTROL_POLICY"
    RESOURCE_CONTROL_POLICY = "RESOURCE_CONTROL_POLICY"
    AISERVICES_OPT_OUT_POLICY = "AISERVICES_OPT_OUT_POLICY"
    BACKUP_POLICY = "BACKUP_POLICY"
    BEDROCK_POLICY = "BEDROCK_POLICY"
    CHATBOT_POLICY = "CHATBOT_POLICY"
    DECLARATIVE_POLICY_EC2 = "DECLARATIVE_POLICY_EC2"
    GUARDDUTY_POLICY = "GUARDDUTY_POLICY"
    INSPECTOR_POLICY = "INSPECTOR_POLICY"
    NETWORK_SECURITY_DIRECTOR_POLICY = "NETWORK_SECURITY_DIRECTOR_POLICY"
    S3_POLICY = "S3_POLICY"
    SECURITYHUB_CSPM_POLICY = "SECURITYHUB_CSPM_POLICY"
    SECURITYHUB_POLICY = "SECURITYHUB_POLICY"
    TAG_POLICY = "TAG_POLICY"
    UPGRADE_ROLLOUT_POLICY = "UPGRADE_ROLLOUT_POLICY"

    @property
    def declarative(self) -> bool:
        """True where policies of this type are merged down the tree; false for SCPs and RCPs."""
        return self not in (PolicyType.SERVICE_CONTROL_POLICY, PolicyType.RESOURCE_CONTROL_POLICY)


@dataclass(frozen=True, slots=True)
class PolicyUse:
    """A template that accounts.yaml asks for at one node, with its parameters, not yet rendered.

    `template` is the file name in scps/<kind>/ without its ending. `parameters` may hold `$organization.*` references.
    `target` is a node reference (see `org.model.organization`).
    """

    template: str
    target: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as wanted or as found.

    `targets` are node references. `owned` is true where the policy carries our ownership tag; `aws_managed` where AWS
    made it (FullAWSAccess, RCPFullAWSAccess), and such a policy is never changed nor detached. `contains` says of a
    packed document which policies are in it, each with the Sid of its statement.
    """

    kind: PolicyType
    name: str
    content: str
    description: str = ""
    targets: frozenset[str] = frozenset()
    id: str | None = None
    owned: bool = True
    aws_managed: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    contains: tuple[tuple[str, str], ...] = ()
    span: Span | None = None

    @property
    def document(self) -> Document:
        """The content, parsed."""
        parsed: Document = json.loads(self.content)
        return parsed


def minified(document: Document) -> str:
    """The document as canonical JSON without white space: AWS counts every character of what it is sent."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def same_document(left: str, right: str) -> bool:
    """True where two policy texts hold the same JSON, whatever their white space and key order."""
    return left == right or bool(json.loads(left) == json.loads(right))
