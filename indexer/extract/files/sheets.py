"""Workbooks: .xls, .xlsx and WPS Spreadsheets' .et."""

from __future__ import annotations

import datetime
import io
import warnings
from collections.abc import Iterable
from typing import Any, Final

from indexer.extract.files import ole
from indexer.extract.files.limits import limit
from indexer.extract.files.output import Output
from indexer.extract.files.package import Package
from indexer.extract.files.result import EncryptedError, UnsupportedError

_FILE_PASS: Final = 0x002F
_BOUND_SHEET: Final = 0x0085
_MOST_RECORDS: Final = 1000


def read_calamine(body: bytes, output: Output) -> None:
    """By calamine, a table in memory at a time."""
    import python_calamine

    if body.startswith(ole.SIGNATURE):
        _refuse_encrypted(body)
    else:
        with Package(body) as package:
            if package.size > limit("table_bytes"):
                raise UnsupportedError(f"unpacks to {package.size // 1_000_000} MB")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
    names = book.sheet_names
    for name in _readable(names, output):
        rows = book.get_sheet_by_name(name).iter_rows()
        _put(name if len(names) > 1 else "", rows, output)


def _refuse_encrypted(body: bytes) -> None:
    """A FilePass record stands among the first ([MS-XLS] 2.4.117)."""
    stream = next(filter(None, ole.streams(body, "Workbook", "Book")), b"")
    at = 0
    for _ in range(_MOST_RECORDS):
        kind = int.from_bytes(stream[at : at + 2], "little")
        if kind == _FILE_PASS:
            raise EncryptedError
        if kind == _BOUND_SHEET or at >= len(stream):
            return
        at += 4 + int.from_bytes(stream[at + 2 : at + 4], "little")


def read_openpyxl(body: bytes, output: Output) -> None:
    """By openpyxl, row by row."""
    import openpyxl

    with Package(body):
        pass  # only to look at its size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that it drops
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        try:
            sheets = {sheet.title: sheet for sheet in book.worksheets}
            for name in _readable(list(sheets), output):
                # Files from other programs declare a wrong size, mostly A1.
                sheets[name].reset_dimensions()
                rows = sheets[name].iter_rows(values_only=True)
                _put(name if len(sheets) > 1 else "", rows, output)
        finally:
            book.close()


def read_xlrd(body: bytes, output: Output) -> None:
    """By xlrd: .xls alone."""
    import xlrd

    book = xlrd.open_workbook(file_contents=body, on_demand=True, logfile=io.StringIO())
    names = book.sheet_names()
    for name in _readable(names, output):
        sheet = book.sheet_by_name(name)
        rows = (_xlrd_row(sheet.row(number), book.datemode) for number in range(sheet.nrows))
        _put(name if len(names) > 1 else "", rows, output)
        book.unload_sheet(name)


def _xlrd_row(cells: Iterable[Any], datemode: int) -> list[object]:
    from xlrd import XL_CELL_DATE, XL_CELL_ERROR, xldate_as_datetime

    return [
        xldate_as_datetime(cell.value, datemode)
        if cell.ctype == XL_CELL_DATE
        else None
        if cell.ctype == XL_CELL_ERROR
        else cell.value
        for cell in cells
    ]


def _readable(names: list[str], output: Output) -> list[str]:
    most = limit("sheets")
    if len(names) > most:
        output.remark = f"read to {most} of {len(names)} sheets"
    return names[:most]


def _put(title: str, rows: Iterable[Iterable[object]], output: Output) -> None:
    output.line(title)
    columns = limit("columns")
    for number, row in enumerate(rows):
        if number % 1000 == 0:
            output.look()
        cells = (_shown(value) for value, _ in zip(row, range(columns), strict=False))
        output.line("\t".join(filter(None, cells)))


def _shown(value: object) -> str:
    """A cell's value as people write it: no .0, no midnight."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return " ".join(str(value).split())
