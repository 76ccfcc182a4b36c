"""Traits: firewalls and doorkeepers. What they answer is no content and no absence."""

from __future__ import annotations

from collections.abc import Sequence

from simulated.server import Answer
from simulated.text import HTML, page
from simulated.trait import Portal, Trait


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [challenges(portal), refusals(portal)]


def challenges(portal: Portal) -> Trait:
    """瑞数 with 412, 加速乐 with 521 and 512, challenge and waiting pages with 200."""
    trait = Trait(portal, "challenges", host="challenges")
    ruishu = (
        '<!DOCTYPE html><html><head><meta id="9DhefwqGPrzGxEp9hPaoag" content="qt7Hk" r="m">'
        '<script r="m">$_ts=window["$_ts"]||{};$_ts.nsd=81231;$_ts.cd="qEErc";</script>'
        "</head><body></body></html>"
    )
    jiasule = (
        "<script>document.cookie='__jsl_clearance_s=1709600000.123|-1|x';location.href=1</script>"
    )
    cases = {
        "412.html": Answer(412, [("Content-Type", HTML)], ruishu.encode()),
        "521.html": Answer(521, [("Set-Cookie", "__jsluid_s=0f;path=/")], jiasule.encode()),
        "512.html": Answer(512, [], jiasule.encode()),
        "405.html": Answer(405, [("Content-Type", HTML)], b"<h1>405</h1>"),
        "200.html": Answer(200, [("Content-Type", HTML)], ruishu.encode()),
        "wait.html": page("安全验证", "<p>正在进行安全验证，请按住滑块拖动到最右边</p>"),
    }
    links = "".join(f'<a href="{path}">甲</a>' for path in cases)
    trait.article("start.html", links=links)
    for path, answer in cases.items():
        trait.state(path, answer, "known", "blocked_firewall")
    trait.enter("start.html")
    return trait


def refusals(portal: Portal) -> Trait:
    """401 and 403: not for us."""
    trait = Trait(portal, "refusals", host="refusals")
    trait.article("start.html", links='<a href="401.html">甲</a><a href="403.html">乙</a>')
    ask = [("WWW-Authenticate", 'Basic realm="x"'), ("Content-Type", HTML)]
    trait.state("401.html", Answer(401, ask, b"<h1>401</h1>"), "known", "blocked_status_403")
    no = Answer(403, [("Content-Type", HTML)], b"<h1>403 Forbidden</h1>")
    trait.state("403.html", no, "known", "blocked_status_403")
    trait.enter("start.html")
    return trait
