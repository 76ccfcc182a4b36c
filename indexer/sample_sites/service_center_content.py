"""What the sample service centre has to say, as its YAML files have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from analyzers.own_data import load_yaml

HOME: Final = Path(__file__).parent / "service_center"


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form to download: ``file`` lies in ``service_center/forms/``."""

    title: str
    file: str
    issuer: str
    published: date

    @property
    def path(self) -> str:
        """Where the site has it; Chinese file names as percent-encoded UTF-8."""
        return f"/bgxz/files/{self.published:%Y%m}/{quote(self.file)}"

    @property
    def filetype(self) -> str:
        """The file name's ending without its dot."""
        return self.file.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class Body:
    """An authority with windows in the centre; ``guides`` in the order of its page."""

    key: str
    name: str
    unit: str
    hall: str
    hours: str
    phone: str
    complaint: str
    layout: str
    intro: str
    former: str = ""
    address: str = "/bszn/{body}/{id}.html"
    tags: bool = True
    guides: list[Guide] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The page that lists the body's guides."""
        return f"/bszn/{self.key}/"


@dataclass(frozen=True, kw_only=True)
class Material:
    """One of the 申请材料: name, whether it is needed, how many copies, its empty form."""

    name: str
    need: str
    copies: str
    form: Form | None = None


@dataclass(frozen=True, kw_only=True)
class Guide:
    """A service guide (办事指南); the attributes are those ``site.yaml`` gives labels to.

    ``body_name`` to ``online_text`` follow from the body and the frame of the site.
    """

    body: Body
    path: str
    published: datetime
    keywords: str
    title: str
    full_code: str
    kind: str
    body_name: str
    audience: str
    basis: tuple[str, ...]
    conditions: tuple[str, ...]
    materials: tuple[Material, ...]
    steps: tuple[str, ...]
    legal: str
    promised: str
    fee: str
    place: str
    hours: str
    phone: str
    complaint: str
    online_text: str
    result: str
    visits: str
    faq: tuple[tuple[str, str], ...]

    @property
    def source(self) -> str:
        """The 来源: the body itself."""
        return self.body_name


@dataclass(frozen=True, kw_only=True)
class Article:
    """A notice or a legal page; ``body`` is plain text, a paragraph per line."""

    path: str
    title: str
    published: datetime
    source: str
    body: str
    keywords: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter to the centre with its answer; ``source`` is who answered."""

    path: str
    title: str
    kind: str
    published: datetime
    replied: datetime
    source: str
    question: str
    answer: str
    keywords: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything the site shows; articles by column key, newest first."""

    site: Mapping[str, Any]
    forms: Mapping[str, Form]
    bodies: Mapping[str, Body]
    articles: Mapping[str, tuple[Article, ...]]
    letters: tuple[Letter, ...]

    @property
    def guides(self) -> list[Guide]:
        """Every guide, body after body."""
        return [guide for body in self.bodies.values() for guide in body.guides]


def load() -> Content:
    """The content as its YAML files have it.

    Raises:
        KeyError: a guide names a form, a body or a way of 在线办理 that does not exist.
        TypeError: an entry lacks a field or has one too many.
    """
    site = _read("site.yaml")
    given = _read("bodies.yaml")
    bodies = {
        key: Body(**{"key": key, "hours": site["hours"], **raw}) for key, raw in given.items()
    }
    forms = {
        key: Form(
            title=raw["title"],
            file=raw["file"],
            issuer=bodies[raw["body"]].name,
            published=raw["date"],
        )
        for key, raw in _read("forms.yaml").items()
    }
    for file in sorted((HOME / "guides").glob("*.yaml")):
        group = load_yaml(file.read_text("utf-8"))
        body = bodies[group["body"]]
        body.guides.extend(_guide(raw, body, site, forms) for raw in group["guides"])
    return Content(
        site=site, forms=forms, bodies=bodies, articles=_articles(site), letters=_letters()
    )


def _guide(
    raw: Mapping[str, Any], body: Body, site: Mapping[str, Any], forms: Mapping[str, Form]
) -> Guide:
    own = dict(raw)
    identity, number = own.pop("id"), own.pop("number", "")
    window, online = own.pop("window"), own.pop("online")
    materials = [
        Material(name=name, need=need, copies=copies, form=forms[form[0]] if form else None)
        for name, need, copies, *form in own.pop("materials")
    ]
    return Guide(
        body=body,
        path=body.address.format(body=body.key, id=identity, number=number),
        published=datetime.fromisoformat(own.pop("date")),
        full_code=f"{body.unit}4{own.pop('code')}",
        body_name=body.name,
        place=f"{site['address']}{body.hall}{window}",
        hours=body.hours,
        phone=body.phone,
        complaint=body.complaint + site["complaint_suffix"],
        online_text=site["online"][online],
        materials=tuple(materials),
        basis=tuple(own.pop("basis")),
        conditions=tuple(own.pop("conditions")),
        steps=tuple(own.pop("steps")),
        faq=tuple((question, answer) for question, answer in own.pop("faq")),
        **own,
    )


def _articles(site: Mapping[str, Any]) -> dict[str, tuple[Article, ...]]:
    columns: dict[str, list[Article]] = {}
    for key, records in {**_read("notices.yaml"), "flxc": _read("laws.yaml")}.items():
        for raw in records:
            day, number = datetime.fromisoformat(raw["published"]), raw["id"]
            path = f"/show.aspx?id={number}"
            if "art" in site["columns"][key]:
                art = site["columns"][key]["art"]
                path = f"/art/{day.year}/{day.month}/{day.day}/art_{art}_{number}.html"
            article = Article(
                path=path,
                title=raw["title"],
                published=day,
                source=raw.get("source", site["operator"]),
                body=raw["body"].strip(),
            )
            columns.setdefault(key, []).append(article)
    for found in columns.values():
        found.sort(key=lambda article: article.published, reverse=True)
    return {key: tuple(found) for key, found in columns.items()}


def _letters() -> tuple[Letter, ...]:
    letters = [
        Letter(
            path=f"/wzts/view.aspx?id={raw['id']}",
            title=raw["title"],
            kind=raw["kind"],
            published=datetime.fromisoformat(raw["published"]),
            replied=datetime.fromisoformat(raw["replied"]),
            source=raw["reply_by"],
            question=raw["question"],
            answer=raw["answer"].strip(),
        )
        for raw in _read("letters.yaml")
    ]
    return tuple(sorted(letters, key=lambda letter: letter.published, reverse=True))


def _read(name: str) -> Any:
    return load_yaml((HOME / name).read_text("utf-8"))
