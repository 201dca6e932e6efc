"""What the roles of the pipeline need for all components together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org import baseline
from org.policy.roles import Needs

if TYPE_CHECKING:
    from collections.abc import Iterable

LIST_REGIONS = "account:ListRegions"
"""The IAM action with which a run asks an account for its Regions."""


def needs(services: Iterable[str] = ()) -> Needs:
    """The needs of every component; `services` are those that the organization trusts or gives an administrator."""
    components = baseline.find().values()
    return Needs(
        component_reads=tuple(sorted({LIST_REGIONS, *(each for one in components for each in one.all_reads)})),
        component_writes=tuple(sorted({each for one in components for each in one.all_writes})),
        linked_services=tuple(sorted({each for one in components for each in one.linked_services})),
        trusted_services=tuple(sorted(services)),
    )
