"""Pages of at most twenty, some of them empty: a client that stops at an empty page must not pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from org.model.organization import Account, Organization
from org.sandbox.strict.paging import is_empty, position, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox

PAGED = [
    "list_accounts",
    "list_roots",
    "list_create_account_status",
    "list_aws_service_access_for_organization",
    "list_delegated_administrators",
]


def many(count: int) -> Organization:
    management = Account("m", "acme", "aws@acme.example", ou=None, management=True)
    members = (Account(f"a{n}", f"account-{n}", f"aws+{n}@acme.example") for n in range(count - 1))
    return Organization(accounts=(management, *members))


def pages(client: Any, **parameters: Any) -> list[int]:
    sizes, following = [], {}
    while True:
        answer = client.list_accounts(**parameters, **following)
        sizes.append(len(answer["Accounts"]))
        if "NextToken" not in answer:
            return sizes
        following = {"NextToken": answer["NextToken"]}


def test_every_account_is_on_one_page(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.reset(many(45))
    listed = [
        account["Id"]
        for page in client("organizations").get_paginator("list_accounts").paginate()
        for account in page["Accounts"]
    ]
    assert sandbox.world.realm is not None
    assert list(sandbox.world.realm.accounts) == listed


def test_some_pages_are_empty_and_no_page_is_larger_than_twenty(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.reset(many(205))
    sizes = pages(client("organizations"))
    assert [20] * 10 + [5] == [size for size in sizes if size]
    assert 2 <= sizes.count(0) <= 3


def test_empty_pages_can_be_switched_off(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.reset(many(45), empty_pages=0)
    assert [20, 20, 5] == pages(client("organizations"))
    assert [7, 7, 7, 7, 7, 7, 3] == pages(client("organizations"), MaxResults=7)


def test_a_full_last_page_has_no_token(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.reset(many(40), empty_pages=0)
    assert [20, 20] == pages(client("organizations"))


def test_a_client_that_stops_at_an_empty_page_misses_accounts_somewhere(
    sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    first_pages = []
    for seed in range(12):
        sandbox.reset(many(3), seed=seed)
        assert sandbox.world.realm is not None
        answer = client("organizations").list_accounts_for_parent(ParentId=sandbox.world.realm.root.id)
        first_pages.append(len(answer["Accounts"]))
    assert {0, 3} == set(first_pages)


def test_the_same_calls_see_the_same_pages(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    found = []
    for _ in range(2):
        sandbox.reset(many(85), seed=3)
        found.append(pages(client("organizations")))
    assert found[0] == found[1]


@pytest.mark.parametrize("operation", PAGED)
def test_a_token_of_another_listing_is_refused(operation: str, sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.reset(many(45), empty_pages=0)
    organizations = client("organizations")
    other = organizations.list_accounts_for_parent(ParentId=organizations.list_roots()["Roots"][0]["Id"])["NextToken"]
    with pytest.raises(organizations.exceptions.InvalidInputException):
        getattr(organizations, operation)(NextToken=other)


@given(st.integers(0, 2**32 - 1), st.integers(0, 100), st.integers(2, 9))
@settings(max_examples=200, deadline=None)
def test_two_pages_in_a_row_are_never_empty(listing: int, number: int, every: int) -> None:
    assert not (is_empty(every, listing, number) and is_empty(every, listing, number + 1))


@given(st.integers(0, 2**32 - 1), st.integers(0, 10**5), st.integers(0, 10**4))
@settings(max_examples=100, deadline=None)
def test_a_token_brings_back_its_place(listing: int, offset: int, number: int) -> None:
    assert (offset, number) == position(token(listing, offset, number), listing)
