"""What can be wrong with logs and corpora: what `org explain` prints for these ids."""

from __future__ import annotations

from org.load.rule import Rule
from org.model.finding import Severity

BAD_LOG = Rule(
    "ORG601",
    "a log file is damaged",
    "What can be read of it is read: a damaged record costs itself, and a file that ends too soon what is missing. The "
    "corpus says how much was damaged. Get the file again from the bucket, and compare it with CloudTrail's digest "
    "files: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
    "cloudtrail-log-file-validation-intro.html",
    severity=Severity.WARNING,
)
NO_LOGS = Rule(
    "ORG602",
    "there are no logs where they were looked for",
    "Logs are files that end in .json, .jsonl, .ndjson, .log or .gz. Digest and Insights files of CloudTrail are not "
    "logs of calls. A file that is named itself is read whatever its name.",
)
BAD_CORPUS = Rule(
    "ORG603",
    "a file is no corpus",
    "A corpus is what `org replay LOGS --out FILE` writes, or the query of docs/replay.md after it went through that "
    "command. Its first line has the version of its format.",
)
BAD_LINE = Rule(
    "ORG604",
    "a line of a corpus is damaged",
    "The other lines count. Make the corpus again from the logs, or take it from where it was made.",
    severity=Severity.WARNING,
)
OTHER_KEYS = Rule(
    "ORG605",
    "corpora that keep different keys cannot be added up",
    "Each condition key that a corpus keeps makes more calls distinct, so counts of one do not belong to calls of the "
    "other.",
)
BAD_REPORT = Rule(
    "ORG606",
    "a file is no report of who read secrets",
    "`--known` takes what `org report secret-access --format json` has written. Whoever read a secret there is known, "
    "and all others are first-time readers.",
)
RULES = (BAD_LOG, NO_LOGS, BAD_CORPUS, BAD_LINE, OTHER_KEYS, BAD_REPORT)
