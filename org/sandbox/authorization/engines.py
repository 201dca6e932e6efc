"""Engines of org.access from the text of policies: those that are the same share one, made when it is first asked."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.access.document import document
from org.access.evaluate import compiled
from org.access.policies import Policies
from org.model.request import Layer

if TYPE_CHECKING:
    from org.access.document import Document
    from org.access.evaluate import Engine

Texts = tuple[tuple[str, str], ...]
"""Names and JSON texts of policies of one layer or level."""
MOST_ENGINES, MOST_DOCUMENTS = 1_024, 8_192
ADMINISTRATOR: Texts = (
    (
        "AdministratorAccess",
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    ),
)


@dataclass(frozen=True, slots=True)
class Written:
    """The policies that take part in a decision, as text; a boundary or resource policy is one text or none."""

    identity: Texts = ()
    boundary: Texts = ()
    session: Texts = ()
    resource: Texts = ()
    scps: tuple[Texts, ...] | None = None
    rcps: tuple[Texts, ...] | None = None
    guardrails_only: bool = False


@functools.lru_cache(maxsize=MOST_ENGINES)
def engine(written: Written) -> Engine:
    """The engine of these policies."""
    return compiled(
        Policies(
            identity=_all(Layer.IDENTITY, written.identity),
            boundary=_one(Layer.BOUNDARY, written.boundary),
            session=_all(Layer.SESSION, written.session),
            resource=_one(Layer.RESOURCE, written.resource),
            scps=_levels(Layer.SCP, written.scps),
            rcps=_levels(Layer.RCP, written.rcps),
            guardrails_only=written.guardrails_only,
        )
    )


def _levels(layer: Layer, levels: tuple[Texts, ...] | None) -> tuple[tuple[Document, ...], ...] | None:
    return None if levels is None else tuple(_all(layer, level) for level in levels)


def _one(layer: Layer, texts: Texts) -> Document | None:
    return next(iter(_all(layer, texts)), None)


def _all(layer: Layer, texts: Texts) -> tuple[Document, ...]:
    return tuple(_document(layer, name, text) for name, text in texts)


@functools.lru_cache(maxsize=MOST_DOCUMENTS)
def _document(layer: Layer, name: str, text: str) -> Document:
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    return document(layer, name, content)
