"""When a page is asked for again."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from indexer.archive import revisit

NOW = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)


def days_until(due: str) -> float:
    return (datetime.fromisoformat(due) - NOW) / timedelta(days=1)


@pytest.mark.parametrize(
    ("age_days", "rest_days"),
    [(0, 0), (4.9, 0), (5, 0.5), (10, 1), (100, 10), (600, 60), (6000, 60)],
)
def test_the_longer_a_page_stays_the_same_the_longer_it_rests(
    age_days: float, rest_days: float
) -> None:
    since = revisit.stamp(NOW - timedelta(days=age_days))
    assert days_until(revisit.next_due(since, NOW, 60)) == pytest.approx(rest_days, abs=1e-6)


def test_a_clock_that_went_wrong_lets_no_page_rest() -> None:
    assert days_until(revisit.next_due(revisit.stamp(NOW + timedelta(days=9)), NOW, 60)) == 0


@pytest.mark.parametrize(
    ("modified", "published", "since"),
    [
        (None, None, "2026-11-01T12:00"),
        ("Sat, 01 Aug 2026 00:00:00 GMT", None, "2026-08-01T00:00"),
        (None, "2026-08-02", "2026-08-01T16:00"),  # midnight in China
        ("Sat, 01 Aug 2026 00:00:00 GMT", "2026-09-02", "2026-09-01T16:00"),
        ("Fri, 01 Aug 2036 00:00:00 GMT", None, "2026-11-01T12:00"),  # a clock ahead
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, "2026-11-01T12:00"),  # no date at all
        ("yesterday", None, "2026-11-01T12:00"),
        ("Sat, 99 Aug 2026 00:00:00 GMT", "2026-08-02", "2026-08-01T16:00"),
    ],
)
def test_a_new_page_says_itself_how_old_it_is(
    modified: str | None, published: str | None, since: str
) -> None:
    headers = [("last-modified", modified)] if modified else []
    assert revisit.stable_since(headers, published, NOW).startswith(since)


@pytest.mark.parametrize(("misses", "days"), [(1, 2), (2, 4), (3, 8), (9, 60), (10**6, 60)])
def test_gone_pages_are_looked_at_less_and_less(misses: int, days: float) -> None:
    assert days_until(revisit.next_look_at_gone(misses, NOW, 60)) == days


def test_lists_and_home_pages_are_asked_for_in_every_run() -> None:
    assert revisit.is_asked_every_run("list")
    assert revisit.is_asked_every_run("home")
    assert not revisit.is_asked_every_run("article")
