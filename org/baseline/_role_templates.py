"""The roles and boundaries that an account declares, rendered from the library of templates.

Rendering is a function of texts and kept for the whole run: most accounts declare the same roles.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.baseline._key_policies import canonical
from org.baseline._needs import needs
from org.model.organization import Account, Organization
from org.policy.library import library_folders
from org.policy.reference import known_values
from org.policy.role_parts import PERMISSIONS, parts
from org.policy.roles import Roles, render_role, role_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.baseline import Scope
    from org.model.organization import Pipeline
    from org.model.policy import Document

HOUR = 3_600
PATH = "/org-baseline/"
"""The path of the managed policies that hold the permissions of roles: what is below it is ours."""
PIPELINE = {"plan": "pipeline-plan", "break_glass": "pipeline-break-glass", "apply": "pipeline-apply"}
"""The templates of the pipeline's roles in the order in which they are written; members have `-member` behind them."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a template comes to: its documents in one form, permissions as the policies that IAM gets."""

    title: str = ""
    trust: Document = field(default_factory=dict)
    boundary: Document = field(default_factory=dict)
    permissions: tuple[Document, ...] = ()
    why_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A role or a boundary that an account should have.

    `name` may have a path before it. `kind` is `role`, `boundary`, or which of the pipeline's roles it is.
    """

    name: str
    kind: str
    rendered: Rendered
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The path in IAM, `/` for most."""
        folder = self.name.rpartition("/")[0]
        return f"/{folder}/" if folder else "/"

    @property
    def own_name(self) -> str:
        """The name without the path."""
        return self.name.rpartition("/")[2]

    @property
    def policies(self) -> dict[str, Document]:
        """The managed policies that hold the role's permissions, by name: `org-baseline-plan-1` and so on."""
        return {f"{self.own_name}-{number}": one for number, one in enumerate(self.rendered.permissions, start=1)}


def declared(scope: Scope) -> Iterator[Declared]:
    """What the account declares: boundaries, then roles of workloads, then those of the pipeline, the applying last."""
    for name, boundary in scope.settings["boundaries"].items():
        yield _made(scope, name, "boundary", boundary["template"], {"name": name, **boundary.get("with", {})}, {})
    for name, role in scope.settings["roles"].items():
        yield _made(scope, name, "role", role["template"], role.get("with", {}), role)
    names = pipeline_names(scope.pipeline)
    for which, template in PIPELINE.items():
        if which in scope.settings["pipeline"]:
            yield _of_pipeline(scope, names[which], which, template)


def pipeline_names(pipeline: Pipeline) -> dict[str, str]:
    """The names of the pipeline's roles."""
    return {"plan": pipeline.plan_role, "break_glass": pipeline.break_glass_role, "apply": pipeline.apply_role}


def _of_pipeline(scope: Scope, name: str, which: str, template: str) -> Declared:
    """A role of the pipeline: what is said of it is for the management account, as far as members cannot take it."""
    given = scope.settings["pipeline"][which] or {}
    if scope.account != scope.management:
        found = _library(_folders(scope)).templates.get(f"{template}-member")
        known = found.template.parameters if found else ()
        given = {key: value for key, value in given.items() if key in known}
        template = f"{template}-member"
    return _made(scope, name, which, template, given, {})


def _made(
    scope: Scope, name: str, kind: str, template: str, given: Mapping[str, Any], settings: Mapping[str, Any]
) -> Declared:
    folders = _folders(scope)
    found = _library(folders).templates.get(template)
    said = {"given": dict(given), "known": _known(scope), "services": scope.services}
    if found and "account" in found.template.parameters:
        said["given"] = {"account": scope.account, **given}
    rendered = _rendered(folders, template, json.dumps(said, sort_keys=True))
    there = rendered.boundary if kind == "boundary" else rendered.trust
    if not rendered.why_not and not there:
        needed = "boundary" if kind == "boundary" else "trust"
        rendered = Rendered(why_not=(f"`{template}` has no {needed}",))
    return Declared(name, kind, rendered, settings)


def _folders(scope: Scope) -> tuple[Path, ...]:
    return scope.folders or tuple(library_folders(Path(os.devnull)))


@cache
def _library(folders: tuple[Path, ...]) -> Roles:
    return role_library(folders)


@lru_cache(maxsize=4_096)
def _rendered(folders: tuple[Path, ...], name: str, about: str) -> Rendered:
    """A template with these values; parameters that the pipeline's roles take from the components are filled in."""
    said = json.loads(about)
    template = _library(folders).templates.get(name)
    if template is None:
        return Rendered(why_not=(f"there is no template `{name}` for a role",))
    of_components = asdict(needs(said["services"]))
    filled = {key: value for key, value in of_components.items() if key in template.template.parameters}
    role, findings = render_role(template, {**filled, **said["given"]}, said["known"])
    wrong = tuple(dict.fromkeys(finding.message for finding in findings))
    if role is None or wrong:
        return Rendered(why_not=wrong)
    whole = role.documents.get(PERMISSIONS)
    pieces = tuple(canonical(piece.document) for piece in parts(whole)) if whole else ()
    trust, boundary = (canonical(role.documents.get(section, {})) for section in ("trust", "boundary"))
    return Rendered(role.title, trust, boundary, pieces)


def _known(scope: Scope) -> dict[str, Any]:
    """What `$organization.*` stands for."""
    management = (Account("", "", "", id=scope.management, management=True),) if scope.management else ()
    known = known_values(
        Organization(
            id=scope.organization_id or None,
            accounts=management,
            home_region=scope.home_region,
            regions=scope.regions,
            pipeline=scope.pipeline,
        )
    )
    return dict(known)
