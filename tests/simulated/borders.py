"""Traits: what is not ours: other hosts, inside addresses, what holds no text, forms."""

from __future__ import annotations

from collections.abc import Sequence

from simulated.text import article, page, redirect
from simulated.trait import Portal, Trait


def traits(portal: Portal) -> Sequence[Trait]:
    """All of them."""
    return [make(portal) for make in (off_hosts, metadata_service, skipped_files, logins, schemes)]


def off_hosts(portal: Portal) -> Trait:
    """Everything that leads to a host that is not the site's, as from a hijacked domain: that
    host sees not one connection."""
    trait = Trait(portal, "off-hosts")
    other = portal.host("elsewhere", allowed=False)
    other.folders.append(("/", article("别处的文字")))
    refresh = f'<meta http-equiv="refresh" content="0;url={other.origin}/refresh.html">'
    trait.article("index.html", links=f'<a href="{other.origin}/a.html">友情链接</a>'
                  f'<iframe src="{other.origin}/frame.html"></iframe><a href="jump.html">甲</a>'
                  '<a href="base.html">乙</a><a href="refresh.html">丙</a>'
                  '<a href="jump2.html">丁</a>')  # fmt: skip
    away = (f"{other.origin}/hijacked.html", f"//127.0.0.1:{other.port}/hijacked2.html")
    for path, target in zip(("jump.html", "jump2.html"), away, strict=True):
        trait.state(path, redirect(target, 301), "known", "failed_redirect_refused")
    trait.article("base.html", head=f'<base href="{other.origin}/">',
                  links='<a href="b.html">戊</a>')  # fmt: skip
    trait.live("refresh.html", page("正在跳转", "", head=refresh))
    trait.expected.forbidden.add(other.origin)
    trait.enter("index.html")
    return trait


def metadata_service(portal: Portal) -> Trait:
    """Redirects to a cloud's metadata service and to inside addresses."""
    trait = Trait(portal, "metadata")
    targets = (
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/latest/",
        "http://[::ffff:169.254.169.254]/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
    )
    links = "".join(f'<a href="{number}.html">甲</a>' for number in range(len(targets)))
    trait.article("index.html", links=links)
    for number, target in enumerate(targets):
        trait.state(f"{number}.html", redirect(target), "known", "failed_redirect_refused")
    trait.enter("index.html")
    return trait


def skipped_files(portal: Portal) -> Trait:
    """Pictures, films, style sheets and programs are not loaded."""
    trait = Trait(portal, "skipped-files")
    names = ("a.jpg", "b.PNG", "c.mp4", "d.css", "e.js?v=1", "f.exe", "g.apk", "h.woff2", "i.swf")
    trait.article("index.html", links="".join(f'<a href="{n}">文件</a>' for n in names))
    for name in names:
        trait.forbid(name)
    trait.enter("index.html")
    return trait


def logins(portal: Portal) -> Trait:
    """Pages behind a login: the form is a page, and nothing is ever sent with it."""
    trait = Trait(portal, "logins")
    form = (
        '<form action="check.jsp" method="get"><input name="user"><input type="password" name="pw">'
        '<input type="submit" value="登录"></form>'
        '<form action="post.jsp" method="post"><button formaction="other.jsp">提交</button></form>'
    )
    trait.article("index.html", links='<a href="mine.html">我的办件</a><a href="mine2.html">甲</a>')
    trait.state("mine.html", redirect("login.html"), "redirect", "redirect")
    trait.state("mine2.html", redirect("login.html"), "redirect", "redirect")
    trait.live("login.html", page("用户登录", f"<h1>用户登录</h1>{form}<p>请输入账号和密码</p>"))
    for path in ("check.jsp", "post.jsp", "other.jsp"):
        trait.forbid(path)
    trait.enter("index.html")
    return trait


def schemes(portal: Portal) -> Trait:
    """Links that are no http and no https, and links with a password."""
    trait = Trait(portal, "schemes")
    place = trait.host.origin.removeprefix("http://")
    links = (
        "ftp://127.0.0.1/a", "file:///etc/passwd", "data:text/html,<b>x</b>", "weixin://dl/x",
        f"http://user:secret@{place}/schemes/secret.html", "about:blank", "thunder://QUFodHRw",
    )  # fmt: skip
    trait.article("index.html", links="".join(f'<a href="{link}">甲</a>' for link in links))
    trait.forbid("secret.html")
    trait.enter("index.html")
    return trait
