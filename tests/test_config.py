"""crawl_config.yaml: what it means, and what is said when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from indexer.config import (
    ConfigError,
    CrawlSettings,
    ScheduleSettings,
    SearchesSettings,
    ServerSettings,
    Settings,
    SiteSettings,
    load_settings,
    yaml_text,
)

ROOT_FILE = Path(__file__).parent.parent / "crawl_config.yaml"
SITE = "sites: [{name: portal, start_urls: ['http://www.qinzhou.gov.cn/']}]\n"


def load(folder: Path, text: str) -> Settings:
    path = folder / "crawl_config.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def the_one_fault(folder: Path, text: str) -> str:
    """The one line that is said about a file, without the file's name."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    (line,) = caught.value.lines
    assert "\n" not in line
    assert "Input should" not in line
    start = f"{folder / 'crawl_config.yaml'}: "
    assert line.startswith(start)
    return line.removeprefix(start)


# -- what is right ------------------------------------------------------------------------


def test_the_shipped_file_names_both_sites() -> None:
    shipped = load_settings(ROOT_FILE)
    assert [site.name for site in shipped.sites] == ["portal", "service_center"]
    assert shipped.sites[0].start_urls == ["http://www.qinzhou.gov.cn/"]
    assert shipped.sites[0].allowed_hosts == ["www.qinzhou.gov.cn"]
    assert shipped.data_directory == ROOT_FILE.parent / "data"


def test_the_shipped_file_shows_the_defaults(tmp_path: Path) -> None:
    shipped, least = load_settings(ROOT_FILE), load(tmp_path, SITE)
    for name in ("storage", "engine", "crawl", "searches", "schedule", "server"):
        assert getattr(shipped, name) == getattr(least, name), name


@pytest.mark.parametrize(
    "section", [CrawlSettings, SearchesSettings, ScheduleSettings, ServerSettings]
)
def test_the_shipped_file_shows_every_key(section: type[BaseModel]) -> None:
    text = ROOT_FILE.read_text(encoding="utf-8")
    assert [key for key in section.model_fields if f"  {key}: " not in text] == []


def test_a_folder_counts_from_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, SITE + "storage: {directory: 数据}")
    assert settings.data_directory == tmp_path / "数据"
    assert settings.index_directory == tmp_path / "数据" / "index"


def test_settings_written_as_yaml_are_read_back(tmp_path: Path) -> None:
    once = load(tmp_path, SITE + "crawl: {delay_seconds: 1.5}\nserver: {port: 0}")
    assert load(tmp_path, yaml_text(once)) == once


def test_anchors_and_merge_keys_work(tmp_path: Path) -> None:
    text = """
sites:
  - &common {name: a, title: 甲, start_urls: ['http://a.example/']}
  - {<<: *common, name: b}
"""
    assert [(site.name, site.title) for site in load(tmp_path, text).sites] == [
        ("a", "甲"),
        ("b", "甲"),
    ]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff" + SITE).sites[0].name == "portal"


@pytest.mark.parametrize(
    ("start", "hosts", "url", "allowed"),
    [
        ("http://a.example/", [], "http://a.example/x", True),
        ("http://a.example/", [], "https://a.example/x", True),
        ("http://a.example/", [], "http://A.EXAMPLE/x", True),
        ("http://a.example/", [], "http://b.example/x", False),
        ("http://a.example/", [], "http://a.example:8080/x", False),
        ("http://a.example/", [], "http://www.a.example/", False),
        ("http://a.example/", [], "http://a.example.evil.example/", False),
        ("http://a.example/", [], "http://a.example@evil.example/", False),
        ("http://a.example/", [], "ftp://a.example/x", False),
        ("http://a.example/", [], "http://a.example:99999/", False),
        ("http://a.example:80/", [], "http://a.example/", True),
        ("http://127.0.0.1:8000/", [], "http://127.0.0.1:8000/x", True),
        ("http://127.0.0.1:8000/", [], "http://127.0.0.1:8001/x", False),
        ("http://127.0.0.1:8000/", [], "http://127.0.0.1/x", False),
        ("http://[::1]:8000/", [], "http://[::1]:8000/x", True),
        ("http://a.example/", ["a.example", "b.example:81"], "http://b.example:81/", True),
        ("http://a.example/", ["a.example", "b.example:81"], "http://b.example/", False),
        ("http://a.example/", ["a.example", "b.example:443"], "https://b.example/", True),
        ("http://钦州.政务/", [], "http://xn--6rt723j.xn--zfr164b/", True),
    ],
)
def test_hosts_that_belong_to_a_site(start: str, hosts: list[str], url: str, allowed: bool) -> None:
    site = SiteSettings(name="a", start_urls=[start], allowed_hosts=hosts)
    assert site.allows(url) is allowed


def test_webmasters_are_told_whom_to_ask() -> None:
    assert CrawlSettings().full_user_agent == "qzsearch/0.1"
    told = CrawlSettings(contact="http://www.qinzhou.gov.cn/about").full_user_agent
    assert told == "qzsearch/0.1 (+http://www.qinzhou.gov.cn/about)"


# -- what is wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key", "value", "accepted"),
    [
        ("crawl: {dealy_seconds: 1}", "crawl.dealy_seconds", "unknown key", "delay_seconds"),
        ("wokers: 3", "wokers", "unknown key", "accepted are storage, engine"),
        ("path: /tmp", "path", "unknown key", "accepted are storage, engine"),
        ("crawl: {delay_seconds: fast}", "crawl.delay_seconds", "'fast'", "takes a number"),
        ("crawl: {delay_seconds: yes}", "crawl.delay_seconds", "true", "takes a number"),
        ("crawl: {delay_seconds: -1}", "crawl.delay_seconds", "-1", "takes 0 or more"),
        ("crawl: {delay_seconds: .inf}", "crawl.delay_seconds", "inf", "takes 3600 or less"),
        ("crawl: {timeout_seconds: 0}", "crawl.timeout_seconds", "0", "takes more than 0"),
        ("crawl: {max_pages: 2.5}", "crawl.max_pages", "2.5", "takes a whole number"),
        ("crawl: {max_pages: many}", "crawl.max_pages", "'many'", "takes a whole number"),
        ("crawl: {max_pages: .inf}", "crawl.max_pages", "inf", "takes a finite number"),
        ("crawl: {retries: true}", "crawl.retries", "true", "takes a whole number"),
        ("crawl: {obey_robots: perhaps}", "crawl.obey_robots", "'perhaps'", "true or false"),
        ("crawl: {user_agent: 钦州}", "crawl.user_agent", "'钦州'", "printable ASCII"),
        ("crawl: {user_agent: ''}", "crawl.user_agent", "''", "not empty"),
        (
            "personal_data: {allow: ['12345']}",
            "personal_data.allow[0]",
            "'12345'",
            "a mobile number",
        ),
        ("personal_data: {allow: [[]]}", "personal_data.allow[0]", "[]", "takes text"),
        ("searches: {record: perhaps}", "searches.record", "'perhaps'", "true or false"),
        ("searches: {floor: 1}", "searches.floor", "1", "takes 2 or more"),
        ("searches: {keep_days: 1.5}", "searches.keep_days", "1.5", "takes a whole number"),
        ("files: {ocr: perhaps}", "files.ocr", "'perhaps'", "true or false"),
        ("crawl: 5", "crawl", "5", "takes a section"),
        ("crawl:", "crawl", "nothing", "takes a section"),
        ("server: {port: 70000}", "server.port", "70000", "takes 65535 or less"),
        ("server: {host: 1}", "server.host", "1", "takes text"),
        ("server: {workers: 0}", "server.workers", "0", "takes 1 or more"),
        ("engine: lucene", "engine", "'lucene'", "takes 'whoosh'"),
        ("engine: opensearch", "engine", "'opensearch'", "takes whoosh"),
        ("schedule: {timezone: Asia/Qinzhou}", "schedule.timezone", "'Asia/Qinzhou'", "IANA"),
        ("schedule: {timezone: Asia}", "schedule.timezone", "'Asia'", "IANA"),
        ("schedule: {timezone: ''}", "schedule.timezone", "''", "IANA"),
        ("schedule: {crawl: nightly}", "schedule.crawl", "'nightly'", "takes a cron line"),
        ("schedule: {crawl: 30 1 * *}", "schedule.crawl", "'30 1 * *'", "4 fields"),
        ("schedule: {crawl: 0 25 * * *}", "schedule.crawl", "'0 25 * * *'", "cron line"),
        ("schedule: {reindex: 0 0 31 2 *}", "schedule.reindex", "'0 0 31 2 *'", "never comes"),
        ("storage: {directory: }", "storage.directory", "nothing", "takes a folder"),
        ("storage: {directory: /dev/null/x}", "storage.directory", "'/dev/null/x'", "a folder"),
        ("storage: {directory: crawl_config.yaml}", "storage.directory", "exists", "a folder"),
        ('storage: {directory: "a\\0b"}', "storage.directory", "x00", "a folder"),
    ],
)
def test_a_fault_beside_the_sites(
    tmp_path: Path, text: str, key: str, value: str, accepted: str
) -> None:
    line = the_one_fault(tmp_path, SITE + text)
    assert line.startswith(f"{key}: ")
    assert value in line
    assert accepted in line


@pytest.mark.parametrize(
    ("site", "key", "value", "accepted"),
    [
        ("{}", "sites[a].start_urls", "missing", "required"),
        ("{start_urls: []}", "sites[a].start_urls", "[]", "takes at least one"),
        ("{start_urls: 'http://a.example/'}", "sites[a].start_urls", "'http", "takes a list"),
        ("{start_urls: [a.example]}", "sites[a].start_urls[0]", "'a.example'", "http or https URL"),
        ("{start_urls: ['ftp://a/']}", "sites[a].start_urls[0]", "'ftp://a/'", "http or https URL"),
        ("{start_urls: ['http://[a/']}", "sites[a].start_urls[0]", "'http://[a/'", "https URL"),
        ("{start_urls: ['http://a:99999/']}", "sites[a].start_urls[0]", "99999", "https URL"),
        ("{start_urls: ['http://u:p@a/']}", "sites[a].start_urls[0]", "u:p@a", "without user name"),
        (
            "{start_urls: ['http://a/', 'http://b/'], allowed_hosts: [a]}",
            "sites[a].start_urls",
            "'http://b/'",
            "takes URLs on allowed_hosts: a",
        ),
        (
            "{start_urls: ['http://a/'], allowed_hosts: ['http://a/']}",
            "sites[a].allowed_hosts[0]",
            "'http://a/'",
            "takes a host or host:port",
        ),
        (
            "{start_urls: ['http://a/'], delay_seconds: no}",
            "sites[a].delay_seconds",
            "false",
            "takes a number",
        ),
        ("{start_urls: ['http://a/'], url: x}", "sites[a].url", "unknown key", "start_urls"),
    ],
)
def test_a_fault_in_a_site(tmp_path: Path, site: str, key: str, value: str, accepted: str) -> None:
    line = the_one_fault(tmp_path, f"sites: [{{name: a, {site[1:-1]}}}]")
    assert line.startswith(f"{key}: ")
    assert value in line
    assert accepted in line


@pytest.mark.parametrize("name", ["Portal", "门户", "", "a b", "-a", "a" * 41])
def test_a_site_name_that_is_none(tmp_path: Path, name: str) -> None:
    line = the_one_fault(tmp_path, f"sites: [{{name: '{name}', start_urls: ['http://a/']}}]")
    assert ".name: " in line or "[0].name" in line
    assert repr(name) in line
    assert "takes 1 to 40 of a-z" in line


def test_two_sites_of_one_name(tmp_path: Path) -> None:
    text = "sites: [{name: a, start_urls: ['http://a/']}, {name: a, start_urls: ['http://b/']}]"
    assert the_one_fault(tmp_path, text) == (
        "sites.name: 'a': given to two sites; takes a name of its own for each"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["sites", "required"]),
        ("sites: []", ["sites", "[]", "at least one"]),
        ("sites:", ["sites", "nothing", "takes a list"]),
        ("sites: [5]", ["sites[0]", "5", "takes a section"]),
        ("- a\n- b\n", ["keys and values at the top"]),
        ("just words", ["keys and values at the top"]),
        ("1: 2", ["keys and values at the top"]),
        (SITE + "crawl: {max_pages: 1, max_pages: 2}", ["line 2", "'max_pages'", "twice"]),
        (SITE + SITE, ["line 2, column 1", "'sites'", "twice"]),
        ("sites: [", ["line 1"]),
        ("sites:\n\t- a", ["line 2"]),
        ("sites: !!python/object:os.system {}", ["line 1", "could not determine"]),
        ("day: 2009-13-40", ["month"]),
        ("a: \0", ["special characters"]),
        ("[" * 5000, []),
    ],
)
def test_a_file_that_is_wrong_as_a_whole(tmp_path: Path, text: str, words: list[str]) -> None:
    line = the_one_fault(tmp_path, text)
    assert [word for word in words if word not in line] == []


def test_several_faults_are_told_in_as_many_lines(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, SITE + "crawl: {max_pages: 0, retries: x}\nserver: {port: -1}")
    assert len(caught.value.lines) == 3


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: no such file; name one with --config"):
        load_settings(tmp_path / "nowhere.yaml")


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path)


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "crawl_config.yaml").write_bytes("sites: # 钦州".encode("gb18030"))
    with pytest.raises(ConfigError, match=r"not UTF-8 \(byte 9\); save it as UTF-8"):
        load_settings(tmp_path / "crawl_config.yaml")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    | st.text("sites: [{}]&*a!<\n- 'x'\"|>#%1.~", max_size=40)
)
def test_any_text_is_accepted_or_refused_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert all(line.startswith(str(tmp_path)) and "\n" not in line for line in caught.value.lines)


def test_public_numbers_may_be_written_as_people_write_them(tmp_path: Path) -> None:
    text = "personal_data: {allow: [13800138000, '138-0013 8001']}"
    settings = load(tmp_path, SITE + text)
    assert settings.personal_data.public_numbers == {"13800138000", "13800138001"}
