"""How the system that the secret opens is told of a new value. Fill in both functions; until then every rotation fails.

A value is the whole text of the secret: `json.loads` it where it is a JSON object. An error's text is kept out of the
log, since it may hold a value; print yourself what may be known. https://docs.python.org/3/library/ has what needs no
layer: http.client, smtplib, imaplib, ssl.
"""

from __future__ import annotations


def works(value: str) -> bool:
    """True where the system lets somebody in with this value, False where it refuses it.

    Raise where it cannot be reached: then nothing is known, and Secrets Manager tries again later.
    """
    raise NotImplementedError


def change(new: str, login: str) -> None:
    """The system takes the new value from now on. Log in with `login`, which has just worked.

    It may be called again with the same values, after a try that broke off in the middle.
    """
    raise NotImplementedError
