"""Values of a service guide out of the words of a page: materials, steps and time limits.

Every function takes text as it stands on the page, full-width digits and Chinese numerals
included, and gives what the text says; what it does not say is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from indexer.service_data import material_forms, material_nouns, words

MAX_ITEMS: Final = 200
"""Materials or steps in one guide; further ones are left out."""

MAX_TEXT: Final = 8000
"""Longer texts are cut here, in characters."""

_NUMERALS: Final = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")}
_NUMERALS.update({"两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5})
_N: Final = r"\d{1,4}|[零一二两三四五六七八九十百壹贰叁肆伍]{1,6}"
_LIMIT: Final = re.compile(
    rf"(?<![年月\d第])({_N})\s*个?\s*[(（]?\s*(?:(法定)?(工作日)|(?:个)?(自然日|日历日|日|天)(?!前|起))"
)
_NAMED_LIMIT: Final = re.compile(
    r"(法定|承诺)(?:办结|办理|审批)?(?:时限|期限|时间)?(?:为|是)?\s*[:：]?\s*(?=[\d一二三四五六七八九十即当立自])"
    r"([^，,；;。\n]*?(?:日[)）]?|天|办|月|结))(?=[，,；;。、\s)）]|$)"
)
_ENUMERATION: Final = re.compile(
    r"\s*(?:[①-⑳⑴-⒇❶-❿]|[(（]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[)）]"
    r"|\d{1,2}\s*(?:[、．)）]|[.](?!\d)|\s(?=[\u4e00-\u9fff《]))|[一二三四五六七八九十]{1,3}\s*、)"
    r"\s*[、.．]?\s*"
)
_ARROWS: Final = re.compile(r"\s*(?:[-—–=─]*[→⇒>＞➔➡]+|—{2,}|-{2,})\s*")
_STEP: Final = re.compile(r"^([^:：，。；]{2,12})[:：]\s*(.+)$", re.DOTALL)
_UNIT: Final = "[份张套本册幅寸]"
_KINDS: Final = "(?:" + "|".join(form.pattern for form, _, _ in material_forms()) + ")"
_KIND_LIST: Final = rf"{_KINDS}(?:\s*(?:和|及|与|或者?|以及|[、/＋+,，])?\s*{_KINDS})*"
_QUANTITY: Final = re.compile(
    rf"(?:提交|提供|交|收|验|留存)?\s*(?P<kinds>{_KIND_LIST})?\s*[:：]?\s*[(（]?\s*"
    rf"(?P<each>各|一式|均)*\s*(?P<number>{_N})\s*(?P<unit>{_UNIT})?\s*[)）]?"
)
_ONLY_KINDS: Final = re.compile(rf"[需须应]?(?:提交|提供|交|收|出具)?\s*(?P<kinds>{_KIND_LIST})\s*")
_TAIL_QUANTITY: Final = re.compile(
    rf"[,，、:：;；\s]*(?:{_KIND_LIST}\s*[:：]?\s*[(（]?\s*)?(?:各|一式|均)*(?:{_N})\s*{_UNIT}\s*[)）]?$"
)
_TAIL_KINDS: Final = re.compile(rf"(?<=[^\s的和及与或、])(?:的)?\s*({_KIND_LIST})$")
_TAIL_BRACKET: Final = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]{1,40})[)）\]】]$")
_END: Final = "。；;，,、. "
_CLAUSES: Final = re.compile(r"[,，;；。]\s*")
_GROUP: Final = re.compile(r"^[^，。；:：]{2,40}[:：]$")
_REMARK: Final = re.compile(
    r"^(?:备?注|说明|(?:温馨)?提示|注意)(?:事项)?\d?\s*[:：]|^(?:以上|上述)[^，。]{0,6}[料证件]"
)


def is_filler(text: str) -> bool:
    """Whether the text only says that there is nothing to say: 无, —, /."""
    return words("fillers").fullmatch(text.strip(" \t\n。.；;")) is not None or not text.strip()


def whole_number(text: str) -> int | None:
    """A number in digits of any width or in Chinese numerals up to 999; None for no number."""
    text = text.strip()
    if text.isdecimal():
        return int(text)
    total = current = 0
    for character in text:
        if character == "百":
            total, current = total + (current or 1) * 100, 0
        elif character == "十":
            total, current = total + (current or 1) * 10, 0
        elif character in _NUMERALS:
            current = _NUMERALS[character]
        else:
            return None
    return total + current if text else None


def time_limit(text: str) -> dict[str, Any]:
    """``{"text", "days", "unit"}``; the last two only where the text gives a number of days.

    ``unit`` is ``working_day`` (工作日) or ``day`` (日, 自然日). What is done at once (即办,
    当场办结) takes 0 working days. Of several numbers the first counts.
    """
    text = text.strip()[:MAX_TEXT]
    limit: dict[str, Any] = {"text": text}
    found = _LIMIT.search(text)
    number = whole_number(found[1]) if found else None
    if found and number is not None:
        limit |= {"days": number, "unit": "working_day" if found[3] else "day"}
    elif words("at_once").search(text):
        limit |= {"days": 0, "unit": "working_day"}
    return limit


def named_limits(text: str) -> tuple[dict[str, str], str]:
    """The time limits that a text names itself, by 法定 or 承诺, and the text without them.

    法定时限20个工作日，承诺时限5个工作日 stands under one label on many pages, and so does
    5个工作日（法定时限：20个工作日）.
    """
    found = {
        kind: value.rstrip(")）") if _depth(value) < 0 else value.strip()
        for kind, value in reversed(_NAMED_LIMIT.findall(text))
    }
    return found, _NAMED_LIMIT.sub("", text).strip(_END + "\n()（）") if found else text


def without_number(text: str) -> str:
    """The text without the number of an enumeration at its beginning."""
    return _ENUMERATION.sub("", text, count=1) if _ENUMERATION.match(text) else text.strip()


def steps(text: str) -> list[dict[str, str]]:
    """The steps of a procedure, one a line or with arrows between them.

    Each is ``{"name", "text"}``: 受理：窗口五日内决定 has both, 领取证件 only a name.
    """
    lines = [line for line in text.split("\n") if not is_filler(line)]
    if len(lines) == 1:
        parts = [part for part in _ARROWS.split(lines[0]) if part.strip()]
        lines = parts if len(parts) > 2 else list(_enumerated(lines[0]))
    found = []
    for line in dict.fromkeys(without_number(line).strip("，,；;、 ") for line in lines):
        named = _STEP.match(line)
        if named:
            found.append({"name": named[1].strip(), "text": named[2].strip()})
        elif line.strip(_END):
            found.append({"name": line.strip(_END)})
    return found[:MAX_ITEMS]


def materials(text: str) -> list[dict[str, Any]]:
    """The materials a text lists: one a line, numbered within a line, or with 、 between where
    there is one line alone.

    A line that ends with a colon (个人申请的：) is a note on the materials after it; a remark
    (注：…) belongs to the material before it.
    """
    found: list[dict[str, Any]] = []
    for _, item in materials_of(text.split("\n")):
        if item not in found:
            found.append(item)
    return found[:MAX_ITEMS]


def materials_of(
    lines: Iterable[str], last: dict[str, Any] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each material of the lines with the number of its line, see :func:`materials`.

    ``last`` is the material before the first line, to which a remark there belongs.
    """
    numbered = [(number, line.strip()) for number, line in enumerate(lines)]
    groups: list[tuple[str, list[tuple[int, str]]]] = [("", [])]
    for number, line in numbered:
        bare = without_number(line)
        if _GROUP.match(bare):
            groups.append((bare.rstrip(":："), []))
        elif not is_filler(line):
            groups[-1][1].append((number, line))
    for group, members in groups:
        alone = sum(not _REMARK.match(without_number(line)) for _, line in members) == 1
        for number, line in members:
            if _REMARK.match(without_number(line)) and last is not None:
                add_note(last, without_number(line))
                continue
            for part in _parts(line) if alone else _enumerated(line):
                last = material(part)
                add_note(last, group)
                if last["name"]:
                    yield number, last


def material(text: str) -> dict[str, Any]:
    """One material: ``{"name", "required", "originals", "copies", "form", "note"}``.

    居民身份证原件及复印件1份（必要） is 居民身份证, required, one original, one copy. A number
    without a word for what it counts is one of originals. Whatever is not understood stays in
    the name, or in ``note`` behind a comma.
    """
    item: dict[str, Any] = {"name": ""}
    name, rest = _head(_without_tail(item, without_number(text).strip(_END)))
    for clause in rest:
        if not _understand(item, clause):
            add_note(item, clause)
    item["name"] = _without_tail(item, name)
    return item


def apply_detail(item: dict[str, Any], text: str) -> None:
    """Adds what a table's cell says of a material: 必要, 原件1份、复印件2份, 核验 …"""
    if is_filler(text):
        return
    if not _understand(item, text):
        clauses = [clause for clause in re.split(r"[,，;；。、\n]\s*", text) if clause.strip()]
        probe: dict[str, Any] = {}
        if all(_understand(probe, clause) for clause in clauses):
            for clause in clauses:
                _understand(item, clause)
        else:
            add_note(item, text)


def add_note(item: dict[str, Any], text: str) -> None:
    """Adds a remark to a material, unless its note says so already."""
    text = text.strip(_END + "\n")
    if text and text not in item.get("note", ""):
        item["note"] = f"{item['note']}；{text}" if item.get("note") else text


def need_of(text: str) -> bool | None:
    """Whether a material is required by these words; None if they do not say."""
    text = text.strip()
    if words("not_required").fullmatch(text):
        return False
    return True if words("required").fullmatch(text) else None


def _head(name: str) -> tuple[str, list[str]]:
    """A name before its first comma or colon, if it is one, and the clauses behind.

    居民身份证，未成年人为户口簿 stays whole: what follows the comma is a material too.
    """
    for found in re.finditer(r"[,，;；。:：]\s*", name):
        head, tail = name[: found.start()], name[found.end() :]
        if _depth(head) == 0:
            clauses = [clause for clause in _CLAUSES.split(tail) if clause.strip(_END)]
            whole = any(_is_material(one) and not _understand({}, one) for one in clauses)
            if not whole and _is_material(_without_tail({}, head)):
                return head, clauses
            break
    return name, []


def _without_tail(item: dict[str, Any], name: str) -> str:
    """The name without what its end says of number and form, which goes into the item."""
    while True:
        before = name
        bracket = _TAIL_BRACKET.search(name)
        if bracket and bracket.start() and _understand_all(item, bracket[1]):
            name = name[: bracket.start()].rstrip(_END)
        for tail in (_TAIL_QUANTITY, _TAIL_KINDS):
            found = tail.search(name)
            if (
                found
                and found.start() > 1
                and _understand(item, found.group().strip(_END + ":：的"))
            ):
                name = name[: found.start()].rstrip(_END + ":：")
        if name == before:
            return name


def _understand_all(item: dict[str, Any], text: str) -> bool:
    if _understand(item, text):
        return True
    for marks in (r"[,，;；]\s*", r"[,，;；、\s]\s*"):
        clauses = [clause for clause in re.split(marks, text) if clause]
        known: dict[str, Any] = {}
        understood = [_understand(known, clause) for clause in clauses]
        if any(understood):
            for clause in clauses:
                if not _understand(item, clause):
                    add_note(item, clause)
            return True
    return False


def _understand(item: dict[str, Any], text: str) -> bool:
    """Takes a phrase into the item, if the whole of it is known."""
    text = text.strip(_END)
    need = need_of(text)
    if need is not None:
        item["required"] = need
        return True
    if words("material_checks").fullmatch(text):
        for kind in re.findall("原件|复印件", text):
            _add_form(item, kind)
        add_note(item, text)
        return True
    quantity = _QUANTITY.fullmatch(text)
    if quantity and (quantity["unit"] or quantity["each"] or quantity["kinds"]):
        number = whole_number(quantity["number"])
        if number is not None and quantity["unit"] != "寸":
            _count(item, quantity["kinds"] or "", number)
            return True
    only = _ONLY_KINDS.fullmatch(text)
    if only:
        _count(item, only["kinds"], None)
    return only is not None


def _count(item: dict[str, Any], kinds: str, number: int | None) -> None:
    counted = set()
    for pattern, form, counts in material_forms():
        if pattern.search(kinds):
            _add_form(item, form)
            if counts:
                counted.add(counts)
    if number is not None:
        for counts in counted or ({"originals"} if not kinds else set()):
            item.setdefault(counts, number)


def _add_form(item: dict[str, Any], form: str) -> None:
    forms = item["form"].split("、") if item.get("form") else []
    if form not in forms:
        item["form"] = "、".join([*forms, form])


def _parts(line: str) -> Iterator[str]:
    """One line's materials, if it is a list of them."""
    numbered = list(_enumerated(line))
    if len(numbered) > 1:
        yield from numbered
        return
    for marks in "；;", "、":
        parts = _split(line.strip(_END), marks)
        if len(parts) > 1:
            for part in parts:
                yield from _parts(part) if marks != "、" else (part,)
            return
    yield line


def _split(line: str, marks: str) -> list[str]:
    """The line cut at the marks outside of brackets, but only behind whole materials."""
    parts, start = [], 0
    for position, character in enumerate(line):
        if character in marks:
            part = line[start:position]
            if _depth(part) == 0 and (marks != "、" or _is_material(_without_tail({}, part))):
                parts.append(part)
                start = position + 1
    return [*parts, line[start:]]


def _depth(text: str) -> int:
    return sum(text.count(mark) for mark in "(（《【[〈") - sum(text.count(m) for m in ")）》】]〉")


def _is_material(text: str) -> bool:
    bare = re.sub(r"(?:[(（][^()（）]*[)）]|[》」”\"])+$", "", text.strip())
    return bare.endswith(material_nouns())


def _enumerated(line: str) -> Iterator[str]:
    """The items of ``1.甲；2.乙`` or ``①甲②乙`` in one line; the line if it holds no such."""
    marks = re.compile(
        r"[①-⑳⑴-⒇]|(?:(?<=^)|(?<=[；;。，,、\s]))(?:[(（]\d{1,2}[)）]|\d{1,2}[、．.](?!\d))"
    )
    starts = [found.start() for found in marks.finditer(line)]
    if len(starts) < 2 or starts[0] > 0:
        yield line
        return
    for start, end in zip(starts, [*starts[1:], len(line)], strict=True):
        yield line[start:end].strip(_END)
