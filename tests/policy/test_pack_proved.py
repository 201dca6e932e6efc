"""Packing is proved lossless: a comparison of the packed documents with the single ones finds no difference at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from org.access.document import document
from org.access.policies import Policies
from org.access.prove.compare import compare
from org.model.policy import PolicyType
from org.model.request import Layer
from org.policy.pack import pack
from tests.access.prove.mutations import FULL, SETTING
from tests.policy.test_bundles import NAMES, rendered
from tests.policy.test_shipped import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.model.policy import Policy

LAYERS = {Layer.SCP: PolicyType.SERVICE_CONTROL_POLICY, Layer.RCP: PolicyType.RESOURCE_CONTROL_POLICY}


def chain(found: Iterable[Policy]) -> Policies:
    """The policies on one place."""
    read = {
        layer: tuple(document(layer, one.name, json.loads(one.content)) for one in found if one.kind is kind)
        for layer, kind in LAYERS.items()
    }
    scps = (document(Layer.SCP, "FullAWSAccess", FULL), *read[Layer.SCP])
    return Policies(scps=(scps,), rcps=(read[Layer.RCP],), guardrails_only=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_packed_bundle_says_what_its_policies_say(name: str) -> None:
    single = rendered(name).policies
    packed = pack(single, always=True)
    assert () == compare(chain(single), chain(packed), SETTING)


def test_all_of_our_templates_packed_together_say_what_they_say_apart() -> None:
    single = [policy for name in LIBRARY.bundles for policy in rendered(name).policies]
    assert () == compare(chain(single), chain(pack(single, always=True)), SETTING)


def test_a_packed_document_that_lost_a_statement_is_told_apart() -> None:
    single = rendered("foundation").policies
    packed = pack(single, always=True)
    assert () != compare(chain(single), chain(packed[:-1]), SETTING)
