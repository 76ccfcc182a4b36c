"""The rules for document types: each has its reason and a page that it alone decides."""

from __future__ import annotations

import pytest

from indexer.document import DOCUMENT_TYPES
from indexer.extract.doctype import Facts, Rule, all_rules, deciding_rule, document_type


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.why[:40])
def test_every_rule_decides_its_example(rule: Rule) -> None:
    assert deciding_rule(rule.example) is rule


def test_every_type_has_a_rule() -> None:
    assert {rule.type for rule in all_rules()} == DOCUMENT_TYPES.keys() - {"other"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(title="关于《渔港条例》的起草说明", column="通知公告"), "interpretation"),
        (Facts(title="渔港收费热点问答"), "interpretation"),
        (Facts(title="关于征求渔港办法意见的函", number="钦政函〔2009〕2号"), "policy"),
        (Facts(title="渔港码头工程竞争性磋商公告"), "announcement"),
        (Facts(title="2009年国民经济和社会发展统计公报"), "policy"),
        (Facts(title="投诉：渔港路灯不亮"), "interaction"),
        (Facts(title="市领导深入大寺镇调研渔业"), "news"),
        (Facts(title="渔港概况", path="/about.html"), "other"),
    ],
)
def test_pages_that_several_rules_might_claim(facts: Facts, expected: str) -> None:
    assert document_type(facts) == expected
