"""Take the parts of a map out of a zip, under names of our own, counting every byte.

Names in the archive only say which parts belong together and what a layer is called.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from addrsvc.planning.files.errors import (
    ArchiveTooLarge,
    ArchiveUnsafe,
    PlanFileDamaged,
    PlanFormatRefused,
)

MAX_ENTRIES: Final = 500
MAX_UNPACKED_BYTES: Final = 2**30
_MAX_RATIO: Final = 250
"""Attributes padded with spaces pack to a hundredth; nothing real packs to less than this."""
_RATIO_FROM_BYTES: Final = 64 * 2**20
_BLOCK: Final = 2**20
_PACKED: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
)
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
_NESTED: Final = frozenset({"zip", "7z", "rar", "gz", "tgz", "bz2", "xz", "tar"})
_MADE_ON_UNIX: Final = 3
_SHOWN: Final = 100
_APART: Final = {"prj": ".txt", "cpg": ".txt"}
"""GDAL would read these beside a .shp; we do that ourselves."""


@dataclass(frozen=True, slots=True)
class Unzipped:
    """What a zip held."""

    parts: Mapping[str, Mapping[str, Path]]
    """What was unpacked: by stem, as the archive names it, and ending in lower case."""
    names: frozenset[str]
    """All its entries, in lower case."""


def unzip(path: Path, place: Path, endings: Collection[str]) -> Unzipped:
    """Unpack the entries with these endings into a folder.

    Raises:
        ArchiveTooLarge: too many entries, or too many bytes, said or found.
        ArchiveUnsafe: an entry is encrypted, a link, another archive, or would lie outside.
        PlanFileDamaged: it cannot be unpacked.
        PlanFormatRefused: it is packed in another way than all programs know.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [each for each in archive.infolist() if not each.filename.endswith("/")]
            _check(entries)
            return Unzipped(
                _unpack(archive, entries, place, endings),
                frozenset(_name_of(each).lower() for each in entries),
            )
    except _BROKEN as error:
        raise PlanFileDamaged(part="zip") from error


def _check(entries: Collection[zipfile.ZipInfo]) -> None:
    packed = sum(each.compress_size for each in entries)
    said = sum(each.file_size for each in entries)
    is_abnormal = said > _RATIO_FROM_BYTES and said > packed * _MAX_RATIO
    if len(entries) > MAX_ENTRIES or said > MAX_UNPACKED_BYTES or is_abnormal:
        raise _too_large()
    for each in entries:
        name = _name_of(each)
        parts = PurePosixPath(name.replace("\\", "/")).parts
        is_link = each.create_system == _MADE_ON_UNIX and stat.S_ISLNK(each.external_attr >> 16)
        leads_out = ".." in parts or name.startswith(("/", "\\")) or ":" in name or "\0" in name
        is_nested = name.lower().rpartition(".")[2] in _NESTED
        if each.compress_type not in _PACKED:
            raise PlanFormatRefused(found="zip (không phải Deflate, not Deflate)")
        if each.flag_bits & _ENCRYPTED or is_link or leads_out or is_nested:
            raise ArchiveUnsafe(entry=name[:_SHOWN])


def _too_large() -> ArchiveTooLarge:
    return ArchiveTooLarge(limit_mib=MAX_UNPACKED_BYTES // 2**20, limit_entries=MAX_ENTRIES)


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Give the name as it was meant: old programs write UTF-8 and do not say so."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _unpack(
    archive: zipfile.ZipFile,
    entries: Collection[zipfile.ZipInfo],
    place: Path,
    endings: Collection[str],
) -> dict[str, dict[str, Path]]:
    """Write the entries; parts of one stem lie beside each other under one number."""
    found: dict[str, dict[str, Path]] = {}
    numbers: dict[str, str] = {}
    left = MAX_UNPACKED_BYTES
    for entry in entries:
        whole = PurePosixPath(_name_of(entry).replace("\\", "/"))
        ending = whole.suffix[1:].lower()
        if ending not in endings or "__MACOSX" in whole.parts:
            continue
        key = str(whole.with_suffix("")).lower()
        stem = numbers.setdefault(key, str(whole.with_suffix("")))
        parts = found.setdefault(stem, {})
        if ending in parts:
            raise ArchiveUnsafe(entry=str(whole)[:_SHOWN])
        number = list(numbers).index(key)
        parts[ending] = place / f"part{number}.{ending}{_APART.get(ending, '')}"
        left -= _write(archive, entry, parts[ending], left)
    return _by_name(found)


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Unpack one entry, stopping at so many bytes whatever the archive says of it."""
    written = 0
    with archive.open(entry) as source, target.open("wb") as file:
        while block := source.read(_BLOCK):
            written += len(block)
            if written > left:
                raise _too_large()
            file.write(block)
    return written


def _by_name(found: Mapping[str, Mapping[str, Path]]) -> dict[str, dict[str, Path]]:
    """Name layers by their last part alone where that tells them apart."""
    names = [PurePosixPath(stem).name[:_SHOWN] for stem in found]
    if len(set(names)) < len(names):
        names = [f"{n}. {stem[-_SHOWN:]}" for n, stem in enumerate(found, start=1)]
    return {name: dict(parts) for name, parts in zip(names, found.values(), strict=True)}
