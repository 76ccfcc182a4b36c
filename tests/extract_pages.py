"""Pages to try extraction on, in the markup of two eras."""

from __future__ import annotations

from indexer.document import Document
from indexer.extract import Extraction, FetchedPage, extract

PARAGRAPHS = (
    "各县、区人民政府，市直各部门：为方便群众办事，市人民政府决定推行首问负责制度。",
    "窗口工作人员应当一次性告知所需材料，不得让申请人往返两次以上。",
    "本通知自2010年1月1日起施行，市监察局每季度抽查一次，对不落实的予以通报。",
)
TITLE = "钦州市人民政府关于推行首问负责制度的通知"


def read(
    html: str,
    url: str = "http://www.example.gov.cn/zwgk/content_1006.html",
    *,
    charset: str = "utf-8",
    anchor: str = "",
) -> Extraction:
    """Extraction of a page given as text."""
    body = html.encode(charset, "xmlcharrefreplace")
    return extract(FetchedPage(url, body, "portal", "text/html", anchor=anchor))


def document(html: str, **options: str) -> Document:
    """The document of a page that has one."""
    found = read(html, **options)  # type: ignore[arg-type]
    assert found.document is not None, found.problem
    return found.document


def old_page(
    *,
    title: str = TITLE,
    info: str = "发布时间：2009-12-03 16:30　来源：市政府办公室　浏览次数：128",
    body: str = "<BR>".join(f"&nbsp;&nbsp;{text}" for text in PARAGRAPHS),
    head: str = "",
) -> str:
    """An article in nested tables, as portals sent it in 2009."""
    return f"""<HTML><HEAD><TITLE>{title}_市政府文件_钦州市人民政府门户网站</TITLE>{head}</HEAD>
<BODY><TABLE width=980><TR><TD>今天是2012年5月1日 星期二　欢迎您访问本站</TD></TR></TABLE>
<TABLE width=980><TR><TD width=200 vAlign=top>
  <TABLE><TR><TD><A HREF="/a1.html">我市召开春耕生产现场会</A></TD></TR>
  <TR><TD><A HREF="/a2.html">关于部分路段停水的公告</A></TD></TR>
  <TR><TD><A HREF="/a3.html">三娘湾观潮节吸引游客八万人次</A></TD></TR></TABLE></TD>
<TD vAlign=top>
  <TABLE width=700><TR><TD>您现在的位置：<A HREF="/">首页</A> &gt; <A HREF="/zwgk/">政务公开</A>
  &gt; <A HREF="/zwgk/szfwj/">市政府文件</A> &gt; 正文</TD></TR>
  <TR><TD class=bt align=center><FONT size=5>{title}</FONT></TD></TR>
  <TR><TD align=center>{info}</TD></TR>
  <TR><TD>{body}</TD></TR>
  <TR><TD align=right>【<A HREF="javascript:window.print()">打印本页</A>】
  【<A HREF="javascript:window.close()">关闭窗口</A>】 字体：[大 中 小]</TD></TR>
  <TR><TD>上一篇：<A HREF="/b1.html">关于公布征地统一年产值标准的通知</A></TD></TR>
  <TR><TD>下一篇：没有了</TD></TR></TABLE>
</TD></TR></TABLE>
<TABLE width=980><TR><TD align=center>主办单位：钦州市人民政府　桂ICP备00000000号
<BR>政府网站标识码：4507000000　联系电话：0777-0000000</TD></TR></TABLE></BODY></HTML>"""


def new_page(*, head: str = "", body: str = "", title: str = TITLE) -> str:
    """An article in blocks with 网页标签, as portals send it today."""
    paragraphs = body or "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>{title}-钦州市人民政府门户网站</title>{head}</head><body>
<div class="header"><h1>钦州市人民政府门户网站</h1></div>
<ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li></ul>
<div class="article"><h2 class="article-title">{title}</h2>
<div class="share">分享到：<a href="#">微信</a></div>
<div class="TRS_Editor">{paragraphs}</div></div>
<div class="related"><a href="/r1.html">相关文章一的标题</a></div>
<div class="footer">主办单位：钦州市人民政府 违法和不良信息举报电话：0777-0000000</div>
</body></html>"""
