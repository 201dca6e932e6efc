"""What a terminal shows and a pipeline does not."""

from __future__ import annotations

import io
import subprocess
import sys
import time

import pytest

from org.cli import run
from org.cli._options import wants_colour
from org.cli._working import working


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_that_work_goes_on_and_no_trace_of_it_after(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("org.cli._working.FIRST", 0.01)
    with working("reading the organization"):
        time.sleep(0.2)
    assert "reading the organization ... 0 s" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_pipeline_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    with working("reading the organization"):
        time.sleep(0.01)
    assert "" == pipe.getvalue()


COLOURS = [
    ({}, True, True),
    ({}, False, False),
    ({"NO_COLOR": "1"}, True, False),
    ({"FORCE_COLOR": "1"}, False, True),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
]


@pytest.mark.parametrize(("variables", "terminal", "expected"), COLOURS)
def test_colour_is_for_terminals_that_want_it(
    variables: dict[str, str], terminal: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert expected == wants_colour(Terminal() if terminal else io.StringIO())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_the_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["completion", shell])
    assert "_ORG_COMPLETE" in capsys.readouterr().out


def test_completion_offers_the_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in {"_ORG_COMPLETE": "zsh_complete", "COMP_WORDS": "org pl", "COMP_CWORD": "1"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        run([])
    assert "plan" in capsys.readouterr().out.splitlines()


HEAVY = {
    "boto3",
    "botocore",
    "yaml",
    "jsonschema",
    "moto",
    "subprocess",
    "click.shell_completion",
    "importlib.metadata",
}


def test_the_list_of_commands_loads_nothing_heavy() -> None:
    program = "import sys; from org.cli import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert 0 == done.returncode
    assert set() == HEAVY & set(done.stderr.split())
    assert "plan" in done.stdout
