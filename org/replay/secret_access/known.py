"""Who has read before, from a report that was kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.errors import BadInput
from org.model.finding import Span
from org.replay.rules import BAD_REPORT
from org.replay.secret_access.json import NAME, VERSION
from org.replay.secret_access.named import Secret
from org.replay.secret_access.reads import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from org.replay.secret_access.ledger import Pair

HELP = "give a file that `org report secret-access --format json` has written"
TEXTS = ("secret", "filters", "secret_account", "region", "principal", "principal_account", "person", "first")


def known(path: Path) -> frozenset[Pair]:
    """Every secret with its reader in an earlier report; raises `BadInput` where the file is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise _bad(path, f"is no JSON: {error.msg.lower()}", error.lineno, error.colno) from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise _bad(path, "is no JSON") from None
    if not isinstance(content, dict) or content.get("report") != NAME:
        raise _bad(path, "is no report about the access to secrets")
    if content.get("version") != VERSION:
        raise _bad(path, f"is of version {str(content.get('version'))[:40]}, and this program knows {VERSION}")
    return frozenset(_pairs(content, path))


def _pairs(content: dict[str, Any], path: Path) -> Iterator[Pair]:
    listed = content.get("accesses")
    if not isinstance(listed, list):
        raise _bad(path, "has no list `accesses`")
    for number, one in enumerate(listed, 1):
        if not isinstance(one, dict) or not all(isinstance(one.get(key), str | None) for key in TEXTS):
            raise _bad(path, f"has an entry {number} of `accesses` that makes no sense")
        text = {key: one.get(key) or "" for key in TEXTS}
        if text["first"]:
            secret = Secret(text["secret_account"], text["region"], text["secret"], text["filters"])
            yield secret, Reader(text["principal"], text["principal_account"], text["person"])


def _bad(path: Path, what: str, line: int = 1, column: int = 1) -> BadInput:
    span = Span(str(path), line, column, line, column)
    return BadInput([BAD_REPORT.finding(f"`{path.name}` {what}", span, help=HELP)])
