"""Bytes to text, and the rules about a file's form: those that hold before anything is known about its meaning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from org.load.rule import Rule, quoted
from org.model.finding import Finding, Severity, Span

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 8 * 1024 * 1024
"""10,000 accounts with 11 lines each are 4 MB."""

MOST_BYTES: Final = 2 * MAX_BYTES
"""All files together, the included ones too."""
MOST_FINDINGS: Final = 10_000
FIRST_LINES: Final = "start with `version: 1` and `organization:`; `org schema` prints every key"
SPLIT: Final = "split it into files of accounts and name them under `include:`"
INHERIT: Final = "write it out, or set it once on the organizational unit above: settings, tags and policies inherit"

UNREADABLE = Rule(
    "ORG001",
    "a file cannot be read",
    "The file does not exist, is a folder, or may not be read by this user.",
)
TOO_LARGE = Rule(
    "ORG002",
    "a file is too large",
    f"A file may have {MAX_BYTES // 1024 // 1024} MiB. All files together may have {MOST_BYTES // 1024 // 1024} MiB "
    "and 450,000 keys and values: enough for 10,000 accounts with 20 keys each, or for 50,000, AWS's maximum, with "
    "three. What all of them have in common is set once, at the organizational unit. The limits keep a hostile "
    "pull request from filling the memory of the machine that checks it; at the first one that is passed, "
    "reading stops.",
)
NOT_UTF8 = Rule(
    "ORG003",
    "a file is not UTF-8",
    (
        "Files are read as UTF-8, with or without a byte order mark. Another encoding would show other names "
        "to you than to AWS."
    ),
)
FORBIDDEN = Rule(
    "ORG004",
    "a control character or an invisible one",
    (
        "Control characters, and characters that change the direction of text, can make a file look "
        "different from what it says, in a terminal or in a review. They are refused everywhere, in comments "
        "too, and as escapes in quotes."
    ),
    wrong=('accounts:\n  - {key: payments, name: "pay\\e[2Jments", ou: Workloads}\n'),
    right=("accounts:\n  - {key: payments, name: payments, ou: Workloads}\n"),
)
SYNTAX_ERROR = Rule(
    "ORG005",
    "not valid YAML",
    "The text cannot be read as YAML from this place on, so what follows it has not been looked at.",
    wrong=('accounts:\n  - {key: payments, name: "acme-payments, ou: Workloads}\n'),
    right=('accounts:\n  - {key: payments, name: "acme-payments", ou: Workloads}\n'),
)
EMPTY = Rule(
    "ORG006",
    "a file is empty",
    "The file holds nothing but white space and comments.",
)
DOCUMENTS = Rule(
    "ORG007",
    "more than one document",
    (
        "A line `---` in the middle starts a second YAML document, and most readers would ignore one of the "
        "two without a word."
    ),
    wrong=("accounts:\n  - {key: payments, ou: Workloads}\n---\naccounts:\n  - {key: billing, ou: Workloads}\n"),
    right=("accounts:\n  - {key: payments, ou: Workloads}\n  - {key: billing, ou: Workloads}\n"),
)
DUPLICATE = Rule(
    "ORG008",
    "a key is used twice in one mapping",
    ("Most YAML readers keep the last of the two and say nothing, so half of what was reviewed would have no effect."),
    wrong=("accounts:\n  - key: payments\n    ou: Workloads\n    ou: Workloads/Prod\n"),
    right=("accounts:\n  - key: payments\n    ou: Workloads/Prod\n"),
)
TAG = Rule(
    "ORG009",
    "a YAML tag",
    (
        "Tags such as `!!python/object` ask a reader to make something else of a value. Nothing in this file "
        "is ever run or converted, so a tag can only mislead."
    ),
    wrong=("accounts:\n  - {key: payments, ou: !!str Workloads}\n"),
    right=("accounts:\n  - {key: payments, ou: Workloads}\n"),
)
ANCHOR = Rule(
    "ORG010",
    "an anchor, an alias or a merge key",
    (
        "An alias hides from a reviewer what an entry says, and a few of them can stand for millions of "
        "values. Settings, tags, contacts and policies inherit down the tree of organizational units, which "
        "is what aliases are mostly used for."
    ),
    wrong=("accounts:\n  - {key: payments, ou: &here Workloads}\n"),
    right=("accounts:\n  - {key: payments, ou: Workloads}\n"),
)
TOO_DEEP = Rule(
    "ORG011",
    "nested too deeply",
    (
        "Nothing that this file can say needs more than a dozen levels. The limit keeps hostile input from "
        "exhausting the reader."
    ),
)
COMPLEX_KEY = Rule(
    "ORG012",
    "a key that is not text",
    (
        "YAML allows a list or a mapping as a key; nothing here does. It is often a template's `{{ ... }}` "
        "without quotes, and templates are not read."
    ),
    wrong=("accounts:\n  - {key: payments, ou: Workloads, tags: {{environment: prod}: x}}\n"),
    right=("accounts:\n  - {key: payments, ou: Workloads, tags: {environment: prod}}\n"),
)
OUTSIDE = Rule(
    "ORG013",
    "an include that leaves the folder",
    (
        "Included files must lie in the folder of the main file or below it, also after symbolic links are "
        "followed: what a check reads must be what was reviewed."
    ),
    wrong="include: [../elsewhere/*.yaml]\n",
)
NOTHING = Rule(
    "ORG014",
    "an include that matches no file",
    "The pattern is legal, and may match later; it is more often a typing mistake.",
    wrong="include: [acounts.d/*.yaml]\n",
    severity=Severity.WARNING,
)
CYCLE = Rule(
    "ORG015",
    "a file that includes itself",
    (
        "A pattern under `include` matches the file it stands in. Included files hold accounts only and "
        "include nothing, so this is the only cycle there can be."
    ),
)
TOO_MANY = Rule(
    "ORG016",
    "too many mistakes",
    "More than 10,000 mistakes of one sort are not listed one by one. Others may show only when these are put right.",
)
RULES: Final = (
    UNREADABLE,
    TOO_LARGE,
    NOT_UTF8,
    FORBIDDEN,
    SYNTAX_ERROR,
    EMPTY,
    DOCUMENTS,
    DUPLICATE,
    TAG,
    ANCHOR,
    TOO_DEEP,
    COMPLEX_KEY,
    OUTSIDE,
    NOTHING,
    CYCLE,
    TOO_MANY,
)

FORBIDDEN_CHARACTERS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""Control characters, line breaks that editors do not show, marks that turn the direction of text, lone surrogates."""

QUOTES = "put it in quotes"
SYNTAX: Final = (
    (
        "mapping values are not allowed",
        "a `:` where no key can be",
        "put a value that contains `: ` in quotes, or check the indentation of this line",
    ),
    (
        "cannot start any token",
        "a character that cannot start a value: a tab, `%`, `@` or a backtick",
        "put the value in quotes; indent with spaces",
    ),
    ("unexpected end of stream", "a quote that is never closed", "add the closing quote"),
    ("expected '-' indicator", "this line does not belong to the list above it", "check its indentation"),
    ("expected key", "this line does not belong to the mapping above it", "check its indentation"),
    ("expected ',' or '}'", "a `{` that is not closed here", "add the missing `,` or `}`"),
    ("expected ',' or ']'", "a `[` that is not closed here", "add the missing `,` or `]`"),
    (
        "expected node content",
        "a value is missing here, or a bracket does not match",
        "check the brackets up to this place",
    ),
    (
        "unknown escape character",
        "an unknown escape after `\\`",
        "use single quotes, in which `\\` is an ordinary character",
    ),
    ("block sequence entries are not allowed", "a list cannot start here", "start the list on its own line, indented"),
    ("undefined tag handle", "a tag that stands for nothing", "remove the tag, or " + QUOTES),
)
"""The words of the parser, what they mean, and what to do about it."""


def too_many(span: Span | None) -> Finding:
    """The finding that stands for all those after the last one that is told."""
    message = f"more than {MOST_FINDINGS:,} mistakes; the rest is not listed"
    return TOO_MANY.finding(message, span, help="put these right first; a whole file that is wrong may be another file")


def forbidden(text: str, span: Span) -> Finding:
    """The finding for the first forbidden character of a text that stands at `span`."""
    match = FORBIDDEN_CHARACTERS.search(text)
    name = f"U+{ord(match.group()):04X}" if match else "?"
    return FORBIDDEN.finding(
        f"the character {name} is not allowed", span, help="remove it; it may be invisible in your editor"
    )


def place(text: str, offset: int, file: str) -> Span:
    """The one character at an offset of a text."""
    line = 1 + text.count("\n", 0, offset) + text.count("\r", 0, offset) - text.count("\r\n", 0, offset)
    column = offset - max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset))
    return Span(file, line, column, line, column + 1)


def decode(data: bytes, file: str) -> tuple[str, tuple[Finding, ...]]:
    """The text of a file without its byte order mark, and what is wrong with it; there is a text either way."""
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read"
        return "", (TOO_LARGE.finding(message, Span(file), help=SPLIT),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        span = place(before, len(before), file)
        finding = NOT_UTF8.finding(f"byte 0x{data[error.start]:02x} is not UTF-8", span, help="save the file as UTF-8")
        return data.decode("utf-8-sig", "replace"), (finding,)
    return text, inspect(text, file)


def inspect(text: str, file: str) -> tuple[Finding, ...]:
    """A finding for the first forbidden character on each line, at most 20."""
    found: dict[int, Finding] = {}
    for match in FORBIDDEN_CHARACTERS.finditer(text):
        span = place(text, match.start(), file)
        found.setdefault(span.line, forbidden(match.group(), span))
        if len(found) == 20:
            break
    return tuple(found.values())


def read(path: Path, file: str) -> tuple[str, tuple[Finding, ...]]:
    """The text of a file, and what is wrong with it; a file that cannot be read is a finding too."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
            size = path.stat().st_size
    except OSError as error:
        reasons = {
            "FileNotFoundError": "does not exist",
            "IsADirectoryError": "is a folder",
            "PermissionError": "may not be read by this user",
        }
        reason = reasons.get(type(error).__name__, f"cannot be read: {error.strerror}")
        return "", (
            UNREADABLE.finding(
                f"{quoted(file)} {reason}", Span(file), help="name the file as `org check FILE`, or set ORG_ACCOUNTS"
            ),
        )
    if size > MAX_BYTES:
        message = f"the file has {size:,} bytes; at most {MAX_BYTES:,} are read"
        return "", (TOO_LARGE.finding(message, Span(file), help=SPLIT),)
    return decode(data, file)
