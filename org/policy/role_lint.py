"""The lint of policy documents for rendered roles: a role of one's own is looked at as carefully as ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.document import Kind
from org.policy.lint.reading import document
from org.policy.lint.rules import run
from org.policy.parse import Tree
from org.policy.role_parts import PERMISSIONS, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from org.model.finding import Finding, Span
    from org.model.policy import Document as JsonDocument
    from org.policy.lint.document import Document
    from org.policy.parse import Path
    from org.policy.roles import Role, RoleTemplate

KINDS = {"trust": Kind.TRUST, "permissions": Kind.IDENTITY, "boundary": Kind.IDENTITY, "resource": Kind.RESOURCE}
GRANTS_NOTHING = {"boundary": frozenset({"ORG215"})}
"""Rules about granting too much do not fit a boundary, which only says how much others may grant."""


def lint_roles(roles: Iterable[Role], templates: Mapping[str, RoleTemplate]) -> Iterator[Finding]:
    """What the lint finds in the documents of the roles; each finding stands at its statement in the template."""
    for section, written in role_documents(roles, templates):
        yield from (one for one in run(written) if one.rule not in GRANTS_NOTHING.get(section, ()))


def role_documents(roles: Iterable[Role], templates: Mapping[str, RoleTemplate]) -> Iterator[tuple[str, Document]]:
    """Every document of the roles with the name of its section, its statements placed in the template."""
    for role in roles:
        template = templates[role.name]
        bound = [index for index, _ in template.template.bind(role.values)]
        for section, whole in role.documents.items():
            indices = [index for index in bound if index in template.sections[section]]
            for written, origins in _written(section, whole):
                spans: dict[Path, Span] = {
                    ("Statement", number): template.template.statement_span(indices[origin])
                    for number, origin in enumerate(origins)
                }
                spans[()] = template.template.tree.span(())
                yield section, document(Tree(dict(written), spans, {}), KINDS[section])


def _written(section: str, whole: JsonDocument) -> Iterator[tuple[JsonDocument, Sequence[int]]]:
    """The documents that IAM gets for a section, with the number of each statement in the section."""
    if section == PERMISSIONS:
        yield from ((part.document, part.origins) for part in parts(whole))
    else:
        yield whole, range(len(whole["Statement"]))
