"""The further pages of a list, where no plain link leads to them.

拓尔思 and 开普云 write the paging by ``createPageHTML(…)``, others by variables and a script
that builds the addresses, or by a function that goes to page *n*. The names are data:
``rules/paging.yaml``. Nothing is executed.

The first page of a list gives the addresses of all, a further page only those of the next
and the last, so that the links of a list grow with its pages and not with their square.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from indexer.extract import hanweb, rules
from indexer.extract.addresses import LinkSet
from indexer.extract.script_links import unescaped

MAX_PAGES: Final = 2_000
"""More pages of one list than this are left out."""

_QUOTE: Final = "['\"]?"
_ARGUMENTS: Final = (
    rf"\s*\(\s*(?:(?P<div>['\"][\w#.-]{{1,60}}['\"])\s*,\s*)?{_QUOTE}(?P<count>\d{{1,6}}){_QUOTE}"
    rf"\s*,\s*{_QUOTE}(?P<current>\d{{1,6}}){_QUOTE}"
    rf"\s*,\s*['\"](?P<name>[\w./%-]{{1,100}})['\"]\s*,\s*['\"]\.?(?P<ending>\w{{1,8}})['\"]"
)
_JOINED: Final = re.compile(r"[\"']\s{0,20}\+\s{0,20}[\"']")
_NAMING: Final = re.compile(
    r"[_=/-][\"']\s{0,20}\+\s{0,20}\(?\s{0,5}([A-Za-z_$]\w{0,30})"
    r"(?:\s{0,5}[-+]\s{0,5}\d{1,2})?\s{0,5}\)?"
    r"(?:\s{0,20}\+\s{0,20}[\"']([\w.&=%?-]{0,80}))?"
)
_PREFIX: Final = re.compile(r"[\w./?&=%~:-]*$")
_PAGE_SUFFIX: Final = re.compile(r"\.(?:s?html?|jsp|aspx?|php|do)\b", re.IGNORECASE)
_FUNCTION: Final = re.compile(
    r"\bfunction\s{1,20}(\w{1,40})\s{0,20}\(\s{0,20}(\w{1,30})[^)]{0,100}\)\s{0,20}\{"
    r"(?=[^}]{0,600}?\blocation\b)"
)
_NUMBERED_FILE: Final = re.compile(r"(.*?)(?:_(\d{1,5}))?\.(s?html?)", re.IGNORECASE)


class Naming(NamedTuple):
    """How the pages of a list are called: what stands before and behind the number."""

    prefix: str
    suffix: str

    def address(self, number: int) -> str:
        """The address of the page with this number, as a page would write it."""
        return f"{self.prefix}{number}{self.suffix}"


@dataclass(frozen=True)
class Position:
    """Where a page stands in its list: how many pages there are, its index from 0, and the
    number that the second page bears in its name."""

    count: int
    index: int
    second: int


def read_paging(source: str, lowered: bytes, url: str, links: LinkSet) -> None:
    """Adds the further pages of a list to ``links``.

    ``source`` is the page's markup, ``lowered`` its bytes in lower case.
    """
    if any(name in lowered for name in _marks("paging_functions")):
        _add_written_pages(source, url, links)
    if any(name in lowered for name in _marks("count_variables")):
        _add_counted_pages(source, url, links)
    if b"function" in lowered and b"location" in lowered:
        _add_called_pages(source, links)
    if b"totalrecord" in lowered:
        hanweb.add_groups(source, links)


def is_further_page(source: str, url: str) -> bool:
    """Whether a call of ``createPageHTML`` says that a page is not the first of its list."""
    call = _call_pattern().search(source)
    if call is None:
        return False
    if _position_of(call, url).index > 0:
        return True
    # A directory's address says less than the script: 拓尔思 counts from 0.
    return not call["div"] and call["current"] != "0" and urlsplit(url).path.endswith("/")


@cache
def _marks(key: str) -> tuple[bytes, ...]:
    return tuple(name.partition("\\")[0].encode() for name in rules.entries("paging", key))


@cache
def _call_pattern() -> re.Pattern[str]:
    names = "|".join(rules.entries("paging", "paging_functions"))
    return re.compile(rf"\b(?:{names}){_ARGUMENTS}", re.IGNORECASE)


def _position_of(call: re.Match[str], url: str) -> Position:
    count, current = int(call["count"]), int(call["current"])
    if call["div"]:  # 开普云 names the element first and counts from 1
        return Position(count, max(0, current - 1), 2)
    own = _own_number(url, call["name"])
    if own is None and current >= 1:  # on the first page: this template counts from 1
        return Position(count, current - 1, 2)
    return Position(count, current, 2 if own == current + 1 > 1 else 1)


def _own_number(url: str, name: str) -> int | None:
    """The number in the name of a page of the list ``name``: 3 for ``index_3.html``."""
    own = urlsplit(url).path.rpartition("/")[2].partition(".")[0]
    number = own.removeprefix(f"{name}_")
    return int(number) if own != number and number.isdecimal() and len(number) <= 6 else None


def _add_written_pages(source: str, url: str, links: LinkSet) -> None:
    for call in _call_pattern().finditer(source):
        naming = Naming(f"{call['name']}_", f".{call['ending']}")
        _add_pages(naming, _position_of(call, url), links)


def _add_pages(naming: Naming, position: Position, links: LinkSet) -> None:
    last = min(position.count, MAX_PAGES) - 1
    indexes = list(range(1, last + 1))
    if position.index > 0:
        indexes = [n for n in indexes if n in (position.index + 1, last) and n > position.index]
    for index in indexes:
        links.add(naming.address(index - 1 + position.second))


def _add_counted_pages(source: str, url: str, links: LinkSet) -> None:
    """Pages told by variables: ``var countPage = 25`` with the naming in the script."""
    count = _variable(source, "count_variables")
    if count is None or count < 2:
        return
    current = _variable(source, "current_variables")
    naming = _naming_in(source)
    if naming is not None and naming.prefix.endswith("="):
        asked = _asked_page().search(url)
        index = int(asked.group(1)) - 1 if asked else (current or 1) - 1
        _add_pages(naming, Position(count, max(0, index), 2), links)
        return
    own_naming, own = _own_naming(url, count)
    naming = naming or own_naming
    if naming is None:
        return
    if own is None and current:  # the first page says 1: this template counts from 1
        _add_pages(naming, Position(count, current - 1, 2), links)
    else:
        # Without such a sign 拓尔思's way, index_1 for page 2, is the likelier one.
        _add_pages(naming, Position(count, own or current or 0, 1), links)


@cache
def _variable_pattern(key: str) -> re.Pattern[str]:
    names = "|".join(rules.entries("paging", key))
    return re.compile(
        rf"\b(?:{names})['\"]?\s{{0,20}}[=:]\s{{0,20}}['\"]?(\d{{1,6}})\b", re.IGNORECASE
    )


def _variable(source: str, key: str) -> int | None:
    found = _variable_pattern(key).search(source)
    return int(found.group(1)) if found else None


def _naming_in(source: str) -> Naming | None:
    """The naming that a script builds: ``"index_" + i + ".html"``."""
    code = _JOINED.sub("", unescaped(source))
    for found in _NAMING.finditer(code):
        begin = code[max(0, found.start() - 150) : found.start() + 1]
        prefix = _PREFIX.search(begin)
        suffix = found.group(2) or ""
        if prefix and (_PAGE_SUFFIX.match(suffix) or _asks_for_page(prefix.group())):
            return Naming(prefix.group().rpartition("href=")[2], suffix)
    return None


@cache
def _page_parameter() -> re.Pattern[str]:
    names = "|".join(rules.entries("paging", "page_parameters"))
    return re.compile(rf"[?&](?:{names})=$", re.IGNORECASE)


@cache
def _asked_page() -> re.Pattern[str]:
    names = "|".join(rules.entries("paging", "page_parameters"))
    return re.compile(rf"[?&](?:{names})=(\d{{1,6}})(?=&|$)", re.IGNORECASE)


def _asks_for_page(prefix: str) -> bool:
    return _page_parameter().search(prefix) is not None


def _own_naming(url: str, count: int) -> tuple[Naming | None, int | None]:
    """拓尔思's naming by the page's own file, and its number: ``index_1.html``, 1.

    A number beyond the list's pages is part of the name.
    """
    name = urlsplit(url).path.rpartition("/")[2] or "index.html"
    found = _NUMBERED_FILE.fullmatch(name)
    if not found:
        return None, None
    if found[2] and int(found[2]) <= count:
        return Naming(f"{found[1]}_", f".{found[3]}"), int(found[2])
    return Naming(f"{name.rpartition('.')[0]}_", f".{found[3]}"), None


def _add_called_pages(source: str, links: LinkSet) -> None:
    """Pages that ``javascript:goPage(3)`` goes to, where the function shows the address."""
    for found in _FUNCTION.finditer(source):
        name, argument = found.groups()
        body = _JOINED.sub("", unescaped(source[found.end() : found.end() + 800].partition("}")[0]))
        naming = _naming_for(body, argument)
        if naming is None:
            continue
        called = re.compile(rf"\b{name}\s{{0,5}}\(\s{{0,5}}['\"]?(\d{{1,5}})['\"]?\s{{0,5}}[,)]")
        numbers = dict.fromkeys(int(call.group(1)) for call in called.finditer(source))
        for number in list(numbers)[:MAX_PAGES]:
            links.add(naming.address(number))
        return  # one list function a page; more are menus


def _naming_for(body: str, argument: str) -> Naming | None:
    joined = re.compile(
        rf"[\"']([^\"'\s]{{1,300}})[\"']\s{{0,20}}\+\s{{0,20}}{re.escape(argument)}\b"
        r"(?:\s{0,20}\+\s{0,20}[\"']([^\"'\s]{0,200})[\"'])?\s{0,20}([;}\r\n]|$)"
    )
    found = joined.search(body)
    return Naming(found.group(1), found.group(2) or "") if found else None
