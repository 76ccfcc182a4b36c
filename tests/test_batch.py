"""Many documents analysed at once: what one at a time gives."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from whoosh.util.numeric import length_to_byte

from indexer.document import Document
from indexer.index.batch import invert_entries
from indexer.index.engine import IndexEntry
from indexer.index.formats import CompactPositions
from indexer.index.hosts import host_terms
from indexer.index.postings.inverted import Inverted
from indexer.index.ranking import ranking_parameters
from indexer.index.rows import Blobs, Rows
from indexer.index.schema import build_schema
from plain_rows import document_fields

RANKING = ranking_parameters()
PIECES = (
    *("钦州市人民政府", "国办发〔2009〕12号", "财政部令第98号", "公积金提取", "中国农业发展银行"),
    *("第三", "号", "十二", "年", "月", "三", "乾燥", "繁體中文網絡", "ＡＢＣ１２", "T恤衫"),
    *("usb key", "の", "é", "，", "。", "\n", " ", "　", "\t", "_", "-", "(", "〇", "々", "\uffff"),
    *("\u200b", "𠀀", "0", "一"),
)
TEXT = st.lists(
    st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]), max_size=40
).map("".join)
TITLE = TEXT.filter(lambda text: bool(text.strip()))
GUIDE = {
    "materials": [{"name": "身份证", "note": "原件一份"}],
    "conditions": "在钦州市缴存公积金",
    "telephone": "0777-12345",
}
ATTACHED = st.builds(
    Document, url=st.sampled_from(["http://a.cn/1.pdf", "http://a.cn/2.doc"]), title=TITLE,
    text=TEXT, filetype=st.just("pdf"),
)  # fmt: skip
DOCUMENT = st.builds(
    Document,
    url=st.sampled_from(
        ["http://www.qinzhou.gov.cn/a", "https://b.cn:8080", "http://[1", "ftp://a.cn/b", "x", "http:///"]
    ),
    title=TITLE,
    text=TEXT | TEXT.map(lambda text: text * 40),
    site=st.sampled_from(["", "law"]),
    column=st.none() | TEXT,
    source=st.none() | TEXT,
    document_number=st.none() | st.sampled_from(["钦政发〔2009〕12号", "国务院令第5号", "无"]),
    published=st.none() | st.dates(),
    keywords=st.lists(TEXT, max_size=2).map(tuple),
    description=st.none() | TEXT,
    effect=st.none() | st.sampled_from(["in_force", "repealed"]),
    service=st.none() | st.just(GUIDE),
)  # fmt: skip
ENTRY = st.builds(
    IndexEntry,
    DOCUMENT,
    attachments=st.lists(ATTACHED, max_size=2).map(tuple),
    digest=st.sampled_from(["", "0a"]),
    cluster=st.integers(-(2**63), 2**63 - 1),
    place=st.integers(0, 9),
)

LEAD = RANKING.lead_characters

Found = dict[tuple[str, bytes, int], tuple[float, list[int]]]
"""Weight and positions by field, term and document."""


def test_a_batch_has_the_postings_of_its_documents() -> None:
    first = Document(url="http://a.cn/1", title="公积金", text="提取公积金。")
    second = Document(url="http://a.cn/2", title="通知", text="")
    inverted, _rows = invert_entries([IndexEntry(first), IndexEntry(second)], RANKING)
    found = postings(inverted)
    assert found["title", "公积金".encode(), 0] == (1, [0])
    # Twice the weight in the title, once and half as much again at the beginning of the text.
    assert found["content", "公积金".encode(), 0] == (2 + 1 + 0.5, [0, 3 + 100 + 100 + 2])
    assert found["key", b"http://a.cn/2", 1] == (1, [])
    assert ("content", "公积金".encode(), 1) not in found


@settings(deadline=None)
@given(st.lists(ENTRY, max_size=4))
@example([])
@example([IndexEntry(Document(url="x", title="_"))])
@example([IndexEntry(Document(url="x", title="三", text="号 文"))])
@example([IndexEntry(Document(url="x", title="财政部令第三", text="号\n三月"))])
@example([IndexEntry(Document(url="x", title="标准", text="公" * (LEAD - 2) + "GB2312"))])
def test_many_at_once_are_indexed_as_one_at_a_time(entries: list[IndexEntry]) -> None:
    inverted, rows = invert_entries(entries, RANKING)
    plain = [document_fields(entry, RANKING) for entry in entries]
    assert postings(inverted) == plain_postings(plain)
    check_order(inverted)
    check_rows(rows, plain)


def postings(inverted: Inverted) -> Found:
    """All postings of an index."""
    found: Found = {}
    begin = 0
    for field in inverted.field_names:
        for ordinal in range(*inverted.field_range(field)):
            base, start = int(inverted.position_starts[ordinal]), 0
            for at in range(begin, int(inverted.posting_ends[ordinal])):
                end = int(inverted.position_ends[at])
                places = inverted.positions[base + start : base + end].tolist()
                number, start = int(inverted.numbers[at]), end
                found[field, inverted.term(ordinal), number] = float(inverted.weights[at]), places
            assert base + start == inverted.position_starts[ordinal + 1]
            begin = int(inverted.posting_ends[ordinal])
    return found


def plain_postings(rows: list[dict[str, Any]]) -> Found:
    """All postings that Whoosh would write for rows."""
    schema, found = build_schema(), {}
    decode = CompactPositions().decode_positions
    for number, row in enumerate(rows):
        for field, value in row.items():
            if schema[field].indexed:
                for term, _frequency, weight, places in schema[field].index(value):
                    weighed = float(np.float32(weight))
                    found[field, term, number] = weighed, decode(places) if places else []
    return found


def check_order(inverted: Inverted) -> None:
    """Fields, terms and documents ascend."""
    assert list(inverted.field_names) == sorted(inverted.field_names)
    assert len(inverted.field_ends) == len(inverted.field_names)
    assert (np.diff(inverted.posting_ends, prepend=0) > 0).all(), "a term without documents"
    start = 0
    for field in inverted.field_names:
        terms = [term for term, _count in inverted.terms_of(field)]
        assert terms == sorted(set(terms))
    for end in inverted.posting_ends.tolist():
        assert (np.diff(inverted.numbers[start:end]) > 0).all()
        start = end
    assert inverted.position_starts[-1] == len(inverted.positions)


def check_rows(rows: Rows, plain: list[dict[str, Any]]) -> None:
    """Columns and stored fields are those of the plain rows."""
    assert rows.documents == len(plain)
    for name, column in rows.numeric.items():
        assert column.tolist() == [row.get(name, 0) for row in plain], name
    for name, blobs in rows.blobs.items():
        wanted = [row[name] for row in plain]
        encoded = [value if isinstance(value, bytes) else value.encode() for value in wanted]
        assert list(each(blobs)) == encoded, name
    stored = [pickle.loads(zlib.decompress(one)) for one in each(rows.stored)]  # noqa: S301
    assert stored == [{name: row[name] for name in ("attachments", "record")} for row in plain]
    fields = [name for name, field in build_schema().items() if field.scorable]
    for name in fields:
        lengths = [sum(posting[1] for posting in row.get(name, ())) for row in plain]
        assert rows.field_lengths.get(name, 0) == sum(lengths)
        if name in rows.length_bytes:
            assert rows.length_bytes[name].tolist() == [length_to_byte(one) for one in lengths]
        else:
            assert not any(lengths)


def each(blobs: Blobs) -> Iterator[bytes]:
    """The bytes of each document."""
    data, ends = blobs
    start = 0
    for end in ends.tolist():
        yield data[start:end].tobytes()
        start = end


def test_what_is_kept_is_of_the_columns_own_types() -> None:
    entry = IndexEntry(Document(url="x", title="y", published=date(2020, 1, 2)), cluster=-(2**63))
    _inverted, rows = invert_entries([entry], RANKING)
    assert rows.numeric["cluster"].dtype == np.int64
    assert {rows.numeric[name].dtype for name in rows.numeric if name != "cluster"} == {
        np.dtype(np.int32)
    }
    assert set(rows.blobs) == {"key", "digest", "name", "sounds", "passage"}


def test_long_documents_are_kept_compressed() -> None:
    text = "提取公积金要带身份证。" * 1000
    _inverted, rows = invert_entries([IndexEntry(Document(url="x", title="y", text=text))], RANKING)
    assert len(rows.stored[0]) < len(text.encode()) / 20


def test_lengths_are_rounded_as_whoosh_does_it() -> None:
    lengths = [0, 1, 2, 100, 1000, 106_373, 106_374, 10**7]
    texts = ["公，" * length for length in lengths[:-3]]
    entries = [IndexEntry(Document(url=str(n), title="_", text=t)) for n, t in enumerate(texts)]
    _inverted, rows = invert_entries(entries, RANKING)
    expected = [length_to_byte(length) for length in lengths[:-3]]
    assert rows.length_bytes["content"].tolist() == expected


@pytest.mark.parametrize("url", ["http://a.cn", "https://a.b.cn:80/x/y", "http://a.cn?b/c", "//a"])
def test_hosts_are_those_of_the_address(url: str) -> None:
    inverted, _rows = invert_entries([IndexEntry(Document(url=url, title="y"))], RANKING)
    hosts = sorted(term.encode() for term in host_terms(url))
    assert [term for term, _count in inverted.terms_of("host")] == hosts


def test_half_a_character_in_an_address_is_an_error() -> None:
    with pytest.raises(UnicodeEncodeError):
        invert_entries([IndexEntry(Document(url="http://a.cn/\ud800", title="y"))], RANKING)
