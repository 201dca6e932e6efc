"""What a comparison finds: groups of requests whose answer changes, each with one request that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.model.request import Answer, Reason, Request


class Certainty(StrEnum):
    """How sure it is that the difference can be met.

    `CERTAIN`: the witness is a request that AWS can get. `FUTURE`: only actions that AWS may add later.
    `POSSIBLE`: only where keys go together in a way that nobody knows to be possible. `UNDECIDED`: a statement
    whose meaning is not known, or a search that was given up; the rest is decided all the same.
    """

    CERTAIN = "certain"
    FUTURE = "future"
    POSSIBLE = "possible"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Difference:
    """Requests whose answer changes in the same way.

    `gain` is true where head allows what base denies. `actions` are sorted names such as `s3:GetObject`, patterns where
    the certainty is `FUTURE`. `principals` are patterns of `aws:PrincipalArn`, `("*",)` for anyone, less those of
    `except_principals`; `resources` likewise. Each of `conditions` is about one key, in words. `witness` is a request
    of the group to which `org.access.spec.decide` gives the answers `before` and `after`; it is None only where the
    certainty is `UNDECIDED`. `statements` are those behind the change, in base or in head.
    """

    gain: bool
    certainty: Certainty
    actions: tuple[str, ...]
    principals: tuple[str, ...]
    except_principals: tuple[str, ...]
    resources: tuple[str, ...]
    except_resources: tuple[str, ...]
    conditions: tuple[str, ...]
    witness: Request | None
    before: Answer | None
    after: Answer | None
    statements: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a chain of policies holds: the account, its organization and OUs. It makes witnesses coherent.

    `org_path` is what `aws:PrincipalOrgPaths` holds there, a pattern with `*` where it is not known. `regions` are
    those to take witnesses from first; `management` is true for the management account.
    """

    account: str
    org_id: str
    org_path: str
    regions: tuple[str, ...] = ()
    management: bool = False
