// Vector tiles in Leaflet: fetched, read, drawn on canvases. Texts in them are only ever compared,
// or shown by textContent.

const MARGIN = 8;

// Reads the protocol buffers of one tile (Mapbox Vector Tile Specification 2.1, section 4).
class TileReader {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end });
  }

  number() {
    let value = 0;
    for (let factor = 1, byte = 128; byte & 128; factor *= 128) {
      byte = this.bytes[this.at++];
      value += (byte & 127) * factor;
    }
    return value;
  }

  step() {
    const number = this.number();
    return (number >>> 1) ^ -(number & 1);
  }

  text() {
    return new TextDecoder().decode(this.bytes.subarray(this.at, this.end));
  }

  // All fields: number, and value as number or as reader of the part it takes.
  *fields() {
    while (this.at < this.end) {
      const tag = this.number();
      if ((tag & 7) === 0) {
        yield [tag >>> 3, this.number()];
      } else if ((tag & 7) === 2) {
        const length = this.number();
        const part = new TileReader(this.bytes, this.at, this.at + length);
        this.at += length;
        yield [tag >>> 3, part];
      } else {
        this.at += (tag & 7) === 5 ? 4 : 8;
      }
    }
  }
}

const readPath = (reader, scale) => {
  const path = new Path2D();
  let x = 0;
  let y = 0;
  while (reader.at < reader.end) {
    const command = reader.number();
    if ((command & 7) === 7) {
      path.closePath();
      continue;
    }
    for (let times = command >>> 3; times; times--) {
      x += reader.step();
      y += reader.step();
      path[(command & 7) === 1 ? "moveTo" : "lineTo"](x * scale, y * scale);
    }
  }
  return path;
};

// Gives the areas of a tile: what is told of each, and its outline in pixels.
const readTile = (buffer, pixels) => {
  const areas = [];
  for (const [field, layer] of new TileReader(new Uint8Array(buffer)).fields()) {
    if (field !== 3) continue;
    const [features, keys, values] = [[], [], []];
    let extent = 4096;
    for (const [number, value] of layer.fields()) {
      if (number === 2) features.push(value);
      if (number === 3) keys.push(value.text());
      if (number === 4) {
        for (const [kind, said] of value.fields()) values.push(kind === 1 ? said.text() : said);
      }
      if (number === 5) extent = value;
    }
    for (const feature of features) {
      const area = { told: {}, path: null };
      for (const [number, value] of feature.fields()) {
        if (number === 2) {
          while (value.at < value.end) area.told[keys[value.number()]] = values[value.number()];
        }
        if (number === 4) area.path = readPath(value, pixels / extent);
      }
      areas.push(area);
    }
  }
  return areas;
};

const TILE = 256;

// A layer of areas; options: url, colour(told), outline (a colour, or null).
const AreaTiles = L.GridLayer.extend({
  options: { tileSize: TILE, minZoom: 5, maxZoom: 18, keepBuffer: 1, outline: null },

  initialize(options) {
    L.GridLayer.prototype.initialize.call(this, options);
    this._known = new Map();
    this.on("tileunload", (event) => {
      event.tile.stop.abort();
      this._known.delete(event.tile.key);
    });
  },

  createTile(coords, done) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = TILE * Math.min(window.devicePixelRatio || 1, 2);
    tile.key = `${coords.z}/${coords.x}/${coords.y}`;
    tile.stop = new AbortController();
    this._load(tile).then(() => done(null, tile), (error) => done(error, tile));
    return tile;
  },

  async _load(tile) {
    const url = this.options.url.replace("{tile}", tile.key);
    const answer = await fetch(url, { signal: tile.stop.signal });
    if (!answer.ok) throw new Error(`tile ${answer.status}`);
    tile.areas = readTile(await answer.arrayBuffer(), tile.width);
    this._known.set(tile.key, tile);
    this._draw(tile);
  },

  _draw(tile) {
    const context = tile.getContext("2d");
    context.clearRect(0, 0, tile.width, tile.width);
    context.lineJoin = "round";
    for (const { told, path } of tile.areas) {
      context.fillStyle = context.strokeStyle = this.options.colour(told);
      context.fill(path, "evenodd");
      if ("n" in told) {
        context.lineWidth = 0.75; // or the ground would shine through between neighbours
        context.stroke(path);
      }
    }
    if (!this.options.outline) return;
    context.strokeStyle = this.options.outline;
    context.lineWidth = tile.width / TILE;
    for (const { told, path } of tile.areas) {
      if ("n" in told) context.stroke(path);
    }
  },

  drawAnew(options) {
    L.setOptions(this, options);
    for (const tile of this._known.values()) this._draw(tile);
  },

  // What is told of the areas at a place, the uppermost first; null: its tile is not there yet.
  at(place) {
    if (!this._map) return [];
    const point = this._map.project(place, this._map.getZoom());
    const key = [this._map.getZoom(), ...[point.x, point.y].map((each) => Math.floor(each / TILE))];
    const tile = this._known.get(key.join("/"));
    if (!tile) return null;
    const [x, y] = [point.x, point.y].map((each) => ((each % TILE) * tile.width) / TILE);
    const context = tile.getContext("2d");
    return tile.areas
      .filter(({ path }) => context.isPointInPath(path, x, y, "evenodd"))
      .map(({ told }) => told)
      .reverse();
  },
});

const line = (text, kind = "div") => {
  const shown_line = document.createElement(kind);
  shown_line.textContent = text;
  return shown_line;
};

const hectares = (area) =>
  `${(area / 10000).toLocaleString(document.documentElement.lang, {
    maximumFractionDigits: area < 10000 ? 4 : 1,
  })} ha`;

// An extent, once there is room for it: in a frame out of sight there is none, and the zoom that
// fits into it is not a number.
const showExtent = (map, extent) => {
  const show = () => {
    const { x, y } = map.getSize();
    if (x <= 2 * MARGIN || y <= 2 * MARGIN) return;
    map.off("resize", show);
    map.fitBounds(extent, { padding: [MARGIN, MARGIN], animate: false });
  };
  map.on("resize", show);
  show();
};

// What every map does: its extent; scale; the wheel once it has the focus.
const beginMap = (map, extent) => {
  if (extent) showExtent(map, extent);
  map.zoomControl.remove();
  L.control.zoom({ zoomInTitle: shown.words.in, zoomOutTitle: shown.words.out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  const legend = document.querySelector("details");
  if (legend) legend.open = window.matchMedia("(min-width: 48rem)").matches;
};

// Tells what is at a place that was clicked, or in the middle.
const tellOnClick = (map, tell) => {
  const status = document.querySelector("[role=status]");
  const tellAt = (place, isMiddle) => {
    const { lines, at } = tell(place, isMiddle);
    const box = document.createElement("div");
    box.append(...lines.map((text, row) => line(text, row ? "div" : "strong")));
    const popup = L.popup({ maxWidth: 280, autoPanPadding: [16, 16] });
    popup.setLatLng(at ?? place).setContent(box).openOn(map);
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", shown.words.close);
    status.textContent = lines.join(". ");
  };
  map.on("click", (event) => tellAt(event.latlng, false));
  document.querySelector("[data-act=tell]")?.addEventListener("click", () => {
    tellAt(map.getCenter(), true);
  });
};

const onSwitch = (name, act) => {
  const box = document.querySelector(`input[name=${name}]`);
  if (!box) return;
  box.addEventListener("change", () => act(box.checked));
  act(box.checked);
};

const onSlider = (name, act) => {
  const slider = document.querySelector(`input[name=${name}]`);
  slider.addEventListener("input", () => act(Number(slider.value)));
  act(Number(slider.value));
};

const showLayer = (map, layer) => (wanted) => (wanted ? layer.addTo(map) : layer.remove());
