"""A run of Ansible that changes secrets shows no value of one anywhere, however much it is asked to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_secret_values import CANARY, READS, plant

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.playbooks.conftest import Stage

pytestmark = pytest.mark.slow

BASELINE = "baseline: {s3-public-access: {}, parameters: {}, secrets-rotation: {owner_tags: [team]}}"


def test_no_value_is_read_or_shown_by_a_playbook(
    stage: Stage, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    text = stage.accounts.read_text(encoding="utf-8")
    assert "baseline: {s3-public-access: {}}" in text
    stage.accounts.write_text(text.replace("baseline: {s3-public-access: {}}", BASELINE), encoding="utf-8")
    plant(client, assume, stage.sandbox)
    report = stage.folder / "results.xml"
    variables = {"ORG_RESULTS_JUNIT": str(report), "ANSIBLE_LOG_PATH": str(stage.folder / "ansible.log")}
    for arguments in (["--check", "--diff", "-vvv"], ["-vvv"]):
        played = stage.play("baseline", *arguments, **variables)
        files = [path for path in stage.folder.rglob("*") if path.is_file()]
        written = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in files}
        assert "/shop/password" in written["results.xml"] + written["results.jsonl"] + played.said
        assert [] == [name for name, one in {**written, "output": played.said}.items() if CANARY in one]
        assert [] == [call.name for call in stage.sandbox.recorder.calls if call.operation in READS]
    assert "secretsmanager:TagResource" in stage.writes()
