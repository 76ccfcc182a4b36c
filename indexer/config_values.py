"""What single values of crawl_config.yaml may be: types that say so when they are not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from indexer.crawl.hours import Hours
from indexer.crawl.url_patterns import check_pattern, expand_urls
from indexer.cron import cron_trigger
from indexer.document import SITE_PATTERN
from indexer.personal_data import normalized_number

SCHEMES: Final = {"http": 80, "https": 443}
"""The schemes that are crawled, with their default ports."""


def place_of(url: str) -> tuple[str, int] | None:
    """Host (IDNA, RFC 5890) and port a URL of the web leads to, None for other URLs.

    Raises:
        ValueError: it is no URL.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        return None
    host = parts.hostname.rstrip(".").encode("idna").decode("ascii")
    return host, parts.port or SCHEMES[parts.scheme]


def _check_start_url(url: str) -> str:
    try:
        place = place_of(url)
    except ValueError:
        place = None
    if place is None or any(character.isspace() for character in url):
        raise ValueError("takes an absolute http or https URL, such as http://www.qinzhou.gov.cn/")
    if "@" in urlsplit(url).netloc:
        raise ValueError("takes a URL without user name and password")
    return url


def _check_start_urls(text: str) -> str:
    """One URL, or many written with a range: ``http://h/index_{1-20}.html``."""
    for url in expand_urls(text):
        _check_start_url(url)
    return text


def _check_hours(text: str) -> str:
    if text:
        Hours.parse(text)
    return text


def _check_host(host: str) -> str:
    try:
        place = place_of(f"http://{host}/")
    except ValueError:
        place = None
    if place is None or any(character in "/@?#\\" or character.isspace() for character in host):
        raise ValueError("takes a host or host:port, such as www.qinzhou.gov.cn")
    return host.lower()


def _check_site_name(name: str) -> str:
    if not re.fullmatch(SITE_PATTERN, name):
        raise ValueError(
            "takes 1 to 40 of a-z, 0-9, _ and -, the first a letter or digit, such as portal"
        )
    return name


def _check_header(text: str) -> str:
    if not re.fullmatch(r"[\x20-\x7e]*", text):
        raise ValueError("takes printable ASCII characters, for it goes into a request header")
    return text


def _as_digits(number: object) -> object:
    """YAML reads a number without quotes as one."""
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else number


def _check_public_number(number: str) -> str:
    return normalized_number(number)


def _check_cron(line: str) -> str:
    if line:
        try:
            cron_trigger(line)
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"takes a cron line of five fields such as '30 1 * * *', or '' for never ({error})"
            ) from None
    return line


def _check_folder(path: Path) -> Path:
    if "\0" in str(path):
        raise ValueError("takes a folder; no name holds a NUL")
    return path


StartUrl = Annotated[str, AfterValidator(_check_start_url)]
StartUrls = Annotated[str, AfterValidator(_check_start_urls)]
Pattern = Annotated[str, AfterValidator(check_pattern)]
HoursOfDay = Annotated[str, AfterValidator(_check_hours)]
Host = Annotated[str, AfterValidator(_check_host)]
Folder = Annotated[Path, AfterValidator(_check_folder)]
CronLine = Annotated[str, AfterValidator(_check_cron)]
SiteName = Annotated[str, AfterValidator(_check_site_name)]
PublicNumber = Annotated[str, BeforeValidator(_as_digits), AfterValidator(_check_public_number)]
HeaderText = Annotated[str, AfterValidator(_check_header)]
