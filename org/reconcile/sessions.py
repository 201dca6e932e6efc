"""The ways into accounts that a run has opened, each of them once.

A session may do no more than the components that share it need. STS gives 600 sessions a second, so a session for each
component would cost a run of 40 components over 1,000 accounts more than a minute. Those that follow one another share
one as long as AWS takes the policy of what they need together.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from org.errors import Denied

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Component
    from org.model.organization import Pipeline
    from org.model.place import Place

Actions = tuple[str, ...]
LINK = "iam:CreateServiceLinkedRole"
"""What AWS asks for where a service gets a role of its own on the way."""
LONGEST_POLICY = 2_048
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (session policies)."""


class Sessions:
    """The sessions of one run. `always` are IAM actions that each of them may do besides."""

    def __init__(self, cloud: Cloud, pipeline: Pipeline, *, apply: bool, always: Actions = ()) -> None:
        self._cloud, self._pipeline, self._apply, self._always = cloud, pipeline, apply, always
        self._together: Mapping[str, Actions] = {}
        self._open: dict[tuple[str, Actions], Cloud] = {}

    def share(self, components: Iterable[Component]) -> None:
        """Sessions are shared among these components, which run in this order."""
        needs = {one.name: self.needed(one) for one in components}
        self._together = together(needs, self._always)

    def needed(self, component: Component, *, elsewhere: bool = False) -> Actions:
        """What the component does in this run, where it acts or in the accounts that it reaches into."""
        reads = component.reads_elsewhere if elsewhere else component.reads
        writes = component.writes_elsewhere if elsewhere else component.writes
        linking = (LINK,) if component.linked_services else ()
        return (*reads, *writes, *linking) if self._apply else reads

    def enter(self, place: Place, component: Component, *, elsewhere: bool = False) -> Cloud:
        """The account through the pipeline's role; through the bootstrap role where that one is not there yet.

        The account whose credentials the run has is entered as it is. Raises `Denied` where neither can be assumed.
        """
        if place.account == self._cloud.place.account:
            return self._cloud.named(place.name)
        alone = (*self.needed(component, elsewhere=elsewhere), *self._always)
        actions = alone if elsewhere else self._together.get(component.name, alone)
        found = self._open.get((place.account, actions))
        if found is None:
            found = self._open[place.account, actions] = self._entered(place, session_policy(actions))
        return found

    def _entered(self, place: Place, policy: str | None) -> Cloud:
        pipeline = self._pipeline
        member = self._cloud.member(place, pipeline.apply_role if self._apply else pipeline.plan_role, policy)
        try:
            member.assume()
        except Denied as denied:
            if pipeline.bootstrap_role is None:
                raise
            member = self._cloud.member(place, pipeline.bootstrap_role, policy)
            try:
                member.assume()
            except Denied:
                raise denied from None
        return member


def together(needs: Mapping[str, Actions], always: Actions = ()) -> dict[str, Actions]:
    """For each component what its session may do: its own needs and those of its neighbours, while AWS takes them."""
    sets: list[tuple[list[str], frozenset[str]]] = []
    for name, own in needs.items():
        wanted = frozenset((*own, *always))
        if sets and session_policy(tuple(sets[-1][1] | wanted)):
            names, actions = sets[-1]
            sets[-1] = ([*names, name], actions | wanted)
        else:
            sets.append(([name], wanted))
    return {name: tuple(sorted(actions)) for names, actions in sets for name in names}


def session_policy(actions: Iterable[str]) -> str | None:
    """The session policy that allows these actions; None where there are none, or more than AWS takes."""
    allowed = sorted(set(actions))
    statement = {"Effect": "Allow", "Action": allowed, "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    return text if len(text) <= LONGEST_POLICY and allowed else None
