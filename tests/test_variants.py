"""One site at several origins, as the site itself redirects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.crawl.variants import Variants

OLD, NEW = "http://www.a.example", "https://a.example"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


def test_some_redirects_of_the_same_path_teach_it(archive: Archive) -> None:
    variants = Variants(archive, "a")
    for number in range(2):
        variants.redirected(f"{OLD}/{number}", f"{NEW}/{number}", is_start=False)
    assert variants.map(OLD + "/x?y=1") == OLD + "/x?y=1"
    variants.redirected(OLD + "/3", NEW + "/3", is_start=False)
    assert variants.map(OLD + "/x?y=1") == NEW + "/x?y=1"
    assert variants.map(NEW + "/x") == NEW + "/x"
    assert Variants(archive, "a").map(OLD + "/x") == NEW + "/x", "remembered"
    assert Variants(archive, "b").map(OLD + "/x") == OLD + "/x", "by site"


def test_the_start_page_teaches_it_alone(archive: Archive) -> None:
    variants = Variants(archive, "a")
    variants.redirected(OLD + "/", NEW + "/", is_start=True)
    assert variants.map(OLD + "/x") == NEW + "/x"


@pytest.mark.parametrize(
    "target", [NEW + "/other", "https://b.example/1", "http://www.a.example:81/1"]
)
def test_other_redirects_teach_nothing(archive: Archive, target: str) -> None:
    variants = Variants(archive, "a")
    variants.redirected(OLD + "/1", target, is_start=True)
    assert variants.map(OLD + "/x") == OLD + "/x"


def test_an_origin_that_answers_itself_again_is_believed(archive: Archive) -> None:
    variants = Variants(archive, "a")
    variants.redirected(OLD + "/", NEW + "/", is_start=True)
    variants.answered(OLD + "/")
    assert variants.map(OLD + "/x") == OLD + "/x"
    assert Variants(archive, "a").map(OLD + "/x") == OLD + "/x"


def test_of_two_origins_that_lead_to_each_other_the_latest_redirect_counts(
    archive: Archive,
) -> None:
    variants = Variants(archive, "a")
    variants.redirected(OLD + "/", NEW + "/", is_start=True)
    variants.redirected(NEW + "/", OLD + "/", is_start=True)
    for known in (variants, Variants(archive, "a")):
        assert known.map(NEW + "/x") == OLD + "/x"
        assert known.map(OLD + "/x") == OLD + "/x"
