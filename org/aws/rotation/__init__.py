"""The Lambda function that rotates a secret: source files that `org render rotation-function` hands out.

Nothing of org imports the function or is imported by it: it runs in somebody's account, with boto3 alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

FUNCTION: Final = "rotation_function.py"
CREDENTIAL: Final = "credential.py"
CREDENTIALS: Final = ("own", "token")
"""Kinds of credential, each a file here: what you fill in yourself, and what only the secret's readers know."""


def sources(kind: str) -> dict[str, str]:
    """The two files of the function by their names in the bundle, for a credential of that kind."""
    files = {FUNCTION: FUNCTION, CREDENTIAL: f"credential_{kind}.py"}
    return {name: Path(__file__).with_name(file).read_text(encoding="utf-8") for name, file in files.items()}
