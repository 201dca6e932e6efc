"""What looking at secrets costs: a call a page, and one a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org import baseline
from tests.baseline import stage

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.sandbox.serve import Sandbox

COMPONENT = baseline.find()["secrets-rotation"]


@pytest.mark.parametrize(("secrets", "pages"), [(3, 1), (101, 2)])
def test_looking_costs_a_call_a_page_and_one_a_secret(secrets: int, pages: int, cloud: Cloud, sandbox: Sandbox) -> None:
    calls = [
        ["secretsmanager", "create_secret", {"Name": f"s{number}", "SecretString": "x"}] for number in range(secrets)
    ]
    stage.set_up(COMPONENT, cloud, calls)
    sandbox.recorder.clear()
    assert not stage.tried(
        COMPONENT, cloud, {"settings": {"after_days": None, "key": "alias/aws/secretsmanager"}}, apply=False
    ).failed
    asked = {
        name: count
        for (service, name), count in sandbox.recorder.counts().items()
        if service in ("secretsmanager", "kms")
    }
    assert {"ListSecrets": pages, "GetResourcePolicy": secrets} == asked


def test_replicas_cost_a_call_a_region_and_nothing_a_secret(cloud: Cloud, sandbox: Sandbox) -> None:
    calls = []
    for number in range(3):
        calls.append(["secretsmanager", "create_secret", {"Name": f"s{number}", "SecretString": "x"}])
        copied = {"SecretId": f"s{number}", "AddReplicaRegions": [{"Region": "us-east-1"}]}
        calls.append(["secretsmanager", "replicate_secret_to_regions", copied])
    stage.set_up(COMPONENT, cloud, calls)
    sandbox.recorder.clear()
    settings = {"after_days": None, "replica_regions": ["us-east-1"]}
    result = stage.tried(COMPONENT, cloud, {"settings": settings, "regions": [stage.HOME, "us-east-1"]}, apply=False)
    assert (False, ()) == (result.failed, result.changes)
    counts = sandbox.recorder.counts()
    assert (3, 3, 0) == tuple(
        counts["secretsmanager", name] for name in ("ListSecrets", "GetResourcePolicy", "DescribeSecret")
    )
