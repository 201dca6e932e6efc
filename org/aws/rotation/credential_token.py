"""A token that no other system has to be told of: whoever checks it reads the same secret.

Signing keys, shared tokens, webhook secrets. Readers should take AWSPREVIOUS as well until all of them have read again.
"""

from __future__ import annotations

import json

LOGINS = frozenset({"dbname", "engine", "host", "user", "username"})
"""Keys of a secret that opens another system, which would not hear of a new value from here."""


def works(value: str) -> bool:
    """True: a token works as soon as it is current. Raises `ValueError` where the secret is a login somewhere."""
    try:
        read = json.loads(value)
    except ValueError:
        read = None
    if isinstance(read, dict) and LOGINS & read.keys():
        raise ValueError("this secret is a login")
    return bool(value)


def change(new: str, login: str) -> None:
    """Nothing has to change anywhere."""
