"""The condensation as a Spark job, for logs that are too many for one machine: the same functions on many.

    spark-submit org/replay/spark.py PLACE... --out corpus.gz [--keys FILE] [--parts N]

Every executor needs this package and msgspec, and reads the logs itself: folders that all of them see, or S3. The
corpus is byte for byte that of `org replay PLACE... --out corpus.gz`, and is written by the driver.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.replay.runs import Done, Tally, Totals

sys.path[:1] = [str(Path(__file__).parents[2])]  # in the place of this folder, whose json.py would be everybody's json

NUMBERS = b""
"""The key of the numbers among those of calls, which are JSON and never empty."""


def counted(files: Iterator[Done], names: frozenset[str]) -> Iterator[tuple[bytes, Tally | Totals]]:
    """The calls of some log files with their tallies, then the numbers: what one executor does."""
    from org.replay.condensing import Condenser
    from org.replay.keys import Keys
    from org.replay.working import read_one

    with tempfile.TemporaryDirectory(prefix="org-replay-") as folder:
        condenser = Condenser(Keys(names), Path(folder) / "spilled")
        for name, _, _ in files:
            read_one(condenser, name)
        yield from condenser.entries()
        yield NUMBERS, condenser.numbers


def together(one: Any, other: Any) -> Any:
    """Two tallies of one call, or the numbers of two executors, added up."""
    from org.replay.runs import Totals, added

    if isinstance(one, Totals):
        sum_of_both = Totals()
        sum_of_both.add(one)
        sum_of_both.add(other)
        return sum_of_both
    return added(one, other)


def condense(context: Any, places: list[str], out: Path, names: frozenset[str], parts: int) -> Totals:
    """The file is the corpus of the logs at these places; their numbers come back."""
    from org.replay import corpus, logs
    from org.replay.keys import Keys
    from org.replay.runs import Damage, Totals

    numbers = Totals()

    def told(name: str, what: str) -> None:
        numbers.add(Totals(damaged=1, damages=[Damage(name, what, 1, 1)]))

    files = list(logs.listed(places, told))
    spread = context.parallelize(files, max(1, min(parts, len(files))))
    calls = spread.mapPartitions(lambda some: counted(some, names)).reduceByKey(together)
    for _, found in calls.filter(lambda entry: entry[0] == NUMBERS).collect():
        numbers.add(found)
    ordered = calls.filter(lambda entry: entry[0] != NUMBERS).sortByKey()
    corpus.write(out, Keys(names), numbers, ordered.toLocalIterator())
    return numbers


def main() -> None:
    """Make the corpus that the command line asks for."""
    from pyspark import SparkContext

    from org.replay.keys import usual

    parser = argparse.ArgumentParser(prog="spark-submit org/replay/spark.py", description=__doc__)
    parser.add_argument("places", nargs="+", metavar="PLACE")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--keys", type=Path, help="A corpus whose keys are to be kept.")
    parser.add_argument("--parts", type=int, default=200, help="Into how many parts the files are split.")
    asked = parser.parse_args()
    names = usual().names
    if asked.keys:
        from org.replay import corpus

        names = corpus.opened(asked.keys).keys.names
    with SparkContext(appName="org-replay") as context:
        numbers = condense(context, asked.places, asked.out, names, asked.parts)
    print(f"{numbers.events:,} events, {numbers.damaged:,} damaged", file=sys.stderr)


if __name__ == "__main__":
    main()
