"""What labels have got, as the record of :mod:`indexer.service`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from indexer import service_values as values
from indexer.extract import rules
from indexer.extract.guide.listing import Item
from indexer.extract.guide.reader import Content, Piece
from indexer.extract.guide.rows import Cell
from indexer.extract.tree import Tree
from indexer.service import FIELDS

Resolve = Callable[[str], str | None]
"""The absolute http(s) URL of an ``href``; None where it leads nowhere."""

_URL: Final = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w./?=&%#~:@!$+,;-]*[\w/=#])?", re.ASCII)
_MOST_LINES: Final = 1000
_BARE_NUMBER: Final = re.compile(r"\s*\d{1,3}\s*")
_PUNCTUATION: Final = " ，,；;：:。()（）[]【】"


def no_address(_href: str) -> None:
    """Resolves nothing: for guides whose links are not asked for."""


Links = list[tuple[str, str]]
"""Texts and absolute URLs."""


class Record:
    """Builds a guide's record; ``resolve`` makes the addresses of its links absolute."""

    def __init__(self, tree: Tree, resolve: Resolve) -> None:
        self._tree = tree
        self._resolve = resolve

    def build(
        self, fields: Mapping[str, Sequence[Content]], remarks: Mapping[str, str]
    ) -> dict[str, Any]:
        """The fields with a value, in the order of a guide."""
        found: dict[str, Any] = {
            key: self._value(key, contents[:_MOST_LINES]) for key, contents in fields.items()
        }
        self._limits(found, remarks)
        how = found.pop("online_url", None)
        if how:
            url, words = how
            found["online_url"] = url
            told = [*found.get("how", "").split("\n"), *words.split("\n")]
            found["how"] = "\n".join(dict.fromkeys(line for line in told if line))
        return {key: found[key] for key in FIELDS if found.get(key)}

    def _value(self, key: str, contents: Sequence[Content]) -> Any:
        form = FIELDS[key].form
        if form == "materials":
            return list(islice(self._materials(contents), values.MAX_ITEMS))
        if form == "steps":
            return self._steps(contents)
        if form == "forms":
            return self._forms(contents[: values.MAX_ITEMS])
        text = _text(contents)
        if form == "url":
            return self._online(contents[: values.MAX_ITEMS], text)
        return text

    def _limits(self, found: dict[str, Any], remarks: Mapping[str, str]) -> None:
        """Texts of time limits become objects; one that tells both limits is cut in two."""
        keys = {"法定": "legal_time_limit", "承诺": "promised_time_limit"}
        for key in keys.values():
            named, rest = values.named_limits(found.get(key) or "")
            if named:
                found[key] = rest
                for kind, words in named.items():
                    if keys[kind] == key or not found.get(keys[kind]):
                        found[keys[kind]] = words
        for key in keys.values():
            text = found.get(key)
            if text:
                if _BARE_NUMBER.fullmatch(text):  # 法定时限（工作日）: the unit is in the label
                    text = text.strip() + remarks.get(key, "")
                found[key] = values.time_limit(text)

    def _materials(self, contents: Sequence[Content]) -> Iterator[dict[str, Any]]:
        given = [self._listed(one) for one in contents if isinstance(one, Item)]
        pieces = _once(contents)
        links = self._links_by_line(pieces)
        lines = [
            _without_links(piece.text, found) for piece, found in zip(pieces, links, strict=True)
        ]
        for number, item in values.materials_of(lines, given[-1] if given else None):
            self._attach(item, links[number])
            given.append(item)
        seen: list[dict[str, Any]] = []
        for item in given:
            if item["name"] and item not in seen:
                seen.append(item)
                yield item

    def _links_by_line(self, pieces: Sequence[Piece]) -> list[Links]:
        """The links of each line: lines of one element share out its links in their order."""
        waiting: dict[int, Links] = {}
        found: list[Links] = []
        for number, piece in enumerate(pieces):
            if piece.element not in waiting:
                after = "".join(
                    _squeezed(other.text)
                    for other in pieces[number:]
                    if other.element == piece.element
                )
                links = self._links(piece.element)
                waiting[piece.element] = [link for link in links if link[0] in after]
            queue, line, mine = waiting[piece.element], _squeezed(piece.text), []
            while queue and queue[0][0] in line:
                mine.append(queue.pop(0))
                line = line.partition(mine[-1][0])[2]
            found.append(mine)
        return found

    def _listed(self, row: Item) -> dict[str, Any]:
        """One row of a table of materials."""
        item = values.material(_one_line(row.name))
        for column, cell in row.cells.items():
            text = _one_line(cell)
            number = values.whole_number(text.rstrip("份张套本"))
            if column in ("originals", "copies"):
                if number is not None:
                    item[column] = number
                else:
                    values.apply_detail(item, text)
            elif column == "quantity" and number is not None:
                item.setdefault("originals", number)
            elif column == "source" and not values.is_filler(text):
                values.add_note(item, f"来源：{text}")
            elif column == "note":
                values.add_note(item, "" if values.is_filler(text) else text)
            elif column in ("required", "quantity", "form"):
                values.apply_detail(item, text)
        for column in ("blank", "sample", "name", "note"):
            links = self._links(row.cells[column].element) if column in row.cells else []
            for text, url in links:
                is_sample = column == "sample" or bool(_samples().search(text))
                item.setdefault("sample_url" if is_sample else "blank_url", url)
        return item

    def _attach(self, item: dict[str, Any], links: Links) -> None:
        """Takes the links of a line into its material."""
        for text, url in links:
            item.setdefault("sample_url" if _samples().search(text) else "blank_url", url)

    def _steps(self, contents: Sequence[Content]) -> list[dict[str, str]]:
        found = []
        for one in contents:
            if isinstance(one, Item):
                step = {"name": values.without_number(_one_line(one.name))}
                rest = [_one_line(cell) for name, cell in one.cells.items() if name != "name"]
                text = "，".join(word for word in rest if not values.is_filler(word))
                found.append({**step, "text": text} if text else step)
        lines = [piece.text for piece in _once(contents)]
        return [*found, *values.steps("\n".join(lines))][: values.MAX_ITEMS]

    def _forms(self, contents: Sequence[Content]) -> list[dict[str, str]]:
        """The files to download, and the names of those without a link."""
        found: dict[str, dict[str, str]] = {}
        for one in contents:
            links = self._item_links(one) if isinstance(one, Item) else self._links(one.element)
            text = _one_line(one.name) if isinstance(one, Item) else one.text
            name = values.without_number(text)
            for label, url in links:
                if rules.pattern("service_guide", "nameless").fullmatch(label):
                    label = name if isinstance(one, Item) else _file_name(url) or label
                found.setdefault(url, {"name": label, "url": url})
            if not links and not values.is_filler(name):
                found.setdefault(name, {"name": name})
        return list(found.values())

    def _item_links(self, item: Item) -> Links:
        return [link for cell in item.cells.values() for link in self._links(cell.element)]

    def _online(self, contents: Sequence[Content], text: str) -> tuple[str, str]:
        """The address and the words around it, without those of the link itself."""
        links = [
            link for one in contents if isinstance(one, Piece) for link in self._links(one.element)
        ]
        written = _URL.search(text)
        url = links[0][1] if links else written.group() if written else ""
        words = _URL.sub("", text) if url else text
        for label, _ in links:
            words = words.replace(label, "", 1)
        return url, "\n".join(
            line for line in words.split("\n") if len(line.strip(_PUNCTUATION)) > 1
        )

    def _links(self, element: int) -> Links:
        """The links of an element that lead somewhere."""
        found = []
        for link in self._tree.elements[element].iter("a"):
            href = (link.get("href") or "").strip()
            url = self._resolve(href) if href and href[0] != "#" else None
            if url:
                text = "".join("".join(link.itertext()).split())
                found.append((text or (link.get("title") or "").strip() or _file_name(url), url))
        return found


def _samples() -> re.Pattern[str]:
    return rules.pattern("service_guide", "samples")


def _one_line(cell: Cell) -> str:
    return " ".join(cell.lines)


def _once(contents: Sequence[Content]) -> list[Piece]:
    """The lines, each once: real records repeat one paragraph up to four times."""
    return list({one.text: one for one in reversed(contents) if isinstance(one, Piece)}.values())[
        ::-1
    ]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _without_links(line: str, links: Links) -> str:
    """A line without the links at its end, unless it consists of links: 申请表　<a>下载</a>."""
    for text, _ in reversed(links):
        rest = line.rstrip(_PUNCTUATION).removesuffix(text)
        if len(values.without_number(rest).strip(_PUNCTUATION)) > 1 and rest != line:
            line = rest.rstrip(" 　、，")
    return line


def _text(contents: Sequence[Content]) -> str:
    lines = [
        " ".join(map(_one_line, one.cells.values())) if isinstance(one, Item) else one.text
        for one in contents
    ]
    text = "\n".join(dict.fromkeys(line for line in lines if line))[: values.MAX_TEXT]
    return "" if all(values.is_filler(line) for line in text.split("\n")) else text


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])
