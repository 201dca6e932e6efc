"""A Spark cluster on 127.0.0.1, a master and two workers, for as long as one job runs on it.

    python tools/spark.py PLACE... --out corpus.gz

`make spark` has put Spark into build/spark. Everything that is started here ends here, by its process id.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOME = ROOT / "build" / "spark"
LOCAL = "127.0.0.1"
WORKERS = 2
PATIENCE = 120
LIGHT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A short job on a small machine is over before Java's best compiler pays."""


def environment() -> dict[str, str]:
    """What makes every part of Spark use its own Python, and only this machine."""
    python = str(HOME / "bin" / "python")
    return os.environ | {
        "SPARK_HOME": str(spark_home()),
        "SPARK_LOCAL_IP": LOCAL,
        "SPARK_DAEMON_JAVA_OPTS": LIGHT,
        "PYSPARK_PYTHON": python,
        "PYSPARK_DRIVER_PYTHON": python,
        "PYTHONPATH": str(ROOT),
    }


def spark_home() -> Path:
    """The folder of the pyspark package."""
    found = sorted(HOME.glob("lib/python*/site-packages/pyspark/bin/spark-class"))
    if not found:
        sys.exit("there is no Spark in build/spark: run `make spark`")
    return found[0].parents[1]


@contextmanager
def started(name: str, *arguments: str, log: Path) -> Iterator[Path]:
    """A part of the cluster runs within this context, and writes to the log."""
    command = [str(spark_home() / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *arguments]
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=environment())
    try:
        yield log
    finally:
        process.terminate()
        process.wait()


def waited(log: Path, pattern: str) -> str:
    """What the log says of the pattern, as soon as it does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = re.search(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if found:
            return found[0]
        time.sleep(0.1)
    sys.exit(f"Spark did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of the master, with the workers registered."""
    with ExitStack() as stack:
        local = ("--host", LOCAL, "--port", "0", "--webui-port", "0")
        master = stack.enter_context(started("master.Master", *local, log=folder / "master.log"))
        address = waited(master, rf"spark://{LOCAL}:\d+")
        for number in range(WORKERS):
            work = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work{number}"))
            log = folder / f"worker{number}.log"
            worker = stack.enter_context(started("worker.Worker", *local, *work, address, log=log))
            waited(worker, "Successfully registered")
        yield address


def submit(address: str, arguments: list[str]) -> int:
    """The exit code of the job on the cluster."""
    settings = {
        "spark.driver.host": LOCAL,
        "spark.driver.bindAddress": LOCAL,
        "spark.ui.enabled": "false",
        "spark.driver.defaultJavaOptions": LIGHT,
        "spark.executor.defaultJavaOptions": LIGHT,
        "spark.executor.memory": "512m",
        "spark.executorEnv.PYTHONPATH": str(ROOT),
        "spark.log.level": "WARN",
    }
    options = [option for name, value in settings.items() for option in ("--conf", f"{name}={value}")]
    program = str(ROOT / "org" / "replay" / "spark.py")
    command = [str(spark_home() / "bin" / "spark-submit"), "--master", address, *options, program, *arguments]
    return subprocess.run(command, env=environment(), check=False).returncode


def main() -> int:
    """Run the job; its exit code."""
    with tempfile.TemporaryDirectory(prefix="org-spark-") as name, cluster(Path(name)) as address:
        return submit(address, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
