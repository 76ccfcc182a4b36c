"""The simulated portal with all its traits, crawled once: every reachable page is found exactly
once, and nothing off-limits is asked for (docs/crawling-traits.md lists the traits)."""

from __future__ import annotations

import itertools
from collections import Counter
from urllib.parse import urlsplit

import pytest

from simulated.crawled import CONCURRENT, CONTACT, complaints, trait_names, whole_portal
from simulated.trait import MAIN, Trait


def trait_named(name: str) -> Trait:
    """A trait of the portal that was crawled."""
    return next(trait for trait in whole_portal().portal.traits if trait.name == name)


@pytest.mark.parametrize("name", trait_names())
def test_trait(name: str) -> None:
    """Its pages are live, each asked for once, with their documents; pages that are not there
    are in the state they should be in; nothing else was asked for."""
    trait = trait_named(name)
    assert trait.expected.live or trait.expected.states or trait.expected.endless
    assert complaints(trait, whole_portal()) == []


def test_nothing_is_in_the_archive_that_belongs_to_no_trait() -> None:
    crawled = whole_portal()
    known = (crawled.portal.home, f"{crawled.portal.host(MAIN).origin}/sitemap.xml")
    strangers = [
        url
        for url in crawled.pages
        if url not in known and not any(trait.owns(url) for trait in crawled.portal.traits)
    ]
    assert [url for url in strangers if url not in _allowed_beside()] == []


def _allowed_beside() -> set[str]:
    return {url for trait in whole_portal().portal.traits for url in trait.expected.may_ask}


def test_every_title_is_found_once_or_as_often_as_it_is_published() -> None:
    crawled = whole_portal()
    published = Counter(
        title for trait in crawled.portal.traits for title in trait.expected.titles.values()
    )
    found = Counter(row.title for row in crawled.pages.values() if row.title in published)
    assert found == published


def test_the_report_counts_what_happened() -> None:
    crawled = whole_portal()
    expected: Counter[str] = Counter()
    for trait in crawled.portal.traits:
        expected += trait.expected.outcomes
    outcomes = Counter(crawled.report["outcomes"])
    # What has no end is counted by states below.
    for loose in ("new", "trap", "redirect", "failed_redirect_limit"):
        expected.pop(loose, None)
        outcomes.pop(loose, None)
    assert outcomes == expected
    states = Counter(row.state for row in crawled.pages.values())
    states["never_fetched"] = states.pop("known", 0)
    pages = crawled.report["pages"]
    assert {state: pages.get(state, 0) for state in states} == states
    assert pages["known"] == states.total()
    failed = {k.removeprefix("failed_"): n for k, n in outcomes.items() if k.startswith("failed_")}
    told = dict(crawled.report["failed"])
    told.pop("redirect_limit", None)
    assert told == failed


def test_the_report_counts_the_traffic() -> None:
    crawled = whole_portal()
    traffic = crawled.report["traffic"]
    assert traffic["requests"] == sum(crawled.requested.values())
    assert traffic["bytes_received"] > 500_000


def test_dead_links_are_told_with_the_pages_that_carry_them() -> None:
    trait = trait_named("dead-links")
    told = {entry["url"]: entry for entry in whole_portal().report["dead_links"]}
    entry = told[trait.url("410.html")]
    assert entry["status"] == 410
    carriers = {carrier["url"] for carrier in entry["carriers"]}
    assert carriers == {trait.url("a.html"), trait.url("b.html")}
    assert entry["carriers_total"] == 2
    assert {carrier["title"] for carrier in entry["carriers"]} == {
        trait.expected.titles[url] for url in carriers
    }


def test_pages_that_need_a_browser_are_told() -> None:
    assert whole_portal().report["needs_script"] == [trait_named("needs-script").url("index.html")]


def test_refused_redirects_are_told_with_their_targets() -> None:
    told = {entry["url"]: str(entry) for entry in whole_portal().report["refused_redirects"]}
    off, inside = trait_named("off-hosts"), trait_named("metadata")
    assert "hijacked.html" in told[off.url("jump.html")]
    assert "169.254.169.254" in told[inside.url("0.html")]
    assert len(told) == 7


def test_traps_are_told_with_what_was_left_out() -> None:
    traps = whole_portal().report["traps"]
    assert any("/calendar/" in trap["pattern"] for trap in traps)
    assert all(trap["skipped"] > 0 for trap in traps)
    assert not any("/long-list/" in trap["pattern"] for trap in traps)


# -- a good guest -------------------------------------------------------------------------


def test_hosts_that_are_not_ours_see_no_connection() -> None:
    assert whole_portal().portal.server.hosts["elsewhere"].connections == 0


def test_every_request_says_who_asks_and_how_to_reach_them() -> None:
    for host in whole_portal().portal.server.hosts.values():
        for request in host.requests:
            assert request.headers["user-agent"] == f"qzsearch/0.1 (+{CONTACT})"
            assert not {"authorization", "referer"} & set(request.headers)
            assert request.target.startswith("/"), "a method other than GET"


def test_no_host_gets_more_requests_at_once_than_agreed() -> None:
    at_once = {host.name: host.most_at_once for host in whole_portal().portal.server.hosts.values()}
    assert {name: n for name, n in at_once.items() if n > CONCURRENT} == {}
    assert at_once["slow"] > 1  # but it does not ask one by one either


def test_robots_txt_is_asked_for_first_and_once() -> None:
    crawled = whole_portal()
    for host in crawled.portal.server.hosts.values():
        if host.requests:
            assert host.targets[0] == "/robots.txt", host.name
    asked = {url: n for url, n in crawled.requested.items() if urlsplit(url).path == "/robots.txt"}
    asked.pop(f"{crawled.portal.host('robots500').origin}/robots.txt")  # may be tried again
    assert {url: n for url, n in asked.items() if n != 1} == {}


def test_the_pause_a_host_asks_for_is_kept() -> None:
    times = [request.at for request in trait_named("crawl-delay").host.requests]
    after_the_rules = times[1:]
    pauses = [later - sooner for sooner, later in itertools.pairwise(after_the_rules)]
    assert len(pauses) == 5
    # The server's clock runs beside the client's; on a busy machine it may look at a request
    # late, which makes one pause longer and the next one shorter.
    assert sum(pause > 0.27 for pause in pauses) >= len(pauses) - 1
