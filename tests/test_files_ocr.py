"""Scanned PDFs are read by tesseract where that is wanted and installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import files_made as made
from indexer.extract.files import NO_TEXT, OK, read_file, sandbox

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="the program tesseract is not on this machine"
)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    sandbox.close()
    yield
    sandbox.close()


@needs_tesseract
def test_a_scan_is_read_by_ocr_when_it_is_wanted() -> None:
    found = read_file(made.scanned_pdf(), "pdf", ocr=True)
    assert found is not None
    assert (found.outcome, found.remark, found.pages) == (OK, "read by OCR", (0,))
    assert "申请人应当如实填写本表" in found.text
    assert "钦州市行政审批局受理" in found.text


def test_a_pdf_with_text_needs_no_ocr() -> None:
    found = read_file(made.fixture("form.pdf"), "pdf", ocr=True)
    assert found is not None
    assert (found.outcome, found.remark) == (OK, "")


def test_without_tesseract_a_scan_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = read_file(made.scanned_pdf(), "pdf", ocr=True)
    assert found is not None
    assert (found.outcome, found.text) == (NO_TEXT, "")
    assert found.remark.endswith("not read by OCR: the program tesseract is not installed")


def test_without_its_chinese_model_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho 'List of available languages:'\necho eng\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    found = read_file(made.scanned_pdf(), "pdf", ocr=True)
    assert found is not None
    assert found.remark.endswith("not read by OCR: tesseract's model chi_sim is not installed")
