"""The Spark job on a real cluster, a master and two workers on this machine; `make spark` gets it and runs this."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from org.replay import corpus
from tests.replay.trail import built, event, log

ROOT = Path(__file__).parents[2]
SPARK = ROOT / "build" / "spark" / "bin" / "python"


@pytest.mark.sweep
@pytest.mark.skipif(not SPARK.exists(), reason="there is no Spark in build/spark: run `make spark`")
def test_a_cluster_makes_the_corpus_that_one_process_and_two_make(tmp_path: Path) -> None:
    names = [("ec2", "DescribeInstances"), ("s3", "ListBuckets"), ("sqs", "ListQueues"), ("kms", "Decrypt")]
    for number in range(40):
        made = [
            event(*names[n % 4], "role" if n % 3 else "user", eventID=f"{number}-{n}", awsRegion=f"eu-west-{n % 3}")
            for n in range(100)
        ]
        log(tmp_path / "logs" / f"{number % 4}" / f"{number}.json.gz", made)
    damaged = tmp_path / "logs" / "cut.json.gz"
    damaged.write_bytes(gzip.compress(b'{"Records":[' + b"{}," * 5)[:-9])
    one, made_of = built(tmp_path / "one", tmp_path / "logs")
    two, _ = built(tmp_path / "two", tmp_path / "logs", processes=2)
    out = tmp_path / "spark.jsonl"
    tool = [sys.executable, str(ROOT / "tools" / "spark.py")]
    subprocess.run([*tool, str(tmp_path / "logs"), "--out", str(out), "--parts", "4"], check=True, timeout=600)
    assert (one == two, one == out.read_bytes()) == (True, True)
    header = corpus.opened(out).header
    assert (header.events, header.damaged) == (made_of.numbers.events, made_of.numbers.damaged)
    assert header.events == 4000
    assert header.damaged > 0
