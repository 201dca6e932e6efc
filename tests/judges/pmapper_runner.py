"""Answers requests with the evaluator of PMapper, an outside program: JSON on standard input, JSON on standard output.

It runs in a process of its own with only its own packages in reach. PMapper 1.1.5 was written for Python 3.9, so the
names that `collections` lost since are lent to it.
"""

import collections
import collections.abc
import json
import sys
import time


def lent() -> None:
    """The names that PMapper expects in `collections` are there."""
    for name in ("Mapping", "MutableMapping", "Iterable", "Sequence"):
        setattr(collections, name, getattr(collections.abc, name))


def main() -> None:
    lent()
    from principalmapper.common.nodes import Node
    from principalmapper.common.policies import Policy
    from principalmapper.querying.query_interface import local_check_authorization_full

    asked = json.load(sys.stdin)
    scenario = asked["scenario"]

    def policy(number: int, document: dict) -> Policy:
        return Policy(f"arn:aws:iam::111122223333:policy/{number}", str(number), document)

    identity = [policy(number, document) for number, document in enumerate(scenario["identity_policies"])]
    levels = [[policy(number, document) for number, document in enumerate(level)] for level in scenario["scps"]]
    nodes: dict[str, Node] = {}

    def answer(request: dict) -> bool:
        arn = request["issuer"]
        node = nodes.get(arn)
        if node is None:
            node = nodes[arn] = Node(arn, "AROA", identity, None, {}, None, 0, False, False, None, False, None)
        return local_check_authorization_full(
            node,
            request["action"],
            request["resource"],
            request["context"] | {"aws:PrincipalArn": arn},
            service_control_policy_groups=levels,
        )

    answer(asked["requests"][0])
    started = time.process_time()
    answers = [answer(request) for request in asked["requests"]]
    print(json.dumps({"answers": answers, "seconds": time.process_time() - started}))


main()
