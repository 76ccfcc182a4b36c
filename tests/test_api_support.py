"""What the tests of API, pages and browser share: a small city, indexed for real.

The records are made up; they are not those of any real page.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from indexer.config import Settings, SiteSettings, StorageSettings
from indexer.document import DOCUMENT_TYPES, Document
from indexer.index import open_engine
from indexer.index.engine import IndexEntry
from search_api.app import create_app
from search_api.services import EXTENSION, Services

PORTAL = "http://portal.example/"
CENTRE = "http://centre.example/"

GUIDE = {
    "body": "钦州市住房公积金管理中心",
    "materials": [
        {"name": "居民身份证", "required": True, "originals": 1, "copies": 1, "form": "原件"},
        {"name": "提取申请表", "note": "窗口领取", "blank_url": CENTRE + "files/sqb.doc"},
        {"name": "购房合同", "sample_url": CENTRE + "files/ht.pdf"},
    ],
    "steps": [{"name": "申请", "text": "到窗口提交材料"}, {"name": "到账"}],
    "legal_time_limit": {"text": "6个月"},
    "promised_time_limit": {"text": "3 个工作日", "days": 3, "unit": "working_day"},
    "fee": "不收费",
    "place": "政务服务中心二楼",
    "telephone": "0777-0000000",
    "online_url": "https://zwfw.example/gjj?a=1&b=2",
    "forms": [{"name": "委托书", "url": CENTRE + "files/wts.doc"}, {"name": "纸质登记表"}],
}

DOCUMENTS = (
    Document(
        url=CENTRE + "guide/1.html",
        title="住房公积金提取办事指南",
        text="办理住房公积金提取，请携带居民身份证到政务服务中心。\n提取申请审核通过后当日到账。",
        site="service_center",
        type="service",
        column="服务指南",
        source="钦州市住房公积金管理中心",
        published=date(2009, 11, 20),
        keywords=("公积金", "住房补贴"),
        service=GUIDE,
    ),
    Document(
        url=CENTRE + "guide/2.html",
        title="居民身份证遗失补领",
        text="居民身份证遗失的，可以到户籍所在地派出所申请补领。",
        site="service_center",
        type="service",
        column="服务指南",
        published=date(2010, 1, 5),
    ),
    Document(
        url=PORTAL + "policy/12.html",
        title="关于调整住房公积金缴存比例的通知",
        text="各县区人民政府：\n为规范住房公积金管理，现就缴存比例有关事项通知如下。",
        site="portal",
        type="policy",
        column="政策文件",
        source="钦州市人民政府办公室",
        document_number="钦政发〔2009〕12号",
        published=date(2009, 12, 3),
    ),
    Document(
        url=PORTAL + "policy/12.pdf",
        title="住房公积金缴存比例表",
        text="住房公积金缴存比例一览",
        site="portal",
        type="policy",
        filetype="pdf",
        parent=PORTAL + "policy/12.html",
        published=date(2009, 12, 3),
    ),
    Document(
        url=PORTAL + "interpretation/3.html",
        title="《关于调整住房公积金缴存比例的通知》解读",
        text="缴存比例为什么调整？职工每月住房公积金怎么算？",
        site="portal",
        type="interpretation",
        published=date(2009, 12, 10),
    ),
    Document(
        url=PORTAL + "news/7.html",
        title="政务服务中心开设公积金窗口",
        text="本月起，职工可以在政务服务中心的公积金窗口办理提取业务。",
        site="portal",
        type="news",
        column="政务要闻",
        source="钦州市人民政府办公室",
        published=date(2010, 3, 1),
    ),
    Document(
        url=PORTAL + "announcement/9.html",
        title="三娘湾景区道路施工公告",
        text="因道路施工，三娘湾景区部分路段临时封闭。",
        site="portal",
        type="announcement",
        published=date(2010, 4, 2),
    ),
    Document(
        url=PORTAL + "interaction/5.html",
        title="公积金异地提取需要什么材料",
        text="来信：我在外地工作，怎样提取公积金？\n答复：请携带身份证与工作证明。",
        site="portal",
        type="interaction",
        published=date(2010, 2, 8),
    ),
    Document(
        url=CENTRE + "form/4.doc",
        title="住房公积金提取申请表",
        text="姓名 身份证号 提取原因",
        site="service_center",
        type="download",
        filetype="doc",
        parent=CENTRE + "guide/1.html",
    ),
    Document(
        url=PORTAL + "other/1.html",
        title="网站地图",
        text="本页列出各栏目。",
        site="portal",
        type="other",
    ),
    Document(
        url=PORTAL + "other/markup.html",
        title="<script>alert(1)</script>网页标记与<b>标题</b>",
        text="正文里的 <img src=x onerror=alert(2)> 网页标记 & 符号，只当文字显示。",
        site="portal",
        type="other",
    ),
    Document(
        url="javascript:alert(3)",
        title="坏地址的网页标记",
        text="这条记录的地址不是网页。",
        site="portal",
        type="other",
    ),
    *(
        Document(
            url=f"{PORTAL}brief/{number}.html",
            title=f"渔港简报第{number}期",
            text=f"犀牛脚渔港第{number}期简报，内容为当日渔获。",
            site="portal",
            type="news",
            published=date(2008, 1, 1 + number % 28),
        )
        for number in range(1, 36)
    ),
)


def make_settings(directory: Path) -> Settings:
    """A configuration of two sites with its data in ``directory``."""
    return Settings(
        storage=StorageSettings(directory=directory),
        sites=[
            SiteSettings(name="portal", title="钦州市人民政府门户网站", start_urls=[PORTAL]),
            SiteSettings(name="service_center", title="钦州市政务服务中心", start_urls=[CENTRE]),
        ],
    )


def make_app(directory: Path, *, indexed: bool = True) -> Flask:
    """The application over a real index of :data:`DOCUMENTS`, or over none."""
    settings = make_settings(directory)
    engine = open_engine(settings)
    if indexed:
        engine.rebuild(IndexEntry(one, digest=one.digest()) for one in DOCUMENTS)
    app = create_app(settings, engine)
    app.testing = False  # errors are answered as they are in production
    return app


def services_of(app: Flask) -> Services:
    """What the application works with."""
    services: Services = app.extensions[EXTENSION]
    return services


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine; gives its address without a slash."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        services_of(app).close()


def test_the_small_city_has_every_type_and_distinct_addresses() -> None:
    assert {document.type for document in DOCUMENTS} == set(DOCUMENT_TYPES)
    assert len({document.url for document in DOCUMENTS}) == len(DOCUMENTS)
