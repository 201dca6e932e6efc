"""What holds for any events: their order, the files they are in and who reads them do not matter."""

from __future__ import annotations

import json
import random  # noqa: TC003 - hypothesis looks at the annotation
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from org.replay import building, condensing, corpus, runs
from org.replay.runs import Tally, added
from tests.replay.trail import IDENTITIES, built, event, log

NAMES = [
    ("s3", "GetObject", {"bucketName": "b", "key": "k"}),
    ("s3", "ListBuckets", None),
    ("ec2", "TerminateInstances", {"instancesSet": {"items": [{"instanceId": "i-0aaaaaaaaaaaaaaaa"}]}}),
    ("sts", "AssumeRole", {"roleArn": "arn:aws:iam::444455556666:role/x"}),
    ("kms", "Decrypt", None),
]
ERRORS = [None, None, None, "AccessDenied", "Throttling"]


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    source, name, parameters = draw(st.sampled_from(NAMES))
    return event(
        source,
        name,
        draw(st.sampled_from(sorted(IDENTITIES))),
        requestParameters=parameters,
        errorCode=draw(st.sampled_from(ERRORS)),
        eventTime=f"2026-11-0{draw(st.integers(1, 9))}T09:30:0{draw(st.integers(0, 9))}Z",
        eventID=f"id-{draw(st.integers(0, 99))}",
    )


def corpus_of(parts: list[list[dict[str, Any]]], processes: int = 1) -> bytes:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number, part in enumerate(parts):
            log(folder / "logs" / f"{number}.json.gz", part)
        return built(folder, folder / "logs", processes=processes)[0]


@settings(max_examples=25)
@given(st.lists(events(), min_size=1, max_size=30), st.integers(1, 5), st.randoms(use_true_random=False))
def test_order_and_files_do_not_matter(made: list[dict[str, Any]], number: int, chance: random.Random) -> None:
    whole = corpus_of([made])
    chance.shuffle(made)
    assert whole == corpus_of([made[start::number] for start in range(number)])


@settings(max_examples=20)
@given(st.lists(events(), min_size=2, max_size=30), st.integers(1, 20))
def test_a_sum_of_corpora_is_the_corpus_of_all(made: list[dict[str, Any]], cut: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for part, some in (("a", made[:cut]), ("b", made[cut:] or made[:1])):
            built(folder / part, log(folder / part / "log.json", some))
        out = folder / "sum.jsonl"
        assert [] == corpus.merge([folder / part / "corpus.jsonl" for part in "ab"], out)
        both = made if made[cut:] else [*made, made[0]]
        assert out.read_bytes() == corpus_of([both])


@settings(max_examples=10)
@given(st.lists(events(), min_size=1, max_size=20))
def test_what_goes_to_disk_is_what_stays_in_memory(made: list[dict[str, Any]]) -> None:
    whole = corpus_of([made])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(condensing, "MOST_SIGNATURES", 1)
        patch.setattr(condensing, "MOST_BYTES", 0)
        patch.setattr(building, "BATCH_FILES", 1)
        patch.setattr(building, "TOGETHER", 2)
        assert whole == corpus_of([[one] for one in made])


def test_other_processes_make_the_same_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "BATCH_FILES", 2)
    made = [event(*NAMES[number % 3][:2], requestParameters=NAMES[number % 3][2]) for number in range(60)]
    parts = [made[start::12] for start in range(12)]
    assert corpus_of(parts) == corpus_of(parts, processes=2)


tallies = st.tuples(
    st.integers(1, 9), st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from(["", "1", "2"])
).map(lambda one: (one[0], one[1], max(one[1], one[2]), one[3]))


@given(tallies, tallies, tallies)
def test_tallies_add_up_in_any_order(one: Tally, two: Tally, three: Tally) -> None:
    assert added(one, two) == added(two, one)
    assert added(added(one, two), three) == added(one, added(two, three))


def test_the_sample_is_the_first_event_and_of_several_the_least_id(tmp_path: Path) -> None:
    made = [event(eventTime=f"2026-11-0{day}T00:00:00Z", eventID=name) for day, name in ((3, "a"), (2, "c"), (2, "b"))]
    content, _ = built(tmp_path, log(tmp_path / "log.json", made))
    line = json.loads(content.splitlines()[1])
    assert (line["count"], line["first"], line["last"], line["event"]) == (
        3,
        "2026-11-02T00:00:00Z",
        "2026-11-03T00:00:00Z",
        "b",
    )


def test_a_run_reads_what_it_wrote(tmp_path: Path) -> None:
    entries = [(b'{"a":"\\t"}', (3, "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z", "")), (b"{}", (1, "a", "b", "c"))]
    runs.write(tmp_path / "run", entries, [("/a\udcff b", 1, "x")], runs.Totals(4, damaged=1))
    assert list(runs.entries(tmp_path / "run")) == entries
    assert list(runs.done(tmp_path / "run")) == [("/a\udcff b", 1, "x")]
    assert runs.totals(tmp_path / "run") == runs.Totals(4, damaged=1)
