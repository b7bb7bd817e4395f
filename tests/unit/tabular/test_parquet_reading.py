"""Parquet of every type as a person would write it; what would fill the memory is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.errors import AddrsvcError
from addrsvc.tabular import parquet_checking
from addrsvc.tabular.errors import (
    FileBroken,
    FileEmpty,
    FormatUnknown,
    LayerUnreadable,
    TableTooLarge,
    TooManyColumns,
)
from addrsvc.tabular.limits import COLUMN_LIMIT, LINE_LIMIT
from addrsvc.tabular.parquet_checking import check_parquet
from addrsvc.tabular.parquet_reading import ParquetSource

POINT = shapely.Point(106.65, 10.95)


def stored(folder: Path, table: pa.Table, geo: object = None, **options: Any) -> Path:
    path = folder / "in.parquet"
    if geo is not None:
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, path, **options)
    return path


def geo(encoding: str = "WKB", **more: object) -> dict[str, object]:
    return {"primary_column": "g", "columns": {"g": {"encoding": encoding, **more}}}


def cells(path: Path) -> list[list[str]]:
    return [each.cells for each in ParquetSource(path).records()]


def test_types_as_a_person_would_write_them(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 5, 7, 30)  # noqa: DTZ001 -- a type without zone
    columns = {
        "text": pa.array(["0012", None]),
        "large": pa.array(["ấp", None], pa.large_string()),
        "word": pa.array(["Phú Lợi", None]).dictionary_encode(),
        "whole": pa.array([2**62, None], pa.int64()),
        "single": pa.array([106.65, None], pa.float32()),
        "double": pa.array([0.1 + 0.2, float("nan")]),
        "round": pa.array([12.0, None]),
        "yes": pa.array([True, None]),
        "day": pa.array([date(2026, 1, 5), None]),
        "moment": pa.array([moment, None], pa.timestamp("ns")),
        "zoned": pa.array([moment.replace(tzinfo=UTC), None], pa.timestamp("ms", "UTC")),
        "hour": pa.array([time(7, 30), None], pa.time64("ns")),
        "long": pa.array([timedelta(hours=30), None], pa.duration("ns")),
        "exact": pa.array([Decimal("1.20"), None]),
        "bytes": pa.array(["đ".encode(), b"\xff\x00"]),
        "list": pa.array([["a", None], None]),
        "struct": pa.array([{"tổ": 5, "ngày": date(2026, 1, 5)}, None]),
        "none": pa.array([None, None], pa.null()),
    }
    rows = cells(stored(tmp_path, pa.table(columns)))
    assert dict(zip(columns, rows[0], strict=True)) == {
        "text": "0012",
        "large": "ấp",
        "word": "Phú Lợi",
        "whole": "4611686018427387904",
        "single": "106.65",
        "double": "0.30000000000000004",
        "round": "12",
        "yes": "true",
        "day": "2026-01-05",
        "moment": "2026-01-05T07:30:00",
        "zoned": "2026-01-05T07:30:00+00:00",
        "hour": "07:30:00",
        "long": "1 day, 6:00:00",
        "exact": "1.20",
        "bytes": "đ",
        "list": '["a",null]',
        "struct": '{"tổ":5,"ngày":"2026-01-05"}',
        "none": "",
    }
    assert rows[1] == [*[""] * 14, "ff00", "", "", ""]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
def test_many_groups_are_one_table(tmp_path: Path, compression: str) -> None:
    table = pa.table({"n": list(range(2_500)), "t": [f"ấp {n}" for n in range(2_500)]})
    path = stored(tmp_path, table, row_group_size=700, compression=compression)
    source = ParquetSource(path)
    assert source.estimate() == 2_500
    records = list(source.records())
    assert [each.line for each in records] == list(range(1, 2_501))
    assert [each.cells for each in records] == [[str(n), f"ấp {n}"] for n in range(2_500)]


def test_points_become_two_columns(tmp_path: Path) -> None:
    shapes = [
        shapely.to_wkb(POINT),
        None,
        shapely.to_wkb(shapely.Point()),
        shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])),
        b"\x01nothing",
    ]
    path = stored(tmp_path, pa.table({"x": list("abcde"), "g": shapes}), geo())
    source = ParquetSource(path)
    assert (source.crs, source.carries_point) == ("EPSG:4326", True)
    assert (source.header, source.columns) == (["x", "x", "y"], ["x", "x (2)", "y"])
    records = list(source.records())
    assert [each.cells for each in records] == [
        ["a", "106.65", "10.95"],
        *([name, "", ""] for name in "bcde"),
    ]
    assert [each.error and each.error.slug for each in records] == [
        None,
        None,
        None,
        "geometry-refused",
        "geometry-refused",
    ]
    assert ParquetSource(path, crs="EPSG:9210").crs == "EPSG:9210"


def test_points_of_their_own_encoding_and_system(tmp_path: Path) -> None:
    table = pa.table({"g": [{"x": 106.65, "y": 10.95}, None], "t": ["a", "b"]})
    system = {"type": "ProjectedCRS", "id": {"authority": "EPSG", "code": 9210}}
    source = ParquetSource(stored(tmp_path, table, geo("point", crs=system)))
    assert json.loads(source.crs or "") == system
    assert [each.cells for each in source.records()] == [["a", "106.65", "10.95"], ["b", "", ""]]
    system = {"type": "GeographicCRS", "id": {"authority": "OGC", "code": "CRS84"}}
    assert ParquetSource(stored(tmp_path, table, geo("point", crs=system))).crs == "EPSG:4326"


@pytest.mark.parametrize(
    "said",
    [
        geo("polygon"),
        geo(crs=None),
        {"primary_column": "other", "columns": {"other": {"encoding": "WKB"}}},
        {"columns": {}},
        [1],
        "x",
    ],
)
def test_shapes_that_are_not_read_are_refused(tmp_path: Path, said: object) -> None:
    table = pa.table({"g": [shapely.to_wkb(POINT)], "t": ["a"]})
    with pytest.raises(LayerUnreadable):
        ParquetSource(stored(tmp_path, table, said))


def test_a_text_too_long_costs_its_row_only(tmp_path: Path) -> None:
    table = pa.table({"a": ["x", "y" * (LINE_LIMIT + 1), "z"], "b": ["1", "2", "3"]})
    records = list(ParquetSource(stored(tmp_path, table)).records())
    assert [each.error and each.error.slug for each in records] == [None, "cell-too-long", None]
    assert records[1].cells == ["y" * 200, "2"]


def test_what_is_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = pa.table({f"c{n}": [1] for n in range(COLUMN_LIMIT + 1)})
    with pytest.raises(TooManyColumns):
        ParquetSource(stored(tmp_path, wide))
    with pytest.raises(FileEmpty):
        ParquetSource(stored(tmp_path, pa.table({})))
    path = stored(tmp_path, pa.table({"a": ["x" * 900] * 900, "b": [[1, 2]] * 900}))
    assert [group.rows for group in check_parquet(path)] == [900]
    for limit in ("FOOTER_LIMIT", "RECORDS_LIMIT", "VALUES_LIMIT", "PAGES_LIMIT", "COUNT_LIMIT"):
        with monkeypatch.context() as patched:
            patched.setattr(parquet_checking, limit, 1)
            with pytest.raises((TableTooLarge, LayerUnreadable)):
                check_parquet(path)


def test_a_page_that_swells_is_found_before_it_is_unpacked(tmp_path: Path) -> None:
    table = pa.table({"a": ["x" * 100_000_000, "y" * 100_000_000, "z" * 150_000_000]})
    path = stored(tmp_path, table, compression="zstd", use_dictionary=False)
    assert path.stat().st_size < 500_000
    with pytest.raises(TableTooLarge):
        ParquetSource(path)


def test_pages_of_the_second_version_and_with_checksums(tmp_path: Path) -> None:
    table = pa.table({"a": [f"ấp {n % 7}" for n in range(20_000)], "b": list(range(20_000))})
    path = stored(
        tmp_path, table, data_page_version="2.0", write_page_checksum=True, data_page_size=2_000
    )
    assert [group.rows for group in check_parquet(path)] == [20_000]
    assert cells(path)[-1] == ["ấp 0", "19999"]
    assert cells(path)[13] == ["ấp 6", "13"]


def test_no_parquet_and_half_of_one(tmp_path: Path) -> None:
    path = stored(tmp_path, pa.table({"a": ["x" * 50] * 5_000}), compression="none")
    whole = path.read_bytes()
    for content, error in (
        (b"name,b\n1,2\n", FormatUnknown),
        (b"PAR1", FormatUnknown),
        (whole[:-4] + b"PARE", FormatUnknown),
        (whole[:-100], LayerUnreadable),
        (b"PAR1" + whole[-40:], LayerUnreadable),
        (whole[:-8] + b"\xff\xff\xff\x7fPAR1", LayerUnreadable),
    ):
        path.write_bytes(content)
        with pytest.raises(error):
            ParquetSource(path)


def test_a_damaged_page_is_told_with_its_record(tmp_path: Path) -> None:
    table = pa.table({"a": [f"{n:050}" for n in range(3_000)]})
    path = stored(tmp_path, table, row_group_size=1_000, use_dictionary=False, compression="none")
    with pq.ParquetFile(path) as file:
        at = file.metadata.row_group(1).column(0).data_page_offset
    content = bytearray(path.read_bytes())
    content[at : at + 3] = b"\xff\xff\xff"
    path.write_bytes(content)
    with pytest.raises(FileBroken) as refused:
        ParquetSource(path)
    assert refused.value.line == 1_001
    # a head that is sound before content that is not
    path = stored(tmp_path, table, row_group_size=1_000, use_dictionary=False, compression="zstd")
    with pq.ParquetFile(path) as file:
        chunk = file.metadata.row_group(2).column(0)
    content = bytearray(path.read_bytes())
    end = chunk.data_page_offset + chunk.total_compressed_size
    content[end - 300 : end] = bytes(300)
    path.write_bytes(content)
    with pytest.raises(FileBroken) as refused:
        list(ParquetSource(path).records())
    assert 2_001 <= refused.value.line <= 3_000


_SOUND = pa.table({"a": ["x", "y"] * 50, "b": list(range(100)), "c": [[1, 2]] * 100})


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4))
def test_any_damage_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    path = stored(folder, _SOUND, compression="zstd")
    content = bytearray(path.read_bytes())
    for at, byte in changes:
        content[at % len(content)] = byte
    path.write_bytes(content)
    try:
        for each in ParquetSource(path).records():
            assert len(each.cells) == 3
    except AddrsvcError:
        return
