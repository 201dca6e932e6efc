"""The policies that take part in a decision, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.access.document import Document


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy that may speak about a request.

    `session` is empty where no session policy was passed. `scps` is None outside an organization, or where SCPs are not
    enabled (rule 4); a level without any policy is empty and denies everything (rule 3). RCPFullAWSAccess is implied in
    `rcps`. With `guardrails_only` nothing but SCPs and RCPs is asked: whether they leave the request possible.
    """

    identity: tuple[Document, ...] = ()
    boundary: Document | None = None
    session: tuple[Document, ...] = ()
    resource: Document | None = None
    scps: tuple[tuple[Document, ...], ...] | None = None
    rcps: tuple[tuple[Document, ...], ...] | None = None
    guardrails_only: bool = False
