"""The style with an operator's pictures beneath; letters as MapLibre reads them."""

from __future__ import annotations

from basemap_world import fields

from addrsvc.basemap.glyphs import PLAIN, list_glyphs
from addrsvc.basemap.style import BACKGROUND_TILES, Background, style


def test_pictures_lie_beneath_and_areas_do_not_hide_them() -> None:
    given = style("dark", "https://example.vn", Background("anh", 4, 18))
    assert given["sources"][BACKGROUND_TILES]["tiles"] == [
        "https://example.vn/v1/tiles/anh/{z}/{x}/{y}"
    ]
    ids = [layer["id"] for layer in given["layers"]]
    assert ids[:2] == ["basemap-ground", BACKGROUND_TILES]
    assert "fill" not in {layer["type"] for layer in given["layers"]}
    assert len(set(ids)) == len(ids)
    assert {layer.get("source-layer") for layer in style("light", "")["layers"]} >= {
        "house_numbers",
        "commune_names",
        "streets",
        "localities",
        "boundaries",
    }


def test_vector_tiles_of_others_lie_between_areas_and_streets() -> None:
    layers = ("transportation", "water", "<poi>", "building", "waterway")
    credit = "<b>© Người đo</b>"
    given = style("light", "", Background("nen", 0, 14, layers, credit))
    source = given["sources"][BACKGROUND_TILES]
    assert (source["type"], source["attribution"]) == ("vector", "&lt;b&gt;© Người đo&lt;/b&gt;")
    ids = [layer["id"] for layer in given["layers"]]
    beneath = [each.removeprefix("basemap-background-") for each in ids if "background" in each]
    assert beneath == ["water", "building", "waterway", "transportation"]
    assert ids.index("basemap-communes") < ids.index("basemap-background-water")
    assert ids.index("basemap-background-transportation") < ids.index("basemap-streets")
    unknown = style("light", "", Background("nen", 0, 14, ("poi",)))
    assert not [each for each in unknown["layers"] if "background" in each["id"]]


def test_where_names_overlap_the_larger_unit_stays() -> None:
    names = [each["id"] for each in style("light", "")["layers"] if each["type"] == "symbol"]
    assert [each.removeprefix("basemap-names-") for each in names] == [
        "houses", "streets", "localities", "communes", "provinces",
    ]  # fmt: skip


def test_letters_of_vietnamese() -> None:
    [(_, stack)] = fields(list_glyphs(None, PLAIN, 7680).body)
    assert isinstance(stack, bytes)
    glyphs = {}
    for number, value in fields(stack):
        if number == 3 and isinstance(value, bytes):
            glyph = dict(fields(value))
            glyphs[chr(int(glyph[1]))] = glyph  # type: ignore[arg-type]
    assert set("ẠảẤầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ") <= set(glyphs)
    letter = glyphs["Ầ"]
    bitmap, width, height = letter[2], letter[3], letter[4]
    assert isinstance(bitmap, bytes)
    assert isinstance(width, int)
    assert isinstance(height, int)
    assert len(bitmap) == (width + 6) * (height + 6)
    rows = [bitmap[at : at + width + 6] for at in range(0, len(bitmap), width + 6)]
    assert max(rows[0]) < 192 <= max(rows[4]), "the grave is drawn above the circumflex"
    ink = [max(row) >= 192 for row in rows]
    assert sum(ink) > 20
