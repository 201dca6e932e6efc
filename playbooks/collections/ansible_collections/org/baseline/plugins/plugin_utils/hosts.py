# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts as Ansible knows them: which hosts there are, in which groups, with which variables."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from org.model.organization import Account

ENVIRONMENT_TAGS = ("environment", "env")
_SLICE = re.compile(r"(\d+)::(\d+)")


def sliced(accounts: Iterable[Account], text: str) -> list[Account]:
    """The accounts of one slice, sorted by key: `i::n` is every n-th from the i-th (counted from 0), empty text is all.

    Every account is in exactly one of the n slices. Raises ValueError where the text is not such a slice.
    """
    ordered = sorted(accounts, key=lambda account: account.key)
    if not text:
        return ordered
    match = _SLICE.fullmatch(text)
    if not match or not int(match[1]) < int(match[2]):
        raise ValueError(f"`{text}` is not a slice: write i::n with i from 0 to n-1, for instance 0::4")
    return ordered[int(match[1]) :: int(match[2])]


def variables(account: Account) -> dict[str, object]:
    """The final values of one account, by host variable; never a credential."""
    values: dict[str, object] = {
        "org_key": account.key,
        "org_name": account.name,
        "org_email": account.email,
        "org_tags": {key: value for key, value in account.tags.items() if value is not None},
    }
    if account.ou is not None:
        values["org_ou"] = account.ou
    if account.id is not None:
        values["org_account_id"] = account.id
    return values


def group_names(accounts: Sequence[Account]) -> tuple[dict[tuple[str, ...], str], list[str]]:
    """The group name of every OU path, tag and environment, by what it stands for, and the slugs that were not unique.

    What it stands for is `("ou", path)`, `("tag", key, value)` or `("env", value)`. Where two of them have one slug,
    each gets the first 8 hex digits of its own SHA-256 behind it: `--limit` never means more than was asked for.
    """
    by_slug: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for thing in dict.fromkeys(thing for account in accounts for thing in things(account)):
        by_slug[_slug(thing)].append(thing)
    names: dict[tuple[str, ...], str] = {}
    for slug, same in by_slug.items():
        for thing in same:
            names[thing] = slug if len(same) == 1 else f"{slug}_{_digest(thing)}"
    return names, sorted(slug for slug, same in by_slug.items() if len(same) > 1)


def things(account: Account) -> Iterator[tuple[str, ...]]:
    """What an account is grouped by: its OU and all above it (nearest first), its tags, its environment."""
    if account.ou is not None:
        yield from (("ou", path) for path in ou_paths(account.ou))
    for key, value in account.tags.items():
        if value is not None:
            yield ("tag", key, value)
    environment = environment_of(account.tags)
    if environment:
        yield ("env", environment)


def ou_paths(path: str) -> list[str]:
    """The OU path and every path above it, nearest first; the root alone is the empty path."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]


def environment_of(tags: Mapping[str, str | None]) -> str | None:
    """The environment that the tags name, or None."""
    return next((value for key in ENVIRONMENT_TAGS if (value := tags.get(key))), None)


def _slug(thing: tuple[str, ...]) -> str:
    parts = [re.sub(r"[^a-z0-9]+", "_", part.lower()).strip("_") for part in thing]
    return "_".join(part for part in parts if part) if any(parts[1:]) else f"{parts[0]}_root"


def _digest(thing: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(thing).encode()).hexdigest()[:8]
