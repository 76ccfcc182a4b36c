"""One page, one address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

from analyzers.own_data import load_yaml

_HOST: Final = re.compile(r"[0-9a-z._~-]+|[0-9a-f:.]+")
"""A registered name (IDNA) or an address, in lower case."""
_DEFAULT_PORT: Final = {"http": 80, "https": 443}
MAX_URL_LENGTH: Final = 2000
"""Longer addresses are traps or mistakes; browsers' practical limit is of this size."""
_MAX_RAW_LENGTH: Final = 4 * MAX_URL_LENGTH
"""Of what is looked at at all; an address gets shorter when its session goes."""
_SHORTEST_HOST: Final = len("http://a")

# Links that need no work are by far the most. One character class each is what decides it:
# measured, it is faster than str.translate, str.strip and set operations.
_PLAIN_PREFIX: Final = re.compile(r"https?://[0-9a-z._:-]+", re.IGNORECASE).fullmatch
_PLAIN_PATH: Final = re.compile(r"[0-9A-Za-z/_.~-]*").fullmatch
_PLAIN_QUERY: Final = re.compile(r"[!\"$-~]*").fullmatch  # whatever is encoded in the end
_PLAIN_ARGUMENT: Final = re.compile(r"[0-9A-Za-z_.~-]*(?:=[0-9A-Za-z_.~-]*)?").fullmatch

_ESCAPED_AND: Final = re.compile(r"&(?:amp;)+(?=[A-Za-z_][\w.-]*=)", re.ASCII)
_ESCAPED_UNICODE: Final = re.compile(r"(%u[0-9A-Fa-f]{4})")


@dataclass(frozen=True)
class UrlRules:
    """What a site's configuration says of query parameters, by their names in lower case.

    ``keep`` stay although ``parameters.yaml`` drops them, ``drop`` go whatever their value;
    ``keep`` wins.
    """

    keep: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()


_NO_RULES: Final = UrlRules()


def canonical_url(url: str, rules: UrlRules = _NO_RULES) -> str | None:
    """The form under which a page is known, or None for what no page can have.

    Scheme and host in lower case, default port, fragment, session, tracking and cache busting
    parameters (``parameters.yaml``) removed, an empty path made ``/``, dot segments resolved,
    percent-encoding unified, query arguments sorted (RFC 3986, section 6; w3lib), of the same
    name too, none lost. Bytes that are not UTF-8 (GBK in old sites' links) and JavaScript's
    ``%uXXXX`` stay as they are, and so does a query that is one word without ``=``: old
    programs read it whole. ``&amp;`` that was escaped twice in a page is ``&`` where an
    argument follows. Of two calls on its own result the second changes nothing.
    """
    if len(url) > _MAX_RAW_LENGTH:
        return None
    end = url.find("/", _SHORTEST_HOST)
    origin = _plain_origin(url[:end]) if end > 0 else None
    path, _, query = url[end:].partition("?")
    if not (origin and _PLAIN_PATH(path) and _PLAIN_QUERY(query)) or "/." in path:
        parsed = _parse(url)
        if parsed is None:
            return None
        origin, path, query = parsed
    if query:
        query = _canonical_query(query, path, rules)
    canonical = f"{origin}{path}?{query}" if query else origin + path
    return canonical if len(canonical) <= MAX_URL_LENGTH else None


def origin_of(url: str) -> str:
    """``scheme://host[:port]`` of an address (RFC 6454), without the default port.

    Raises:
        ValueError: no page can have the address.
    """
    end = url.find("/", _SHORTEST_HOST)
    origin = _plain_origin(url[:end]) if end > 0 else None
    if origin is None:
        parsed = _parse(url)
        if parsed is None:
            raise ValueError(f"{url!r} is no address of a page on the web")
        origin = parsed[0]
    return origin


def same_page_elsewhere(a: str, b: str) -> bool:
    """Whether two canonical URLs differ, but only in http or https, ``www.`` or both.

    Hosts with a port of their own are services of their own, never the same.
    """
    if a == b:
        return False
    a_host, a_slash, a_rest = a.partition("://")[2].partition("/")
    b_host, b_slash, b_rest = b.partition("://")[2].partition("/")
    if (a_slash, a_rest) != (b_slash, b_rest) or not a_host:
        return False
    if ":" in a_host or ":" in b_host:  # a port, or an IPv6 address, which has no www
        return a_host == b_host and a_host.endswith("]")
    return a_host.removeprefix("www.") == b_host.removeprefix("www.")


def is_worth_fetching(url: str) -> bool:
    """Whether the canonical URL may hold text, by the ending of its path (``skip.yaml``)."""
    name = url.partition("?")[0].rpartition("/")[2]
    return "." not in name or name.rpartition(".")[2].lower() not in _skipped_extensions()


@lru_cache(maxsize=4096)
def _plain_origin(prefix: str) -> str | None:
    """The origin when ``prefix`` is scheme and host and nothing else, None when it needs care."""
    if not _PLAIN_PREFIX(prefix):
        return None
    parsed = _parse(prefix + "/")
    return parsed[0] if parsed else None


def _parse(url: str) -> tuple[str, str, str] | None:
    """Origin and path in canonical form and the query as it is; None for what no page has."""
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORT or not _HOST.fullmatch(host):
        return None
    if parts.username or parts.password:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORT[parts.scheme]:
        netloc = f"{netloc}:{port}"
    sessions = _parameters().path_sessions
    path = sessions.sub("", parts.path)
    while True:
        try:
            plain = canonicalize_url(urlunsplit((parts.scheme, netloc, path or "/", "", "")))
        except ValueError:
            return None
        end = plain.index("/", _SHORTEST_HOST)
        path = sessions.sub("", plain[end:])
        if path == plain[end:]:  # else: "/x/..;%6asessionid=1" was a dot segment in disguise
            return plain[:end], path, parts.query


def _canonical_query(query: str, path: str, rules: UrlRules) -> str:
    """The arguments that stay, sorted by name and value, in one encoding."""
    if ";" in query:
        query = _ESCAPED_AND.sub("&", query)
        query = _parameters().path_sessions.sub("", query)  # x.jsp?id=1;jsessionid=2
    arguments = []
    for part in query.split("&"):
        if not part:
            continue
        if _PLAIN_ARGUMENT(part):
            name, equals, value = part.partition("=")
            text = part if equals else part + "="
        else:
            name, equals, value, text = _argument(part)
        if not _is_dropped(name, equals, value, path, rules):
            arguments.append((name, value, text, equals))
    if len(arguments) == 1:
        _, _, text, equals = arguments[0]
        # index.php?/news/5: a word is read whole, and as it was sent.
        return text if equals else text.removesuffix("=").replace("%2F", "/")
    arguments.sort()
    return "&".join([text for _, _, text, _ in arguments])


def _argument(part: str) -> tuple[str, str, str, str]:
    """Name, "=" or "", value and the argument in canonical encoding, with "=" in any case.

    Names and values are octets, each as the character of its number (Latin-1): sorting and
    matching know no charset, and GBK must survive.
    """
    name, equals, value = part.partition("=")
    if ";" in name:
        equals = "="
    return _octets(name), equals, _octets(value), f"{_encode(name)}={_encode(value)}"


def _octets(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("latin-1")


def _encode(text: str) -> str:
    pieces = _ESCAPED_UNICODE.split(text) if "%u" in text else [text]
    for index in range(0, len(pieces), 2):
        octets = unquote_to_bytes(pieces[index].replace("+", " "))
        pieces[index] = quote_from_bytes(octets, " ").replace(" ", "+")
    return "".join(pieces)


def _is_dropped(name: str, equals: str, value: str, path: str, rules: UrlRules) -> bool:
    """Whether an argument tells nothing about the page; ``path`` is canonical."""
    parameters = _parameters()
    if not equals and _is_static(path) and parameters.moment.fullmatch(name):
        return True  # page.html?0.5284109384
    name = name.lower()
    if name in rules.keep:
        return False
    if name in rules.drop or name in parameters.dropped or name.startswith(parameters.prefixes):
        return True
    if name in parameters.cache_busters:
        return parameters.moment.fullmatch(value) is not None or (
            _is_static(path) and parameters.static_values.fullmatch(value) is not None
        )
    pattern = parameters.by_value.get(name)
    return pattern is not None and pattern.fullmatch(value) is not None


def _is_static(path: str) -> bool:
    name = path.rpartition("/")[2]
    return not name or name.rpartition(".")[2].lower() in _parameters().static_extensions


@dataclass(frozen=True)
class _Parameters:
    """``parameters.yaml``, ready for use."""

    path_sessions: re.Pattern[str]
    dropped: frozenset[str]
    prefixes: tuple[str, ...]
    by_value: dict[str, re.Pattern[str]]
    cache_busters: frozenset[str]
    moment: re.Pattern[str]
    static_values: re.Pattern[str]
    static_extensions: frozenset[str]


@lru_cache(maxsize=1)
def _parameters() -> _Parameters:
    data = _load("parameters.yaml")
    values = {kind: _any_of(entries) for kind, entries in data["values"].items()}
    sessions = "|".join(re.escape(name) for name in _names(data["path_parameters"]))
    return _Parameters(
        path_sessions=re.compile(rf";(?:{sessions})=[^/?#&;]*", re.IGNORECASE),
        dropped=frozenset(_names(data["dropped"])),
        prefixes=tuple(_names(data["dropped_prefixes"])),
        by_value={entry["name"]: values[entry["value"]] for entry in data["dropped_by_value"]},
        cache_busters=frozenset(_names(data["cache_busters"])),
        moment=values["moment"],
        static_values=_any_of(data["static_values"]),
        static_extensions=frozenset(_names(data["static_extensions"])),
    )


def _names(entries: list[dict[str, str]]) -> list[str]:
    return [entry["name"] for entry in entries]


def _any_of(entries: list[dict[str, str]]) -> re.Pattern[str]:
    alternatives = "|".join(f"(?:{entry['match']})" for entry in entries)
    return re.compile(alternatives, re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=1)
def _skipped_extensions() -> frozenset[str]:
    groups = _load("skip.yaml")["groups"]
    return frozenset(extension for group in groups for extension in group["extensions"])


def _load(name: str) -> Any:
    text = resources.files("indexer.crawl").joinpath(name).read_text(encoding="utf-8")
    return load_yaml(text)
