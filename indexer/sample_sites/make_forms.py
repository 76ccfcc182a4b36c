"""Writes the forms of the sample service centre from their text; for maintainers only.

The product never runs this: the files it makes are part of the package. Run it after a
change of ``service_center/forms.yaml``::

    python -m indexer.sample_sites.make_forms

``.docx`` and ``.xlsx`` need nothing but the product's own libraries; ``.doc`` (Word 97,
OLE2) and ``.pdf`` are converted by LibreOffice, whose program ``soffice`` must be found,
with a Chinese font for the PDF (Noto Sans CJK SC).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from analyzers.own_data import load_yaml

_HOME: Final = Path(__file__).parent / "service_center"
_BODY_FONT: Final = "宋体"  # what an office here would have used; not embedded
_PDF_FONT: Final = "Noto Sans CJK SC"  # embedded as a subset, so it must be installed
_WIDE: Final = "＊"  # marks a field that takes a whole row
_FILTERS: Final = {".doc": "doc:MS Word 97", ".pdf": "pdf:writer_pdf_Export"}
_CONVERSION_SECONDS: Final = 120


class FormError(RuntimeError):
    """A form could not be made; says which and what is missing."""


def make_forms(target: Path) -> list[Path]:
    """Writes every form into the folder ``target`` and returns their paths.

    Raises:
        FormError: LibreOffice is missing or failed, or a form has an unknown ending.
    """
    forms = load_yaml((_HOME / "forms.yaml").read_text("utf-8"))
    bodies = load_yaml((_HOME / "bodies.yaml").read_text("utf-8"))
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for form in forms.values():
        path = target / form["file"]
        issuer = bodies[form["body"]]["name"]
        if path.suffix == ".xlsx":
            _write_sheet(form, issuer, path)
        elif path.suffix == ".docx":
            _write_document(form, issuer, path, _BODY_FONT)
        elif path.suffix in _FILTERS:
            font = _PDF_FONT if path.suffix == ".pdf" else _BODY_FONT
            with tempfile.TemporaryDirectory() as folder:
                source = Path(folder) / f"{path.stem}.docx"
                _write_document(form, issuer, source, font)
                _convert(source, path)
        else:
            raise FormError(f"{form['file']}: ends in none of .docx .xlsx .doc .pdf")
        made.append(path)
    return made


def _rows(fields: Sequence[str]) -> list[list[str]]:
    """Fields laid out in rows of two, one marked as wide in a row of its own."""
    rows: list[list[str]] = []
    for field in fields:
        if field.endswith(_WIDE):
            rows.append([field.removesuffix(_WIDE)])
        elif rows and len(rows[-1]) == 1 and not _is_wide(rows[-1][0], fields):
            rows[-1].append(field)
        else:
            rows.append([field])
    return rows


def _is_wide(label: str, fields: Sequence[str]) -> bool:
    return label + _WIDE in fields


def _write_document(form: Mapping[str, Any], issuer: str, path: Path, font: str) -> None:
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name = font
    style.font.size = Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), font)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(form["title"])
    run.bold, run.font.size = True, Pt(16)
    document.add_paragraph(f"{issuer}制　　　　　　　　填表日期：　　　年　　月　　日")
    rows = _rows(form["fields"])
    table = document.add_table(rows=len(rows), cols=4, style="Table Grid")
    for cells, labels in zip(table.rows, rows, strict=True):
        cells.cells[0].text = labels[0]
        if len(labels) == 2:
            cells.cells[2].text = labels[1]
        else:
            cells.cells[1].merge(cells.cells[3])
    document.add_paragraph(f"申请人声明：{form['statement']}")
    document.add_paragraph("申请人（签名或者盖章）：　　　　　　　　　　年　　月　　日")
    document.add_paragraph("受理意见：　　　　　　　　　　受理人：　　　　　　年　　月　　日")
    document.add_paragraph("填表说明：")
    for number, note in enumerate(form["notes"], 1):
        document.add_paragraph(f"{number}．{note}")
    properties = document.core_properties
    properties.title, properties.author = form["title"], issuer
    properties.created = properties.modified = _moment(form)
    document.save(str(path))


def _write_sheet(form: Mapping[str, Any], issuer: str, path: Path) -> None:
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise FormError(f"{form['file']}: the new workbook has no sheet")
    sheet.title = "填报表"
    columns: list[str] = form["sheet"]
    sheet.append([form["title"]])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append([f"填报单位（盖章）：　　　　　　　　{issuer}制"])
    sheet.append(columns)
    for row in form["samples"]:
        sheet.append(row)
    sheet.append([])
    notes = book.create_sheet("填表说明")
    for number, note in enumerate(form["notes"], 1):
        notes.append([f"{number}．{note}"])
    book.properties.title, book.properties.creator = form["title"], issuer
    book.properties.created = book.properties.modified = _moment(form)
    book.save(path)


def _moment(form: Mapping[str, Any]) -> datetime:
    return datetime.combine(form["date"], datetime.min.time())


def _convert(source: Path, target: Path) -> None:
    """Lets LibreOffice write ``target`` from the .docx ``source``."""
    program = shutil.which("soffice")
    if program is None:
        raise FormError(
            f"{target.name}: needs LibreOffice, but no program soffice is on the PATH"
            " (Debian: apt install libreoffice-writer-nogui)"
        )
    profile = (source.parent / "profile").as_uri()
    done = subprocess.run(  # noqa: S603 - the program found above, on a file written above
        [
            program,
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            _FILTERS[target.suffix],
            "--outdir",
            str(source.parent),
            str(source),
        ],
        capture_output=True,
        text=True,
        timeout=_CONVERSION_SECONDS,
        check=False,
    )
    made = source.with_suffix(target.suffix)
    if done.returncode != 0 or not made.is_file():
        raise FormError(f"{target.name}: soffice failed: {done.stderr.strip()}")
    shutil.copyfile(made, target)


def main() -> int:
    """Writes the forms of the package; 0 when all are there, 1 after a failure."""
    try:
        paths = make_forms(_HOME / "forms")
    except FormError as error:
        print(error, file=sys.stderr)
        return 1
    for path in paths:
        print(f"{path.name}\t{path.stat().st_size}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
