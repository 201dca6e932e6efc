"""What protects the baseline itself, and who would come past it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org import baseline
from org.access.actions import glob
from org.model.review import Cause, Claim, Danger, Name, Trip
from org.policy import library, library_folders
from org.report.review_words import principals, resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.model.organization import Organization, Pipeline
    from org.model.review import Scope, Words

GUARDS = "protect-"
"""Templates whose names begin so keep the baseline in place."""
ALSO = ("deny-leave-organization",)
SHOWN = 5


def weakened(claims: Iterable[Claim], base: Organization) -> Iterator[Danger]:
    """Each gain by which anybody but the pipeline may undo what the baseline, or a policy `protect-...`, protects.

    What a policy denied in passing counts for nothing: another Region in which trails could be stopped has no trail.
    """
    found: dict[tuple[Words, str, Words, Scope], tuple[dict[str, None], Claim]] = {}
    for claim in claims:
        if not claim.gain or not claim.guards or claim.certainty == "future" or claim.cause is Cause.NEW:
            continue
        if all(is_pipeline(pattern, base.pipeline) for pattern in claim.principals):
            continue
        own = any(name.startswith(GUARDS) for name in claim.guards)
        acts = [one for one in claim.actions if own or any(known.fullmatch(one.lower()) for known in protective())]
        if acts:
            what = () if claim.resources == ("*",) else (" on ", *resources(claim))
            verb = " can " if claim.certainty == "certain" else " may be able to "
            key = principals(claim), verb, what, claim.scope
            found.setdefault(key, ({}, claim))[0].update(dict.fromkeys(acts))
    for (who, verb, what, scope), (named, claim) in found.items():
        shown = tuple(word for action in list(named)[:SHOWN] for word in (", ", Name(action)))[1:]
        more = (f" and {len(named) - SHOWN} more",) if len(named) > SHOWN else ()
        yield Danger(Trip.WEAKENED, (*who, verb, *shown, *more, *what), scope, claim.witness)


def is_pipeline(pattern: str, pipeline: Pipeline) -> bool:
    """True for the ARN of one of the pipeline's own roles, in whatever account."""
    names = (pipeline.plan_role, pipeline.apply_role, pipeline.break_glass_role, pipeline.bootstrap_role)
    return any(name is not None and pattern.endswith(f":role/{name}") for name in names)


@cache
def protective() -> tuple[Any, ...]:
    """Expressions for the actions, in lower case, that undo what the baseline sets up, from our own templates."""
    templates = library(library_folders(Path("/dev/null"))).templates
    chosen = [one for name, one in templates.items() if name.startswith(GUARDS) or name in ALSO]
    named = {action for one in chosen for action in _actions(one.tree.value.get("statements", []))}
    written = {action for component in baseline.find().values() for action in component.writes}
    return tuple(glob(action.lower()) for action in sorted(named | written))


def _actions(node: Any, *, inside: bool = False) -> Iterator[str]:
    """Every text below an `Action` of a template's statements; parameters have no text yet."""
    if isinstance(node, str):
        if inside:
            yield node
    elif isinstance(node, list):
        for item in node:
            yield from _actions(item, inside=inside)
    elif isinstance(node, dict):
        for key, item in node.items():
            if key not in ("$param", "$if"):
                yield from _actions(item, inside=key == "Action" or (inside and key == "$then"))
