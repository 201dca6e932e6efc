"""What a review can find wrong with the files of a commit: what `org explain` prints for the ids of org.review."""

from __future__ import annotations

from org.load.rule import Rule

LINK = Rule(
    "ORG801",
    "a review reads no links and no submodules",
    "A review reads commits that nobody has approved yet. A symbolic link there could name any file of the machine, "
    "and a submodule any repository, so only ordinary files are read.",
)
UNUSABLE = Rule(
    "ORG802",
    "a file of a commit has a name that cannot be used",
    "Git takes names that no file system takes as they are, or that two files would share where upper and lower case "
    "are one. Such a file is left out, and said so.",
)
TOO_MUCH = Rule(
    "ORG803",
    "a commit has more files than are reviewed",
    "The limits keep a hostile pull request from filling the disk of the machine that reviews it.",
)
LFS = Rule(
    "ORG804",
    "a file is kept in Git LFS",
    "Git itself then has a pointer in place of the file, and a review downloads nothing.",
)
MISSING = Rule(
    "ORG805",
    "a commit has no accounts file",
    "The accounts file is looked for under the same path in both commits.",
)
RULES = (LINK, UNUSABLE, TOO_MUCH, LFS, MISSING)
"""Every rule of this layer, by id."""
