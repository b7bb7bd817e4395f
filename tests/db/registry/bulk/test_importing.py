"""What becomes of rows, and that every one is accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from addrsvc.personal.crypto import keyring
from addrsvc.personal.holders import person_of
from addrsvc.personal.model import Person
from addrsvc.registry.bulk.model import ImportOptions, Receipt
from addrsvc.registry.model import Kind
from addrsvc.settings import Settings
from addrsvc.tabular.errors import FileEmpty, FileMissing, FormatUnknown

Query = Callable[..., list[dict[str, Any]]]
Importing = Callable[..., Receipt]
Rejects = Callable[..., list[dict[str, str]]]

MIXED = """\
ext_id,code,issuer,name,house_number,street,commune,lon,lat,holder,phone,parent,text
1,,,,12/3,Lê Lợi,,106.65,10.95,,,,
2,,,,12/3,Lê Lợi,25750,106.65,10.95,,,,
3,,,,5,Lê Lợi,25747,,,,,,
4,88888-00001,VNPost,,7,Lê Lợi,25747,,,,,,
5,88888-00002,VNPost,,8,Lê Lợi,,106.75,10.95,Nguyễn Văn Mẫu,0900000000,,
6,,,,,,,109.5,10.95,,,,
7,,,,,,,,,,,,
8,,,,9,,25942,106.65,11.05,,,,
9,,,,10,,99999,106.65,10.95,,,,
10,,,,1,,,106.65,10.85,,,,
11,,,Phòng 1,,,,106.75,10.95,,,88888-00002,
12,,,,,,,,,,,77777-00001,
13,88888-00002,VNPost,,9,Khác,,106.75,10.95,,,,
14,88888-00003,,,8,,,106.75,10.95,,,,
15,,,,3,,"Phường Tây, Thành phố Mẫu",,,,,,
16,,,,,,,,,,,,"12 Lê Lợi, Phường Đông, Thành phố Mẫu"
17,,,,,,,,,,,,nowhere at all
"""


def outcome(query: Query) -> dict[str, dict[str, Any]]:
    found = query("""
        SELECT a.code, a.issuer, c.*, v.document, v.act, h.sealed, h.key_id
        FROM address a JOIN address_current c USING (address_id)
        JOIN address_version v USING (address_id)
        LEFT JOIN personal.address_holder h USING (address_id) ORDER BY 1
    """)
    return {
        f"{row['document'].get('components', {}).get('house_number')}/{row['commune_code']}": row
        for row in found
    }


def test_mixed_file(importing: Importing, query: Query, rejects: Rejects) -> None:
    receipt = importing(MIXED)
    counts = receipt.counts
    assert receipt.rows == 17 == counts.rows
    reasons = {int(row["ext_id"]): row["reason_code"] for row in rejects()}
    assert reasons == {
        2: "outside-commune",
        6: "outside-coverage",
        7: "nothing-to-locate",
        9: "commune-unknown",
        10: "no-prefix",
        12: "nothing-to-locate",
        13: "row-differs",
        14: "issuer-missing",
        17: "commune-not-recognised",
    }
    assert (counts.assigned, counts.reserved, counts.proposed, counts.rejected) == (4, 1, 3, 9)
    rows = outcome(query)
    assert rows["12/3/25747"]["code"].startswith("75123")
    assert rows["12/3/25747"]["act"] == "import"
    assert rows["12/3/25747"]["base_key"] == "le loi"
    assert rows["12/3/25747"]["number_key"] == "00012/00003"
    assert rows["5/25747"]["status"] == "proposed"
    assert rows["5/25747"]["document"]["position"][3] == "commune_centre"
    assert (rows["7/25747"]["status"], rows["7/25747"]["code"]) == ("reserved", "8888800001")
    assert rows["8/25750"]["issuer"] == "VNPost"
    held = {**rows["8/25750"], "name": None, "phone": None}
    assert person_of(keyring(Settings()), held) == Person("Nguyễn Văn Mẫu", "0900000000")
    assert rows["None/25750"]["document"]["text"] or rows["None/25750"]["parent_id"]


def test_events_one_per_address_and_audit_one_per_chunk(importing: Importing, query: Query) -> None:
    importing(MIXED, chunk=4)
    events = query("SELECT type, subject, data FROM event WHERE type LIKE 'address.%%'")
    assert len(events) == query("SELECT count(*) AS n FROM address")[0]["n"] == 8
    assert {row["type"] for row in events} == {"address.assigned", "address.proposed"}
    audit = query("SELECT detail FROM audit_entry WHERE action = 'addresses.import'")
    assert len(audit) == 5
    assert sum(row["detail"]["assigned"] for row in audit) == 4


def test_people_are_nowhere_but_in_their_own_table(importing: Importing, query: Query) -> None:
    importing(MIXED)
    for table in ("event", "audit_entry", "address_version", "import_run", "import_rejection"):
        said = query(f"SELECT row_to_json(t)::text AS row FROM {table} t")
        assert said or table == "import_rejection"
        assert not any("Mẫu" in row["row"] and "Văn" in row["row"] for row in said)
        assert not any("0900000000" in row["row"] for row in said)


def test_again_changes_nothing(importing: Importing, query: Query) -> None:
    first = importing(MIXED).counts
    before = query("SELECT count(*) AS n, max(event_id) AS last FROM event")
    codes = query("SELECT prefix, next_counter FROM code_prefix ORDER BY 1")
    again = importing(MIXED).counts
    assert again.already_there == first.assigned + first.proposed + first.reserved
    assert again.rejected == first.rejected
    assert query("SELECT count(*) AS n, max(event_id) AS last FROM event") == before
    assert query("SELECT prefix, next_counter FROM code_prefix ORDER BY 1") == codes


def test_renamed_file_and_other_source_find_the_same_places(importing: Importing) -> None:
    content = "house_number,lon,lat\n1,106.65,10.95\n2,106.75,10.95\n"
    importing(content)
    other = importing(content, name="b.csv", options=ImportOptions(kind=Kind.DWELLING, source="x"))
    assert other.counts.already_there == 2


def test_repeated_rows_are_registered_once(importing: Importing, query: Query) -> None:
    content = "house_number,lon,lat\n" + "1,106.65,10.95\n" * 7
    for chunk, dry_run in ((100, True), (2, True), (2, False)):
        counts = importing(content, chunk=chunk, dry_run=dry_run).counts
        assert (counts.assigned, counts.already_there) == (1, 6)
    assert len(query("SELECT 1 FROM address")) == 1


def test_dry_run_gives_the_same_receipt_and_leaves_nothing(
    importing: Importing, query: Query, rejects: Rejects
) -> None:
    rehearsed = importing(MIXED, dry_run=True, chunk=5)
    reasons = rejects()
    tables = ("address", "address_version", "event", "audit_entry", "import_run")
    assert all(not query(f"SELECT 1 FROM {table}") for table in tables)
    assert {row["next_counter"] for row in query("SELECT next_counter FROM code_prefix")} == {0}
    real = importing(MIXED, chunk=5)
    assert real.counts == rehearsed.counts
    assert rejects() == reasons


def test_corrected_address_is_still_known_by_its_row(importing: Importing, query: Query) -> None:
    content = "code,issuer,house_number,lon,lat\n88888-00001,VNPost,1,106.65,10.95\n"
    importing(content)
    row = query("SELECT address_id, document FROM address_version")[0]
    changed = json.dumps({**row["document"], "components": {"house_number": "1A"}})
    query("UPDATE address_version SET recorded_to = now() WHERE version = 1")
    query(
        "INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,"
        " principal, document) SELECT address_id, 2, status, valid_from, now(), 'correct', 'x',"
        " %s::jsonb FROM address_version",
        changed,
    )
    assert importing(content).counts.already_there == 1
    assert importing(content.replace(",1,", ",1A,")).counts.already_there == 1
    assert importing(content.replace(",1,", ",1B,")).counts.rejected == 1


def test_mended_rejects_are_fed_back(
    importing: Importing, rejects: Rejects, tmp_path: Path
) -> None:
    importing("house_number,lon,lat,note\n=1,109.5,10.95,-x\n2,106.65,10.95,\n")
    assert rejects()[0]["house_number"] == "'=1"
    path = tmp_path / "in.rejected.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("109.5", "106.66"))
    receipt = importing(None, name="in.rejected.csv")
    assert receipt.counts.assigned == 1
    assert receipt.rejects_file is None


def test_given_codes_step_over_and_are_stepped_over(importing: Importing, query: Query) -> None:
    importing("house_number,lon,lat\n" + "".join(f"{n},106.65,10.95\n" for n in range(3)))
    drawn = {row["code"] for row in query("SELECT code FROM address")}
    counter = query("SELECT next_counter FROM code_prefix WHERE prefix = '75123'")
    assert counter[0]["next_counter"] == 3
    # drawn before: taken by another; not drawn yet: adopted and never drawn after
    taken = min(drawn)
    rows = f"code,issuer,house_number,lon,lat\n{taken},VNPost,99,106.65,10.95\n"
    assert importing(rows, name="b.csv").counts.rejected == 1
    given = [f"75123{n:05d}" for n in range(0, 100_000, 997) if f"75123{n:05d}" not in drawn]
    rows = "code,issuer,house_number,lon,lat\n" + "".join(
        f"{code},VNPost,{code},106.65,10.95\n" for code in given
    )
    assert importing(rows, name="c.csv").counts.assigned == len(given)
    more = "house_number,lon,lat\n" + "".join(f"m{n},106.65,10.95\n" for n in range(2_000))
    assert importing(more, name="d.csv").counts.assigned == 2_000
    assert len(query("SELECT DISTINCT code FROM address")) == 3 + len(given) + 2_000


def test_reserved_range_is_kept_for_its_issuer(importing: Importing, query: Query) -> None:
    query(
        "INSERT INTO reserved_range VALUES ('75123', 0, 49999, 'VNPost', 'test', 0)",
    )
    rows = "house_number,lon,lat\n" + "".join(f"{n},106.65,10.95\n" for n in range(500))
    importing(rows)
    assert min(row["code"] for row in query("SELECT code FROM address")) >= "7512350000"
    content = "code,issuer,house_number,lon,lat\n7512300001,{},1,106.66,10.95\n"
    assert importing(content.format("Other"), name="b.csv").counts.rejected == 1
    assert importing(content.format("VNPost"), name="c.csv").counts.assigned == 1


def test_full_prefix_goes_on_with_the_next_and_then_refuses(
    importing: Importing, query: Query
) -> None:
    query("UPDATE code_prefix SET next_counter = 99995 WHERE prefix = '75123'")
    query(
        "INSERT INTO code_prefix (prefix, commune_code, issuer, key, next_counter, is_demo, source,"
        " imported_at) VALUES ('75999', '25747', 'Test', decode(repeat('09', 32), 'hex'), 99993,"
        " true, 'test', now())"
    )
    rows = "house_number,lon,lat\n" + "".join(f"{n},106.65,10.95\n" for n in range(15))
    rehearsed = importing(rows, chunk=4, dry_run=True)
    receipt = importing(rows, chunk=4)
    assert (receipt.counts.assigned, receipt.counts.rejected) == (12, 3)
    assert rehearsed.counts == receipt.counts


def test_parts_find_a_building_of_the_same_file(importing: Importing, query: Query) -> None:
    content = "code,issuer,unit,parent,lon,lat\n88888-00001,VNPost,,,106.65,10.95\n" + "".join(
        f",,Phòng {n},88888-00001,106.65,10.95\n" for n in range(5)
    )
    assert importing(content, chunk=2, dry_run=True).counts.assigned == 6
    assert importing(content, chunk=2).counts.assigned == 6
    parents = query("SELECT DISTINCT parent_id FROM address_current WHERE parent_id IS NOT NULL")
    assert len(parents) == 1


def test_parts_are_as_hidden_as_their_building(importing: Importing, rejects: Rejects) -> None:
    content = (
        "code,issuer,unit,parent,visibility,lon,lat\n"
        "88888-00001,VNPost,,,secret,106.65,10.95\n"
        ",,Phòng 1,88888-00001,public,106.65,10.95\n"
        ",,Phòng 2,88888-00001,secret,106.65,10.95\n"
    )
    for dry_run in (True, False):
        assert importing(content, dry_run=dry_run).counts.assigned == 2
    assert [each["reason_code"] for each in rejects()] == ["part-too-visible"]


def test_street_of_the_register_places_a_proposal(importing: Importing, query: Query) -> None:
    query(
        "INSERT INTO thoroughfare (name, name_key, kind, status, line, source) VALUES "
        "('Lê Lợi', 'le loi', 'street', 'official',"
        " 'SRID=4326;MULTILINESTRING((106.62 10.95,106.64 10.95))', 'test')"
    )
    query(
        "INSERT INTO thoroughfare_area SELECT thoroughfare_id, '25747', '2025-07-01'"
        " FROM thoroughfare"
    )
    importing("house_number,street,commune\n1,Đường Lê Lợi,25747\n2,Đường Khác,25747\n")
    rows = outcome(query)
    lon, lat, accuracy_m, method, _ = rows["1/25747"]["document"]["position"]
    assert (lon, lat, method) == (106.63, 10.95, "thoroughfare_centre")
    assert accuracy_m == pytest.approx(1093, abs=5)
    assert rows["1/25747"]["status"] == "proposed"
    assert rows["2/25747"]["document"]["position"][3] == "commune_centre"


def test_old_retired_rows_are_not_registered_anew(importing: Importing, rejects: Rejects) -> None:
    importing("code,issuer,status,lon,lat\n88888-00001,VNPost,retired,106.65,10.95\n")
    assert rejects()[0]["reason_code"] == "status-refused"


def test_reference_of_another_registry_is_refused(importing: Importing, rejects: Rejects) -> None:
    importing("ref,house_number,commune\np123456,1,25747\n")
    assert rejects()[0]["reason_code"] == "reference-unknown"


def test_secret_and_restricted_pass_through(importing: Importing, query: Query) -> None:
    importing("visibility,house_number,lon,lat\nsecret,1,106.65,10.95\nhạn chế,2,106.66,10.95\n")
    rows = query("SELECT visibility FROM address_current ORDER BY 1")
    assert [row["visibility"] for row in rows] == ["restricted", "secret"]


def test_files_that_are_none(importing: Importing, tmp_path: Path) -> None:
    for content, name, error in (
        ("", "in.csv", FileEmpty),
        ("a,b\n", "in.pdf", FormatUnknown),
        (b"PK\x03\x04 not text", "in.csv", FormatUnknown),
        ("a,b\n1,2\n", "in.gpkg", FormatUnknown),
    ):
        with pytest.raises(error):
            importing(content, name=name)
    (tmp_path / "in.csv").unlink()
    with pytest.raises(FileMissing):
        importing(None)


def test_header_only_is_an_empty_receipt(importing: Importing) -> None:
    assert importing("lon,lat\n").rows == 0


def test_default_options_apply_where_the_row_is_silent(importing: Importing, query: Query) -> None:
    options = replace(ImportOptions(kind=Kind.WORKS, source="khảo sát"), accuracy_m=7.0)
    importing("lon,lat,accuracy\n106.65,10.95,\n106.66,10.95,3\n", options=options)
    documents = [
        row["document"] for row in query("SELECT document FROM address_version ORDER BY 1")
    ]
    assert sorted(document["position"][2] for document in documents) == [3.0, 7.0]
    assert {document["kind"] for document in documents} == {"works"}
