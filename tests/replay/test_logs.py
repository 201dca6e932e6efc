"""Where logs are found: folders as CloudTrail lays them out, links, S3, streams, and what is none."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from org.errors import OrgError
from org.replay import logs
from tests.replay.trail import built, event, log

if TYPE_CHECKING:
    from org.sandbox.serve import Sandbox

ROOT = Path(__file__).parents[2]
LAYOUT = "AWSLogs/o-aaaabbbbcc/111122223333/CloudTrail/eu-west-1/2026/11/02/111122223333_CloudTrail_x.json.gz"


def found(*places: Path) -> tuple[list[str], list[tuple[str, str]]]:
    told: list[tuple[str, str]] = []
    names = [name for name, _, _ in logs.listed(map(str, places), lambda *what: told.append(what))]
    return names, told


def test_logs_are_found_where_cloudtrail_puts_them_and_its_other_files_are_not(tmp_path: Path) -> None:
    wanted = [log(tmp_path / name, [event()]) for name in (LAYOUT, "plain.json", "lines.jsonl", "b/UPPER.JSON.GZ")]
    others = (
        LAYOUT.replace("CloudTrail/", "CloudTrail-Digest/", 1),
        LAYOUT.replace("CloudTrail/", "CloudTrail-Insight/", 1),
        "LICENSE",
        ".hidden.json",
        "_SUCCESS.json",
        "notes.txt",
    )
    for name in others:
        log(tmp_path / name, [event()])
    assert found(tmp_path) == (sorted(map(str, wanted)), [])


def test_names_are_in_the_order_of_s3_and_come_once(tmp_path: Path) -> None:
    names = ["a/1.json", "a-b/1.json", "a/b/1.json", "a.json", "ä.json", "Z.json"]
    for name in names:
        log(tmp_path / name, [event()])
    listed, _ = found(tmp_path, tmp_path / "a", tmp_path / "a.json")
    assert listed == sorted((f"{tmp_path}/{name}" for name in names), key=os.fsencode)


def test_a_file_that_is_named_is_read_whatever_its_name(tmp_path: Path) -> None:
    _, made = built(tmp_path, log(tmp_path / "LOGFILE", [event()]))
    assert made.numbers.events == 1


def test_links_that_lead_back_are_told_and_others_are_followed(tmp_path: Path) -> None:
    inside = log(tmp_path / "logs" / "a" / "1.json", [event()])
    outside = log(tmp_path / "other" / "2.json", [event()])
    (tmp_path / "logs" / "loop").symlink_to(tmp_path / "logs")
    (tmp_path / "logs" / "again").symlink_to(inside.parent)
    (tmp_path / "logs" / "same.json").symlink_to(inside)
    (tmp_path / "logs" / "elsewhere").symlink_to(outside.parent)
    (outside.parent / "back").symlink_to(outside.parent)
    (tmp_path / "logs" / "broken.json").symlink_to(tmp_path / "none")
    names, told = found(tmp_path / "logs")
    assert names == [str(inside), str(tmp_path / "logs" / "elsewhere" / "2.json")]
    assert sorted((Path(name).name, what) for name, what in told) == [
        ("again", logs.LOOP),
        ("back", logs.LOOP),
        ("broken.json", "cannot be read: No such file or directory"),
        ("loop", logs.LOOP),
        ("same.json", logs.LOOP),
    ]


def test_what_cannot_be_read_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    good = log(tmp_path / "good.json", [event()])
    (tmp_path / "bad.json").write_bytes(b"\x1f\x8bgarbage")
    (tmp_path / "cut.json.gz").write_bytes(gzip.compress(good.read_bytes())[:-20])
    (tmp_path / "wrong.json").write_text(json.dumps({"Records": [event(eventTime=5), event(eventTime="now"), event()]}))
    _, made = built(tmp_path, tmp_path, tmp_path / "none")
    told = {Path(one.file).name: one.what for one in made.numbers.damages}
    assert (made.numbers.events, sorted(told)) == (2, ["bad.json", "cut.json.gz", "none", "wrong.json"])
    assert told["none"] == "cannot be read: No such file or directory"
    assert made.numbers.damaged == 6


def test_a_corpus_among_the_logs_is_none_of_them(tmp_path: Path) -> None:
    log(tmp_path / "log.json", [event()])
    first, _ = built(tmp_path, tmp_path)
    content, made = built(tmp_path, tmp_path)
    assert (content, made.files, made.numbers.damaged) == (first, 1, 0)


def test_damages_of_one_kind_are_one_finding_with_the_first_place(tmp_path: Path) -> None:
    lines = [json.dumps(event()), "{", json.dumps(event()), "{}", "x"]
    (tmp_path / "log.jsonl").write_text("\n".join(lines))
    _, made = built(tmp_path, tmp_path / "log.jsonl")
    [one] = made.numbers.damages
    assert (one.what, one.line, one.column, one.times) == ("is not a CloudTrail event", 2, 1, 3)


def test_events_come_wrapped(tmp_path: Path) -> None:
    wrapped = [
        {"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": event()},
        {"Records": [event(), event()]},
        {"EventId": "1", "CloudTrailEvent": json.dumps(event())},
        {"EventId": "2", "CloudTrailEvent": "{"},
        {"detail": {"what": "else"}},
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, wrapped)))
    _, made = built(tmp_path, tmp_path / "log.jsonl")
    assert (made.numbers.events, made.numbers.damaged) == (4, 2)


def test_standard_input_is_read(tmp_path: Path) -> None:
    whole, _ = built(tmp_path, log(tmp_path / "log.json.gz", [event(), event("sqs", "ListQueues")]))
    out = tmp_path / "stdin.jsonl"
    code = "import sys; from org.cli import main; main()"
    with (tmp_path / "log.json.gz").open("rb") as file:
        subprocess.run(
            [sys.executable, "-c", code, "replay", "-", "--out", out], stdin=file, cwd=ROOT, check=True, text=True
        )
    assert out.read_bytes() == whole


def test_a_pipe_and_files_together_make_one_corpus(tmp_path: Path) -> None:
    whole, _ = built(tmp_path, log(tmp_path / "a.json", [event()]), log(tmp_path / "b.json", [event()]))
    pipe, write = os.pipe()
    with os.fdopen(write, "wb") as end:
        end.write((tmp_path / "b.json").read_bytes())
    content, made = built(tmp_path, tmp_path / "a.json", f"/dev/fd/{pipe}")
    os.close(pipe)
    assert (content, made.files) == (whole, 2)


@pytest.fixture
def bucket(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket in the sandbox with a log and a digest."""
    from org.aws.cloud import connect

    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    logs._cloud.cache_clear()
    cloud = connect()
    cloud.call("s3", "create_bucket", Bucket="replay-logs")
    for number in range(3):
        body = gzip.compress(json.dumps({"Records": [event(), event("sqs", "ListQueues")]}).encode())
        cloud.call("s3", "put_object", Bucket="replay-logs", Key=LAYOUT.replace("_x", f"_{number}"), Body=body)
    digest = LAYOUT.replace("CloudTrail/", "CloudTrail-Digest/", 1)
    cloud.call("s3", "put_object", Bucket="replay-logs", Key=digest, Body=b"{}")
    return "s3://replay-logs/AWSLogs"


def test_logs_in_s3_are_those_on_disk(tmp_path: Path, bucket: str) -> None:
    parts = [log(tmp_path / "logs" / f"{n}.json", [event(), event("sqs", "ListQueues")]) for n in range(3)]
    whole, _ = built(tmp_path, parts[0].parent)
    content, made = built(tmp_path, bucket)
    assert (content, made.files, made.numbers.damaged) == (whole, 3, 0)


def test_long_lists_of_s3_are_read_to_their_end(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = logs._cloud()
    whole = cloud.call
    monkeypatch.setattr(cloud, "call", lambda *names, **more: whole(*names, **more, MaxKeys=1))
    assert len(found(Path(bucket))[0]) == 0
    assert [name[-9:] for name, _, _ in logs.listed([bucket], lambda *_: None)] == [
        "0.json.gz",
        "1.json.gz",
        "2.json.gz",
    ]


def test_lists_of_s3_without_an_end_are_given_up(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = logs._cloud()
    whole = cloud.call

    def again(*names: str, **more: object) -> dict[str, object]:
        return {**whole(*names, **{**more, "StartAfter": ""}), "IsTruncated": True}

    monkeypatch.setattr(cloud, "call", again)
    with pytest.raises(OrgError, match="does not give it"):
        list(logs.listed([bucket], lambda *_: None))


def test_an_answer_of_s3_that_breaks_off_is_continued(
    tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from org.aws.log_files import LogFile

    class Breaking:
        def __init__(self, body: object) -> None:
            self._body, self._left = body, 2

        def read(self, number: int) -> bytes:
            self._left -= 1
            if self._left < 0:
                raise OSError("broken off")
            return self._body.read(min(number, 50))  # type: ignore[attr-defined]

    cloud = logs._cloud()
    whole = cloud.call
    asked: list[dict[str, object]] = []

    def call(service: str, operation: str, **parameters: object) -> dict[str, object]:
        asked.append(parameters)
        answer = whole(service, operation, **parameters)
        return {**answer, "Body": Breaking(answer["Body"])} if "Body" in answer else answer

    name = next(logs.listed([bucket], lambda *_: None))[0].removeprefix("s3://replay-logs/")
    content = whole("s3", "get_object", Bucket="replay-logs", Key=name)["Body"].read()
    monkeypatch.setattr(cloud, "call", call)
    file = LogFile(cloud, "replay-logs", name)
    assert b"".join(iter(lambda: file.read(1000), b"")) == content
    assert [one.get("Range") for one in asked[:3]] == [None, "bytes=100-", "bytes=200-"]


def test_a_bucket_that_is_not_there_ends_the_run(bucket: str, tmp_path: Path) -> None:
    from org.errors import Missing

    with pytest.raises(Missing):
        built(tmp_path, "s3://no-such-bucket/x")
