"""How AWS says no: the code of the service, and the sentence that names the type of policy that decided.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from org.model.request import Answer, Layer
from org.sandbox.strict.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.model.request import Decision

KINDS: Mapping[Layer, str] = MappingProxyType(
    {
        Layer.IDENTITY: "identity-based policy",
        Layer.BOUNDARY: "permissions boundary",
        Layer.SESSION: "session policy",
        Layer.RESOURCE: "resource-based policy",
        Layer.SCP: "service control policy",
        Layer.RCP: "resource control policy",
    }
)
"""What AWS calls the types of policies in its messages."""
CODES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "json": ("AccessDeniedException", 400),
        "rest-json": ("AccessDeniedException", 403),
        "query": ("AccessDenied", 403),
        "rest-xml": ("AccessDenied", 403),
        "s3": ("AccessDenied", 403),
        "ec2": ("UnauthorizedOperation", 403),
    }
)
"""The code and the HTTP status of each protocol (page CommonErrors of each service's API reference)."""
OWN_CODES: Mapping[str, str] = MappingProxyType({"sns": "AuthorizationError", "sqs": "AccessDenied"})
"""Services whose code is not their protocol's."""


def refusal(service: str, protocol: str, caller: str, action: str, resource: str | None, decision: Decision) -> Refusal:
    """The refusal of a call that a decision denies."""
    code, status = CODES.get(protocol, CODES["rest-json"])
    return Refusal(OWN_CODES.get(service, code), sentence(service, caller, action, resource, decision), status=status)


def sentence(service: str, caller: str, action: str, resource: str | None, decision: Decision) -> str:
    """AWS's message: who may not do what on what, and the type of policy that decided."""
    text = f"User: {caller} is not authorized to perform: {action}"
    if resource not in {None, "*"}:
        text += f' on resource: "{resource}"' if service == "s3" else f" on resource: {resource}"
    elif service != "s3":
        text += " on resource: *"
    text = f"{text} {because(action, decision)}"
    return f"You are not authorized to perform this operation. {text}" if service == "ec2" else text


def because(action: str, decision: Decision) -> str:
    """The end of the sentence: the type of policy with an explicit deny, or the one that has no policy to allow it."""
    layer = decision.decided_by[0].layer if decision.decided_by else Layer.IDENTITY
    if decision.answer is Answer.EXPLICITLY_DENIED:
        article = "an" if layer is Layer.IDENTITY else "a"
        return f"with an explicit deny in {article} {KINDS[layer]}"
    return f"because no {KINDS[layer]} allows the {action} action"
