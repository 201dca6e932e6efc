"""What condensing CloudTrail's logs costs, from gzip to corpus, beside DuckDB's JSON reader and a Spark cluster.

`python benchmarks/replay.py [LOGS POLICIES [EVENTS]]`: events are grown from those in LOGS, with ids, times and
accounts of their own, or from the events of our tests; the calls in LOGS are decided by the SCPs in the folder
POLICIES. Speeds are events for each second of CPU, from the start of a program to its end.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from org.access.document import Document, document
from org.access.global_keys import GLOBAL_KEYS
from org.access.policies import Policies
from org.model.request import Layer
from org.replay import building, corpus
from org.replay.keys import ALWAYS, read_by
from org.replay.replaying import judged
from org.replay.side import Member, Side
from tests.replay.trail import event

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases" / "replay" / "normalised.jsonl"
ACCOUNTS, IN_A_FILE = 20, 200
SPEED_LIMIT, MEMORY_LIMIT, CERTAIN_LIMIT = 80_000, 200, 0.95
DUCK = ROOT / "build" / "duckdb"
SPARK = ROOT / "build" / "spark" / "bin" / "python"
FULL = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
FIELDS = {
    **dict.fromkeys(("eventSource", "eventName", "eventType", "awsRegion", "errorCode", "eventTime"), "VARCHAR"),
    **dict.fromkeys(("recipientAccountId", "vpcEndpointId"), "VARCHAR"),
    **dict.fromkeys(("requestParameters", "resources", "tlsDetails"), "JSON"),
    "userIdentity": dict.fromkeys(("type", "arn", "accountId", "invokedBy"), "VARCHAR") | {"sessionContext": "JSON"},
}
READERS = {
    "read_json": "SELECT unnest(Records) AS e FROM read_json('{files}', columns = {{Records: '{columns}'}}, {size})",
    "read_json_objects": "SELECT unnest(from_json(json -> '$.Records', '[{shape}]')) AS e"
    " FROM read_json_objects('{files}', format = 'unstructured', {size})",
}
GROUP = """
SET threads = 1; SET memory_limit = '1GB'; SET enable_progress_bar = false;
SELECT count(*), sum(n) FROM (SELECT count(*) AS n FROM ({reader})
  GROUP BY e.eventSource, e.eventName, e.eventType, e.awsRegion, e.errorCode, e.recipientAccountId, e.vpcEndpointId,
    e.requestParameters, e.resources, e.tlsDetails IS NULL, e.userIdentity)
"""
"""The first of our two steps, as far as DuckDB needs no functions for it: decode, and group by what policies see."""


@dataclass(frozen=True)
class Measured:
    """What one run cost, and what it made."""

    cpu: float
    wall: float
    memory: int
    content: bytes = b""


def records(folder: Path | None) -> list[dict[str, Any]]:
    """The events of plain log files, or of our tests."""
    if folder is None:
        cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
        return [
            event(one["source"], one["name"], one["who"], requestParameters=one.get("parameters"))
            | one.get("changes", {})
            for one in cases
        ]
    return [
        record for file in sorted(folder.rglob("*.json")) for record in json.loads(file.read_bytes()).get("Records", [])
    ]


def grown(folder: Path, found: list[dict[str, Any]], number: int) -> int:
    """That many events in files as CloudTrail lays them out; the size of all of them unzipped comes back."""
    chance = random.Random(7)
    texts = [(json.dumps(one, separators=(",", ":")), one) for one in found]
    accounts = [f"{chance.randrange(10**11, 10**12)}" for _ in range(ACCOUNTS)]
    size = 0
    for start in range(0, number, IN_A_FILE):
        account, day = chance.choice(accounts), chance.randrange(1, 31)
        made = [changed(*chance.choice(texts), account, day, chance) for _ in range(min(IN_A_FILE, number - start))]
        where = folder / "AWSLogs" / account / "CloudTrail" / "us-east-1" / "2026" / "11" / f"{day:02}"
        where.mkdir(parents=True, exist_ok=True)
        content = f'{{"Records":[{",".join(made)}]}}'.encode()
        size += len(content)
        name = f"{account}_CloudTrail_us-east-1_202611{day:02}T0000Z_{start:09}.json.gz"
        (where / name).write_bytes(gzip.compress(content, 6, mtime=0))
    return size


def changed(text: str, one: dict[str, Any], account: str, day: int, chance: random.Random) -> str:
    """The event with an id, a time and an account of its own."""
    moment = f"2026-11-{day:02}T{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}Z"
    name = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    text = text.replace(one["eventID"], name).replace(one["eventTime"], moment)
    return text.replace(one["recipientAccountId"], account)


def measured(command: list[str], out: Path | None = None, **environment: str) -> Measured:
    """A program run to its end, with the CPU of all it started, and the memory of the largest of them."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.DEVNULL, cwd=ROOT)
    largest = 0
    while process.poll() is None:
        largest = max(largest, memory(process.pid))
        time.sleep(0.02)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"failed: {command}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(cpu, time.monotonic() - begun, largest, out.read_bytes() if out else b"")


def memory(pid: int) -> int:
    """MB of the largest process among one and its children."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        children = [int(c) for t in Path(f"/proc/{pid}/task").iterdir() for c in (t / "children").read_text().split()]
    except (OSError, ValueError):
        return 0
    own = next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)
    return max([own, *map(memory, children)])


def with_duckdb(folder: Path, reader: str) -> tuple[Measured, str] | None:
    """The same logs read and grouped by DuckDB in one thread; None where it is not to be had."""
    if not DUCK.exists():
        command = [str(ROOT / ".venv/bin/uv"), "pip", "install", "-q", "--target", str(DUCK), "duckdb"]
        subprocess.run(command, check=False, capture_output=True)
    if not (DUCK / "duckdb").exists():
        return None
    text = READERS[reader].format(
        files=f"{folder}/**/*.json.gz",
        columns=f"STRUCT({columns(FIELDS)})[]",
        shape=json.dumps(FIELDS),
        size="maximum_object_size = 100000000",
    )
    asked = GROUP.format(reader=text)
    code = f"import duckdb, sys; print(duckdb.execute({asked!r}).fetchall(), file=open(sys.argv[1], 'w'))"
    said = folder.parent / "duckdb.txt"
    return measured([sys.executable, "-c", code, str(said)], PYTHONPATH=str(DUCK)), said.read_text().strip()


def columns(fields: dict[str, Any]) -> str:
    """The fields as DuckDB declares them."""
    return ", ".join(
        f"{name} {kind if isinstance(kind, str) else f'STRUCT({columns(kind)})'}" for name, kind in fields.items()
    )


def row(name: str, number: int, found: Measured, of: str) -> str:
    """One line of the table."""
    return f"{name:<28}{number / found.cpu:>12,.0f}{found.cpu:>9.1f}{found.wall:>9.1f}{found.memory:>9} {of}"


def speeds(folder: Path, number: int) -> bool:
    """The table of all engines; True where a limit is missed or a corpus is not the same."""
    logs, missed = folder / "logs", False
    print(f"{'':<28}{'events/CPU s':>12}{'CPU s':>9}{'wall s':>9}{'MB':>9}")
    whole = b""
    for processes in (1, 2):
        out = folder / f"{processes}.gz"
        command = [sys.executable, "-m", "org", "replay", str(logs), "--out", str(out), "--processes", str(processes)]
        found = measured(command, out)
        whole = whole or found.content
        same = "the same corpus" if found.content == whole and processes > 1 else f"{len(found.content):,} bytes"
        print(row(f"org replay, {processes} process(es)", number, found, same), flush=True)
        slow = processes == 1 and number / found.cpu < SPEED_LIMIT
        missed |= slow or found.memory > MEMORY_LIMIT or found.content != whole
    for reader in READERS:
        duck = with_duckdb(logs, reader)
        if duck is None:
            print("DuckDB is not to be had here")
        else:
            print(row(f"DuckDB, {reader}", number, duck[0], f"groups, events: {duck[1]}"), flush=True)
    if SPARK.exists():
        out = folder / "spark.gz"
        tool = [sys.executable, str(ROOT / "tools" / "spark.py"), str(logs), "--out", str(out), "--parts", "16"]
        found = measured(tool, out)
        same = "the same corpus" if found.content == whole else "ANOTHER CORPUS"
        print(row("Spark, master and 2 workers", number, found, same))
        missed |= found.content != whole
    else:
        print("Spark is not in build/spark: `make spark` puts it there")
    return missed


def policies(folder: Path) -> list[Document]:
    """The SCPs in a folder; what is no JSON or no policy is left out."""
    found = []
    for file in sorted(folder.rglob("*.json")):
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(content, dict) and "Statement" in content:
            found.append(document(Layer.SCP, file.stem, content))
    return found


def certainty(logs: Path, documents: list[Document], folder: Path) -> bool:
    """How many calls are decided for certain, with and without the rules of absence; True where they are too few."""
    kept = read_by(documents)
    building.build([str(logs)], folder / "kept.gz", kept)
    found = corpus.opened(folder / "kept.gz")
    calls = list(found.calls())
    every = frozenset(key.lower().replace("${}", "*") for key in GLOBAL_KEYS) - ALWAYS
    guessless = [
        replace(call, unknown=call.unknown | (every - set(call.context)), absent=frozenset()) for call in calls
    ]
    full = document(Layer.SCP, "FullAWSAccess", FULL)
    levels = tuple((full, *documents[start::4]) for start in range(4))
    alone = [((full, one),) for one in documents]
    together, without = share([levels], calls, kept), share([levels], guessless, kept)
    each, each_without = share(alone, calls, kept), share(alone, guessless, kept)
    begun = time.process_time()
    share([levels], calls, kept)
    print(
        f"{len(calls)} distinct calls, decided by {len(documents)} SCPs in {time.process_time() - begun:.2f} CPU s.\n"
        f"certain: {together:.1%} over four levels ({without:.1%} without the rules of absence), "
        f"{each:.1%} each policy by itself ({each_without:.1%})"
    )
    return min(together, each) < CERTAIN_LIMIT


def share(chains: list[Any], calls: list[Any], kept: Any) -> float:
    """The share of calls whose answer does not depend on anything, over some chains of SCPs."""
    accounts = {call.account: Member(call.account, "o-x/r-x/ou-x/") for call in calls if call.account}
    certain = number = 0
    for chain in chains:
        reach = dict.fromkeys(accounts, Policies(scps=chain, guardrails_only=True))
        found = judged(calls, kept, None, Side(reach.get, accounts, "o-x"))
        certain, number = certain + found.certain, number + found.calls
    return certain / number


def main() -> int:
    """Print both parts; 1 where a limit is missed."""
    logs, scps = (Path(sys.argv[1]), Path(sys.argv[2])) if len(sys.argv) > 2 else (None, None)
    number = int(sys.argv[3]) if len(sys.argv) > 3 else 400_000
    found = records(logs)
    assert importlib.util.find_spec("org") is not None
    folder = Path(tempfile.mkdtemp(prefix="org-replay-"))
    try:
        size = grown(folder / "logs", found, number)
        zipped = sum(file.stat().st_size for file in folder.rglob("*.gz"))
        print(f"{number:,} events, {IN_A_FILE} a file, {size / 1e6:,.0f} MB, zipped {zipped / 1e6:,.0f} MB")
        missed = speeds(folder, number)
        if logs and scps:
            missed |= certainty(logs, policies(scps), folder)
    finally:
        shutil.rmtree(folder)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
