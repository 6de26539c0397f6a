"""Uploaded files: addresses in the usual encodings, and a clear word about everything else."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from io import BytesIO

import pytest

from bot.form.answers import Mistake
from bot.form.contacts import Contacts, parse_contacts_file
from core.model.recipient import Contact, RouteName

TABLE = "Name;E-mail\r\nJos\u00e9;jose@x.org\r\n"
JOSE = Contacts(accepted=(Contact(RouteName.EMAIL, "jose@x.org", "Jos\u00e9"),))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_reads_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    assert JOSE == parse_contacts_file(TABLE.encode(encoding), "list.csv")


def test_reads_utf_16_of_either_byte_order() -> None:
    assert JOSE == parse_contacts_file(b"\xfe\xff" + TABLE.encode("utf-16-be"), "list.csv")


def test_reads_a_table_of_a_single_row() -> None:
    expected = Contacts(accepted=(Contact(RouteName.EMAIL, "j@x.org", "Jane"),))

    assert expected == parse_contacts_file(b"Jane,j@x.org", "list.csv")


def test_does_not_take_a_name_for_a_picture() -> None:
    found = parse_contacts_file(b"bmw@x.org, gif89@x.org, riff@x.org, pk@x.org", "list.txt")

    assert isinstance(found, Contacts)
    assert 4 == len(found.accepted)


def image() -> bytes:
    """Make a real PNG of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\x00\xff\x00\x00")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    )


def archive(*names: str) -> bytes:
    """Make a real ZIP file, which is what office programs write."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as written:
        for name in names:
            written.writestr(name, "a@x.org")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "filename", "says"),
    [
        (image(), "list.csv", "That is an image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "list.csv", "That is an image"),
        (b"GIF89a\x01\x00", "list.csv", "That is an image"),
        (b"RIFF\x00\x00\x00\x00WEBP", "list.csv", "no text file"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "list.csv", "an Excel workbook"),
        (archive("a.txt"), "list.XLSX", "an Excel workbook"),
        (archive("word/document.xml"), "list.csv", "a Word document"),
        (archive("a.txt"), "list.csv", "a compressed file"),
        (gzip.compress(b"a@x.org"), "list.csv", "a compressed file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "list.xls", "of the old kind"),
        (b"%PDF-1.7\n", "list.pdf", "a PDF document"),
        (b"{\\rtf1 a@x.org}", "list.rtf", "a formatted text"),
        (b"BEGIN:VCARD\nEMAIL:a@x.org\n", "a.vcf", "an address card"),
        (b"\xef\xbb\xbf\n<!doctype html><p>a@x.org", "list.html", "a web page"),
        ("a@x.org".encode("utf-16-le"), "list.csv", "no text file"),
        (b"a@x.org\x00", "list.csv", "no text file"),
        (b"\x81\x8d\x8f a@x.org", "list.csv", "no text file"),
        (b"\xff\xfe\x00", "list.csv", "no text file"),
        (b"", "list.csv", "is empty"),
        (b" \r\n", "list.csv", "is empty"),
        (b"a" * 2_000_001, "list.csv", "more than 2 MB"),
    ],
)
def test_says_what_a_file_is_that_holds_no_addresses(data: bytes, filename: str, says: str) -> None:
    answer = parse_contacts_file(data, filename)

    assert isinstance(answer, Mistake), answer
    assert says in answer.message


def test_refuses_more_addresses_than_one_file_may_hold() -> None:
    data = "".join(f"p{each}@x.org\n" for each in range(20_001)).encode()

    found = parse_contacts_file(data, "list.csv")

    assert isinstance(found, Contacts)
    assert () == found.accepted
    assert "more than 20,000 addresses" in found.bad[0].reason


def test_reads_on_line_by_line_where_a_quote_swallows_the_whole_file() -> None:
    data = b'name,email\n"Ann,a@x.org\n' + b"".join(b"p%d@x.org\n" % each for each in range(15_000))

    found = parse_contacts_file(data, "list.csv")

    assert isinstance(found, Contacts)
    assert 15_001 == len(found.accepted)
    assert found.bad_count
