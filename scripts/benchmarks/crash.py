"""The world of the crash campaign: twelve communes, and a house for every write."""

from __future__ import annotations

COMMUNES = 12

FILL = """
INSERT INTO admin_unit (code, valid_from, level, kind, name, full_name, name_key, parent_code,
                        source)
VALUES ('79', '2025-07-01', 'province', 'thanh_pho_truc_thuoc_trung_uong', 'Mẫu',
        'Thành phố Mẫu', 'mau', NULL, 'synthetic');
INSERT INTO admin_unit (code, valid_from, level, kind, name, full_name, name_key, parent_code,
                        boundary, boundary_kind, boundary_source, source)
SELECT (10000 + i)::text, '2025-07-01', 'commune', 'phuong', 'Ô ' || i, 'Phường Ô ' || i,
       'o ' || i, '79',
       ST_Multi(ST_MakeEnvelope(106 + i * 0.1, 10.9, 106.1 + i * 0.1, 11.0, 4326)),
       'official', 'synthetic', 'synthetic'
FROM generate_series(0, 11) AS i;
INSERT INTO admin_unit_piece (code, valid_from, indicative, piece)
SELECT code, valid_from, false, (ST_Dump(boundary)).geom FROM admin_unit WHERE level = 'commune';
INSERT INTO code_prefix (prefix, commune_code, issuer, key, is_demo, source, imported_at)
SELECT (10000 + i)::text, (10000 + i)::text, 'synthetic',
       decode(lpad(to_hex(i), 64, '0'), 'hex'), true, 'synthetic', now()
FROM generate_series(0, 11) AS i;
"""
"""Twelve square communes in a row with a prefix each, all invented."""

_STEP_DEG = 0.0004
"""Between two houses: some 44 m, so that none looks like another."""
_ROW = 240


def house(writer: int, turn: int, number: str) -> dict[str, object]:
    """Give the body that registers the house of a writer's turn: a place of its own."""
    commune = writer % COMMUNES
    place = turn * 2 + writer // COMMUNES
    return {
        "kind": "dwelling",
        "source": "synthetic",
        "components": {"house_number": number, "thoroughfare": "Đường Mẫu"},
        "position": {
            "lon": round(106.0005 + commune * 0.1 + (place % _ROW) * _STEP_DEG, 6),
            "lat": round(10.9005 + (place // _ROW) * _STEP_DEG, 6),
            "accuracy_m": 5,
            "method": "gnss",
        },
    }
