"""What assistive technology relies on: labels, headings, landmarks; and an empty console."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

from test_api_support import DOCUMENTS, make_app, services_of
from test_page_search import open_page, text


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = make_app(tmp_path_factory.mktemp("structure"))
    yield app.test_client()
    services_of(app).close()


def test_every_control_has_a_label_and_headings_do_not_skip(client: FlaskClient) -> None:
    for address in ("/", "/search?q=公积金&from=2009-01-01", "/search?q=xyzzyq", "/admin/"):
        page = open_page(client, address)
        for field in page.select("input:not([type=hidden])"):
            own = page.select_one(f"label[for='{field.get('id')}']")
            labelled = field.find_parent("label") or own
            assert labelled is not None, (address, field)
        skip = page.select_one("a.skip")
        assert skip is not None
        assert page.select_one(str(skip["href"])) is not None
        levels = [int(heading.name[1]) for heading in page.find_all(["h1", "h2", "h3", "h4"])]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        identifiers = [str(element["id"]) for element in page.select("[id]")]
        assert len(identifiers) == len(set(identifiers))


def test_the_console_holds_no_data_before_a_token_is_entered(client: FlaskClient) -> None:
    page = open_page(client, "/admin/")
    assert page.select_one("input#token[type=password]") is not None
    assert page.select("#jobs > li") == []
    assert str(len(DOCUMENTS)) not in text(page, ".tiles")
