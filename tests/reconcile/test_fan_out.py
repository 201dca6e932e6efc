"""One account's trouble is a value, and nobody else's."""

from __future__ import annotations

import threading
import time

import pytest

from org.errors import Denied
from org.model.place import Place
from org.reconcile.fan_out import fan_out, reason


def _work(number: int) -> int:
    if number % 10 == 3:
        raise Denied(Place("123456789012", name="a"), "PutThing", "AccessDenied", "no", "auth-1")
    if number % 10 == 7:
        raise ZeroDivisionError("bug")
    return number * 2


def test_the_healthy_ones_are_all_done_in_order() -> None:
    done = list(fan_out(_work, range(100)))
    assert list(range(100)) == [number for number, _ in done]
    assert [n * 2 for n in range(100) if n % 10 not in (3, 7)] == [made for _, made in done if isinstance(made, int)]


def test_a_denied_call_is_named_with_place_and_authorization() -> None:
    ((_, error),) = fan_out(_work, [3])
    assert isinstance(error, Denied)
    assert ("PutThing in a (123456789012): AccessDenied: no", "auth-1") == reason(error)


def test_a_bug_in_one_account_is_a_value_too() -> None:
    ((_, error),) = fan_out(_work, [7])
    assert "ZeroDivisionError: bug" == str(error)


def test_nothing_to_do_is_nothing() -> None:
    assert [] == list(fan_out(_work, []))


def test_as_many_are_at_work_at_once_as_there_may_be_and_no_more() -> None:
    together = threading.Barrier(8, timeout=10)
    seen: set[str] = set()

    def meet(_: int) -> None:
        seen.add(threading.current_thread().name)
        together.wait()

    assert [None] * 32 == [done for _, done in fan_out(meet, range(32), width=8)]
    assert 8 == len(seen)


def test_who_interrupts_a_run_stops_it_before_the_next_place(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    first, go = threading.Event(), threading.Event()

    def slow(number: int) -> None:
        begun.append(number)
        first.set()
        go.wait(10)

    def interrupted(thread: threading.Thread) -> None:
        first.wait(10)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fan_out(slow, range(100), width=1)
    go.set()
    time.sleep(0.05)
    assert [0] == begun
