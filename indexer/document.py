"""The one document type that travels from extraction to the person who searches.

Extraction makes it, the archive keeps it, the index stores it, the API shows it,
``export`` writes it and ``import`` reads it. The field names are those of the search API.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from typing import Any, Final, NamedTuple

from indexer.service import ServiceError, validate_service

DOCUMENT_TYPES: Final[dict[str, str]] = {
    "service": "办事指南",
    "policy": "政策文件",
    "interpretation": "政策解读",
    "news": "新闻动态",
    "announcement": "公告公示",
    "interaction": "互动交流",
    "download": "表格下载",
    "other": "其他",
}
"""Every document type with the name it has on the search page, in the order of the tabs."""

EFFECTS: Final[dict[str, str]] = {
    "in_force": "有效",
    "amended": "已修改",
    "repealed": "已废止",
    "expired": "已失效",
}
"""有效性: whether an official document is in force, with the words the search page shows."""

SITE_PATTERN: Final = r"[a-z0-9][a-z0-9_-]{0,39}"
"""What names a site, in the configuration, in documents and in URLs of the API."""


class DocumentError(ValueError):
    """A record that is no document: names the field and what it takes."""


class Image(NamedTuple):
    """A picture of an article: absolute URL and what its caption or alternative text says."""

    url: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """One findable thing: a page, a service guide, an attachment, or a part of a gazette.

    ``url`` is the canonical URL and the document's key; that of a part has a fragment.
    ``text`` is plain text, paragraphs separated by newlines. Three days are kept apart, in
    the publisher's time zone: ``signed`` (成文), ``published`` (发布) and ``effective``
    (实施); ``expires`` is the day of 废止 or 失效. ``effect`` is a key of :data:`EFFECTS`.
    ``issuer`` (发文机关), ``index_number`` (索引号) and ``topic`` (主题分类) come from the
    公开目录. ``issue`` names the gazette issue a part stands in. ``parent`` is the URL of the
    page an attachment hangs on, or of a part's issue. ``service`` holds a service guide's
    fields: see :mod:`indexer.service`.
    """

    url: str
    title: str
    text: str = ""
    site: str = ""
    type: str = "other"
    column: str | None = None
    source: str | None = None
    document_number: str | None = None
    published: date | None = None
    filetype: str = "html"
    keywords: tuple[str, ...] = ()
    description: str | None = None
    parent: str | None = None
    signed: date | None = None
    effective: date | None = None
    expires: date | None = None
    effect: str | None = None
    issuer: str | None = None
    index_number: str | None = None
    topic: str | None = None
    issue: str | None = None
    images: tuple[Image, ...] = ()
    service: Mapping[str, Any] | None = field(default=None, hash=False)

    def to_record(self) -> dict[str, Any]:
        """The document as a JSON object; fields without a value are left out."""
        values = vars(self).items()  # fields in their order
        record = {name: value for name, value in values if value or name in _KEPT_EMPTY}
        for name in _DAYS & record.keys():
            record[name] = record[name].isoformat()
        if self.keywords:
            record["keywords"] = list(self.keywords)
        if self.images:
            record["images"] = [image._asdict() for image in self.images]
        if self.service is not None:
            record["service"] = dict(self.service)
        else:
            del record["service"]
        return record

    def to_json(self) -> bytes:
        """:meth:`to_record` as it is kept: JSON in UTF-8."""
        return _JSON(self.to_record()).encode("utf-8", "surrogatepass")

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Document:
        """The inverse of :meth:`to_record`; unknown names are ignored.

        Raises:
            DocumentError: a required field is missing or a value has the wrong form.
        """
        values = {
            name: value for name, value in record.items() if value is not None and name in _BLANK
        }
        for name in ("url", "title"):
            if not isinstance(values.get(name), str) or not values[name].strip():
                raise DocumentError(f"{name}: required, a non-empty string")
        for name, value in values.items():
            if not isinstance(value, str) and name in _TEXT_FIELDS:
                raise DocumentError(f"{name}: takes a string, not {value!r}")
        for name, form in _FORMS.items():
            if values.get(name) and not form.pattern.fullmatch(values[name]):
                raise DocumentError(f"{name}: takes {form.told}, not {values[name]!r}")
        if values.get("type", "other") not in DOCUMENT_TYPES:
            accepted = ", ".join(DOCUMENT_TYPES)
            raise DocumentError(f"type: {values['type']!r} is none of {accepted}")
        if values.get("effect") is not None and values["effect"] not in EFFECTS:
            raise DocumentError(f"effect: {values['effect']!r} is none of {', '.join(EFFECTS)}")
        for name in _DAYS & values.keys():
            values[name] = _read_day(name, values[name])
        if "images" in values:
            values["images"] = _read_images(values["images"])
        if "keywords" in values:
            values["keywords"] = _read_keywords(values["keywords"])
        if "service" in values:
            try:
                values["service"] = validate_service(values["service"])
            except ServiceError as error:
                raise DocumentError(str(error)) from None
        # As __init__ does it, in a third of the time: a frozen one sets field by field.
        document = object.__new__(cls)
        vars(document).update(_BLANK, **values)
        return document

    @classmethod
    def from_json(cls, packed: bytes) -> Document:
        """The inverse of :meth:`to_json`; raises like :meth:`from_record`."""
        return cls.from_record(json.loads(packed.decode("utf-8", "surrogatepass")))

    def digest(self) -> str:
        """A hash over everything the index shows: equal digests need no write."""
        return digest_of(self.to_json())

    def fingerprint(self) -> str:
        """A hash over what a reader reads: equal for one article in several columns.

        Of a document without text (a scanned attachment called 附件1) nothing is known that
        could be compared: it equals no other.
        """
        words = "".join((self.title + "\0" + (self.text.strip() or self.url)).split())
        return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def with_(self, **changes: Any) -> Document:
        """A copy with some fields changed."""
        return replace(self, **changes)


def digest_of(packed: bytes) -> str:
    """:meth:`Document.digest` from :meth:`Document.to_json`."""
    return hashlib.blake2b(packed, digest_size=16).hexdigest()


_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode
_KEPT_EMPTY: Final = {"text", "service"}
_BLANK: Final = {
    spec.name: None if spec.default is MISSING else spec.default for spec in fields(Document)
}
"""Every field with its default, in their order."""


@dataclass(frozen=True)
class _Form:
    pattern: re.Pattern[str]
    told: str


_FORMS: Final = {
    "site": _Form(re.compile(SITE_PATTERN), "small letters, digits, '_' and '-', at most 40"),
    "filetype": _Form(re.compile(r"[a-z0-9]{1,10}"), "a file name's ending such as pdf"),
}
_DAYS: Final = {"published", "signed", "effective", "expires"}
_TEXT_FIELDS: Final = set(_BLANK) - _DAYS - {"keywords", "images", "service"}

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:$|[T ])")
"""A day, or a timestamp, of which the day is taken."""


def _read_day(name: str, value: object) -> date:
    if isinstance(value, str) and _DAY.match(value):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            pass
    raise DocumentError(f"{name}: takes a day as YYYY-MM-DD, not {value!r}")


def _read_keywords(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)) and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise DocumentError(f"keywords: takes a list of strings, not {value!r}")


def _read_images(value: object) -> tuple[Image, ...]:
    if isinstance(value, (list, tuple)):
        images = [
            Image(one["url"], one.get("caption", ""))
            for one in value
            if isinstance(one, Mapping) and isinstance(one.get("url"), str)
        ]
        if len(images) == len(value) and all(isinstance(image.caption, str) for image in images):
            return tuple(images)
    raise DocumentError(f"images: takes a list of objects with url and caption, not {value!r}")
