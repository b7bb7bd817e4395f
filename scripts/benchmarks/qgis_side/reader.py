"""Runs under the system's Python with QGIS, a program of its own: ``reader.py``.

Its input is one JSON object: ``base`` (address of the service), ``key`` (for addresses), ``asked``
(a list of ``collection``, and ``box`` in degrees or ``expression`` or neither), ``pictures`` (each
``name``, ``box`` and ``layers``: ``basemap`` or collections) and ``folder`` (for the pictures).
Its output is one: what each question gave, what the pictures show, what QGIS asked the service for
and what it had to say in its log.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

_SIDE = 800
"""Pixels of a picture, each way."""


class Reader:
    """QGIS without a window."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._core: Any = import_module("qgis.core")
        self._gui: Any = import_module("qgis.PyQt.QtGui")
        self.said: list[str] = []
        self.asked: list[str] = []
        self._app = self._core.QgsApplication([], False)
        self._app.messageLog().messageReceived.connect(self._hear)
        self._app.initQgis()
        manager = self._core.QgsNetworkAccessManager.instance()
        manager.requestAboutToBeCreated["QgsNetworkRequestParameters"].connect(self._note)
        self._key = ""

    def sign_in(self, key: str) -> None:
        """Keep an API key as people do: as the password of Basic."""
        manager = self._app.authManager()
        manager.setMasterPassword("bench", True)
        config = self._core.QgsAuthMethodConfig("Basic")
        config.setName("addrsvc")
        config.setConfig("username", "key")
        config.setConfig("password", key)
        manager.storeAuthenticationConfig(config)
        self._key = str(config.id())

    def layer(self, name: str) -> Any:
        """Open a collection, or the basemap, as people do: by addresses."""
        if name == "basemap":
            tiles = f"{self._base}/v1/tiles/basemap"
            uri = f"type=xyz&url={tiles}/{{z}}/{{x}}/{{y}}&zmin=3&zmax=16"
            found = self._core.QgsVectorTileLayer(f"{uri}&styleUrl={tiles}/style.json", name)
            _, is_styled = found.loadDefaultStyle()
            if not is_styled:
                self.said.append("basemap: its style was not read")
            return found
        source = f"url='{self._base}/ogc' typename='{name}' version='OGC_API_FEATURES'"
        source += " restrictToRequestBBOX='1'"
        if name == "addresses":
            source += f" authcfg={self._key}"
        return self._core.QgsVectorLayer(source, name, "OAPIF")

    def read(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Read what a collection holds: whole, within a box, or by an expression."""
        layer = self.layer(asked["collection"])
        if not layer.isValid():
            return {"count": -1, "said": layer.error().message()}
        request = self._core.QgsFeatureRequest()
        if "box" in asked:
            request.setFilterRect(self._core.QgsRectangle(*asked["box"]))
        if "expression" in asked:
            request.setFilterExpression(asked["expression"])
        begun = time.perf_counter()
        features = list(layer.getFeatures(request))
        seconds = time.perf_counter() - begun
        names = [each.name() for each in layer.fields()]
        first = features[0] if features else None
        values = [] if first is None else [str(each) for each in first.attributes()]
        place = "" if first is None else first.geometry().pointOnSurface().asWkt(6)
        return {
            "count": len(features),
            "seconds": seconds,
            "crs": layer.crs().authid(),
            "geometry": self._core.QgsWkbTypes.displayString(layer.wkbType()),
            "first": dict(zip(names, values, strict=False)),
            "place": place,
        }

    def draw(self, names: list[str], box: list[float], file: Path) -> dict[str, Any]:
        """Draw layers in web Mercator: how many colours there are, and how much is not white."""
        settings = self._core.QgsMapSettings()
        layers = [self.layer(each) for each in names]
        settings.setLayers(layers)
        crs = self._core.QgsCoordinateReferenceSystem("EPSG:3857")
        degrees = self._core.QgsCoordinateReferenceSystem("EPSG:4326")
        turned = self._core.QgsCoordinateTransform(
            degrees, crs, self._core.QgsProject.instance()
        ).transformBoundingBox(self._core.QgsRectangle(*box))
        settings.setDestinationCrs(crs)
        settings.setExtent(turned)
        settings.setOutputSize(import_module("qgis.PyQt.QtCore").QSize(_SIDE, _SIDE))
        white = self._gui.QColor("white")
        settings.setBackgroundColor(white)
        begun = time.perf_counter()
        job = self._core.QgsMapRendererSequentialJob(settings)
        job.start()
        job.waitForFinished()
        image = job.renderedImage()
        seconds = time.perf_counter() - begun
        image.save(str(file))
        seen = [image.pixel(x, y) for x in range(0, _SIDE, 2) for y in range(0, _SIDE, 2)]
        self.said += [f"{each.layerID}: {each.message}" for each in job.errors()]
        drawn = sum(each != white.rgb() for each in seen) / len(seen)
        return {"colours": len(set(seen)), "drawn": drawn, "seconds": seconds}

    def _note(self, parameters: Any) -> None:
        self.asked.append(str(parameters.request().url().toString()))

    def _hear(self, message: str, tag: str, _: int) -> None:
        self.said.append(f"{tag}: {message}")


def main() -> None:
    """Answer the one question on the input."""
    given = json.load(sys.stdin)
    reader = Reader(given["base"])
    reader.sign_in(given["key"])
    version = import_module("qgis.core").Qgis.QGIS_VERSION
    read = [reader.read(each) for each in given["asked"]]
    folder = Path(given["folder"])
    drawn = {
        each["name"]: reader.draw(each["layers"], each["box"], folder / f"{each['name']}.png")
        for each in given["pictures"]
    }
    told = {"version": version, "read": read, "drawn": drawn}
    print(json.dumps({**told, "said": reader.said, "asked": reader.asked}), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)  # QGIS may crash at its own end, without a window


main()
