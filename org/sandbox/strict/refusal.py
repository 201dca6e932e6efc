"""The answers that say no, with AWS's own codes, reasons and wording."""

from __future__ import annotations


class Refusal(Exception):
    """A call is refused as AWS refuses it; `reason` is the machine-readable reason that some codes carry."""

    def __init__(self, code: str, message: str, reason: str = "", status: int = 400) -> None:
        self.code = code
        self.message = message
        self.reason = reason
        self.status = status
        super().__init__(f"{code}: {message}")


class NotCovered(Exception):
    """The sandbox does not know what AWS would answer; never to be mistaken for an answer of AWS."""


def access_denied(message: str = "You don't have permissions to access this resource.") -> Refusal:
    """The refusal of a caller who may not make this call (API page of every operation: AccessDeniedException)."""
    return Refusal("AccessDeniedException", message)


def invalid_input(reason: str, message: str) -> Refusal:
    """The refusal of a value, with one of the reasons of the API page InvalidInputException."""
    return Refusal("InvalidInputException", message, reason)


def constraint(reason: str, message: str) -> Refusal:
    """The refusal of what a quota or a state forbids, with a reason of the page ConstraintViolationException."""
    return Refusal("ConstraintViolationException", message, reason)
