"""What can be wrong with an invariants file, or with what it says: what `org explain` prints for these ids."""

from __future__ import annotations

from org.load.rule import Rule
from org.model.finding import Severity

UNCLEAR = Rule(
    "ORG701",
    "an invariant that claims nothing, or more than one thing",
    "An invariant makes one claim: `denied`, `allowed`, `never_denied`, `equivalent` or `implies`. What belongs to "
    "another kind of claim would be read by nobody.",
)
PLACE = Rule(
    "ORG702",
    "an invariant about a place that accounts.yaml does not have",
    "An invariant about a misspelt unit or account would hold of nothing, and so always.",
)
ACTION = Rule(
    "ORG703",
    "an invariant about an action that AWS's data does not have",
    "A misspelt action is denied by no policy and used by nobody. It may also be newer than the data; then the "
    "invariant is proved of it as it is written.",
    severity=Severity.WARNING,
)
CONDITION = Rule(
    "ORG704",
    "a condition that is outside the grammar of policies",
    "`when` is written like the Condition of a policy, operators and keys and values.",
)
TWICE = Rule("ORG705", "two invariants with one name", "A verdict is told by the name of its invariant.")
DOCUMENT = Rule(
    "ORG706",
    "a policy document that cannot be read",
    "`equivalent` and `implies` compare two files, or two folders of files, as JSON or YAML.",
)
REFUTED = Rule(
    "ORG710",
    "an invariant that does not hold",
    "There is a request that shows it. `org prove` prints it, and `org decide` says which statements decide it.",
)
UNDECIDED = Rule(
    "ORG711",
    "an invariant of which nobody knows whether it holds",
    "It depends on a statement whose meaning is not known, on context keys that may or may not go together, or the "
    "search for an answer was given up. It is not taken to hold.",
)
RULES = (UNCLEAR, PLACE, ACTION, CONDITION, TWICE, DOCUMENT, REFUTED, UNDECIDED)
"""Every rule of this layer, by id."""
