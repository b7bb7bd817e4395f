"""HTML files of maps made with folium, safe to open: in a frame of their own, or from a disk.

folium as it comes fetches its libraries and pictures from elsewhere, and runs what it has rendered
once more as a template: a label with braces in it would be computed on the server, and ``${…}`` in
a browser. So it is given shapes and numbers only; texts are put into the file afterwards, as data,
and are shown by ``textContent``. Leaflet and our own scripts stand in the file with a nonce made
for this one answer: nothing else runs, and nothing is fetched but tiles of this very host.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from addrsvc.errors import Language, Text
from addrsvc.planning.maps.errors import PlanMapLibraryMissing

if TYPE_CHECKING:
    import folium

_HERE: Final = Path(__file__).parent
_NODE_MODULES: Final = _HERE.parents[1] / "web" / "node_modules"
_TAG: Final = re.compile(r"<(script|style)>")

_WORDS: Final = {
    "in": Text("Phóng to", "Zoom in"),
    "out": Text("Thu nhỏ", "Zoom out"),
    "close": Text("Đóng", "Close"),
    "zone": Text("Vùng số", "Zone"),
}
"""Of all maps; scripts find them as ``shown.words``."""

FRAMED: Final = "frame-ancestors 'self'; sandbox allow-scripts"
"""Beside the policy of the file itself: it knows nothing of who is signed in."""


def new_map(middle: tuple[float, float] = (11.2, 106.6)) -> folium.Map:
    """Give an empty map that fetches nothing; middle: lat, lon."""
    # imported where it is used: it takes a third of a second, and brings an HTTP client along
    import folium  # noqa: PLC0415 -- see above

    drawn = folium.Map(
        middle,
        tiles=None,
        zoom_start=10,
        min_zoom=5,
        max_zoom=18,
        zoom_animation=False,  # in a frame out of sight it would not end
        fade_animation=False,
        attribution_control=False,
        scroll_wheel_zoom=False,  # until the map has the focus: a page is scrolled past it
    )
    drawn.default_js = drawn.default_css = []
    return drawn


def completed(
    drawn: folium.Map,
    *,
    language: Language,
    title: str,
    panel: str,
    data: Mapping[str, Any],
    scripts: Sequence[str],
    begin: str,
    npm_dir: Path | None = None,
) -> str:
    """Render a map, then put scripts, styles and texts into it; no nonce is in it yet.

    Args:
        drawn: shapes and numbers only.
        language: of the texts.
        title: HTML, escaped.
        panel: HTML of what stands beside the map, texts in it escaped.
        data: for the scripts, as ``shown``.
        scripts: names of files beside this one.
        begin: script that begins; the map is called ``shown_map`` in it.
        npm_dir: folder with the browser libraries; None: beside the package.

    Raises:
        PlanMapLibraryMissing: Leaflet is not there.
    """
    library, style = _leaflet(npm_dir)
    words = {name: text.in_(language) for name, text in _WORDS.items()} | data.get("words", {})
    own = "\n".join(_HERE.joinpath(name).read_text(encoding="utf-8") for name in scripts)
    own_style = _HERE.joinpath("map.css").read_text(encoding="utf-8")
    added = {
        "<html>": f'<html lang="{language}">',
        ", maximum-scale=1.0, user-scalable=no": "",  # folium forbids to enlarge texts
        # our style last: the later goes
        "</head>": f"<title>{title}</title><script>{library}</script><script>{own}</script>"
        f"<script>const shown = {script_json({**data, 'words': words})};</script>"
        f"<style>{style}</style><style>{own_style}</style></head>",
        "<body>": f"<body>{panel}",
        "</html>": f"<script>{{const shown_map = {drawn.get_name()}; {begin}}}</script></html>",
    }
    html: str = drawn.get_root().render()
    for tag, text in added.items():
        html = html.replace(tag, text, 1)
    return html


def script_json(value: Any) -> str:
    r"""Give JSON that may stand in a script: nothing in it ends the script or begins a comment.

    >>> script_json(["</script>"])
    '["\\u003c/script>"]'
    """
    return orjson.dumps(value).decode().replace("<", "\\u003c")


def guarded(html: str, *, fetches: bool) -> tuple[str, str]:
    """Put a new nonce on all scripts and styles of a file; give it, and the policy that goes by it.

    ``fetches``: it may ask this very host.

    >>> html, policy = guarded("<style>a{}</style>", fetches=False)
    >>> html.startswith('<style nonce="'), policy.split(";")[0]
    (True, "default-src 'none'")
    """
    nonce = secrets.token_urlsafe(16)
    allowed = f"'nonce-{nonce}'"
    policy = f"default-src 'none'; script-src {allowed}; style-src {allowed}; base-uri 'none'"
    if fetches:
        policy += "; connect-src 'self'"
    return _TAG.sub(rf'<\1 nonce="{nonce}">', html), policy


def standing_alone(html: str) -> str:
    """Give a file that opens from a disk, its policy in itself."""
    html, policy = guarded(html, fetches=False)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return html.replace("<head>", f"<head>{meta}", 1)


def has_library(npm_dir: Path | None) -> bool:
    """Tell whether Leaflet is installed, there or beside the package."""
    return all(path.is_file() for path in _paths(npm_dir))


def _paths(npm_dir: Path | None) -> list[Path]:
    folder = (npm_dir or _NODE_MODULES) / "leaflet" / "dist"
    return [folder / "leaflet.js", folder / "leaflet.css"]


def _leaflet(npm_dir: Path | None) -> tuple[str, str]:
    try:
        library, style = (path.read_text(encoding="utf-8") for path in _paths(npm_dir))
    except FileNotFoundError as error:
        raise PlanMapLibraryMissing from error
    # the line that leads to a file for debugging, which browsers would look for
    return re.sub(r"//# sourceMappingURL=\S+", "", library), style
