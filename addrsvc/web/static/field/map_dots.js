// Thousands of addresses on one canvas: dots, their numbers where there is room, names of streets,
// records of this phone. Drawn when the map has come to rest; while it moves the canvas moves along.

import { askew, makeRoom, placed, streetNames } from "./map_labels.js";

const PADDING = 0.3;
const MOST_RATIO = 2; // pixels of the canvas to one of the page
const NUMBERS_FROM = 18;
const STREETS_FROM = 16;
const CLOSE_FROM = 20;
// a street is named once in each cell: of about 240 m, and near by of 80 m
const NAMES_CELL_DEG = { far: 0.0022, near: 0.0007 };
const SAME_NAME_PX = 300;
const LETTER_PX = 9;
const FONT = '"Noto Sans", Roboto, system-ui, sans-serif';

const SIGNS = {
  draft: "…",
  saved: "↑",
  received: "✓",
  accepted: "✓",
  "needs-you": "!",
  refused: "×",
  quarantined: "=",
};

const COLOURS = {
  draft: "apart",
  saved: "saved",
  received: "received",
  accepted: "accepted",
  "needs-you": "needs",
  refused: "apart",
  quarantined: "apart",
};

const NAMES = [
  "dot", "dot-done", "dot-beside", "dot-edge", "number", "street", "saved", "received", "accepted",
  "needs", "apart",
];

const paletteOf = (element) => {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
};

/** Make the layer: `{layer, setRecords(records), at(containerPoint, reach_px), recolour()}`. */
export const dotsLayer = (area) => {
  const { L } = globalThis;
  const { rows } = area;
  const xs = new Float64Array(rows.length);
  const ys = new Float64Array(rows.length);
  for (const [i, row] of rows.entries()) {
    if (row.lon === null || row.lat === null) {
      xs[i] = NaN;
      continue;
    }
    const { x, y } = placed(L, row);
    xs[i] = x;
    ys[i] = y;
  }
  const known = {};
  const namesAt = (zoom) => {
    const cell = zoom < NUMBERS_FROM ? "far" : "near";
    known[cell] ??= streetNames(L, rows, NAMES_CELL_DEG[cell]);
    return known[cell];
  };
  let records = [];
  let visited = new Set();
  let seen = []; // what is on the canvas: `{x, y, row?, record?}` in layer points

  const kindOf = (row) => {
    if (row.visited || visited.has(row.ref)) return "dot-done";
    return row.in_task === false ? "dot-beside" : "dot";
  };

  const dots = (pen, palette, zoom) => {
    const small = zoom < STREETS_FROM;
    const radius = small ? 2 : zoom < NUMBERS_FROM ? 4 : zoom === NUMBERS_FROM ? 6 : 8;
    for (const kind of ["dot-beside", "dot", "dot-done"]) {
      pen.beginPath();
      for (const { x, y, row } of seen) {
        if (row === undefined || kindOf(row) !== kind) continue;
        if (small) pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
        else {
          pen.moveTo(x + radius, y);
          pen.arc(x, y, radius, 0, 2 * Math.PI);
        }
      }
      // what was visited is a ring: not told by its colour alone
      const isRing = kind === "dot-done" && !small;
      pen.fillStyle = isRing ? palette["dot-edge"] : palette[kind];
      pen.fill();
      if (small) continue;
      pen.lineWidth = isRing ? 3 : 1.5;
      pen.strokeStyle = isRing ? palette[kind] : palette["dot-edge"];
      pen.stroke();
    }
  };

  const written = (pen, text, x, y) => {
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  };

  const numbers = (pen, palette, hasRoom) => {
    pen.font = `700 14px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "bottom";
    pen.lineJoin = "round";
    pen.lineWidth = 3.5;
    pen.strokeStyle = palette["dot-edge"];
    pen.fillStyle = palette.number;
    for (const { x, y, row } of seen) {
      const text = row?.unit ?? row?.house_number;
      if (!text) continue;
      const width = 7 + text.length * 8;
      if (hasRoom([[x - width / 2, y - 25, width, 14]])) written(pen, text, x, y - 9);
    }
  };

  const streets = (pen, palette, zoom, toLayer, box, hasRoom) => {
    pen.font = `700 15px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 4;
    pen.strokeStyle = palette["dot-edge"];
    pen.fillStyle = palette.street;
    const drawn = new Map();
    for (const { text, x, y, turn } of namesAt(zoom)) {
      const at = toLayer(x, y);
      if (!box.contains(at)) continue;
      const others = drawn.get(text) ?? [];
      if (others.some((other) => other.distanceTo(at) < SAME_NAME_PX)) continue;
      if (!hasRoom(askew(at, turn, text.length * LETTER_PX))) continue;
      drawn.set(text, [...others, at]);
      pen.save();
      pen.translate(at.x, at.y);
      pen.rotate(turn);
      written(pen, text, 0, 0);
      pen.restore();
    }
  };

  const ownRecords = (pen, palette, zoom) => {
    const half = zoom < STREETS_FROM ? 6 : 11;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.font = `700 16px ${FONT}`;
    for (const { x, y, record } of seen) {
      if (record === undefined) continue;
      pen.beginPath();
      pen.rect(x - half, y - half, 2 * half, 2 * half);
      pen.fillStyle = palette[COLOURS[record.status] ?? "apart"];
      pen.fill();
      pen.lineWidth = 2;
      pen.strokeStyle = palette["dot-edge"];
      pen.stroke();
      if (zoom < STREETS_FROM) continue;
      pen.fillStyle = palette["dot-edge"];
      pen.fillText(SIGNS[record.status] ?? "", x, y + 1);
    }
  };

  const Dots = L.Renderer.extend({
    options: { padding: PADDING },

    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.className = "area-dots";
      this._palette = paletteOf(this._map.getContainer());
    },

    _destroyContainer() {
      this._container.remove();
      delete this._container;
    },

    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      this._draw();
    },

    _draw() {
      const zoom = this._map.getZoom();
      const scale = 2 ** zoom; // places are kept as on the whole world at zoom 0
      const origin = this._map.getPixelOrigin();
      const box = this._bounds;
      const size = box.getSize();
      const ratio = Math.min(MOST_RATIO, globalThis.devicePixelRatio || 1);
      const canvas = this._container;
      canvas.width = Math.round(size.x * ratio);
      canvas.height = Math.round(size.y * ratio);
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      L.DomUtil.setPosition(canvas, box.min);
      const pen = canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, -box.min.x * ratio, -box.min.y * ratio);
      const toLayer = (x, y) => L.point(x * scale - origin.x, y * scale - origin.y);
      this._look(toLayer, box, scale, origin);
      const hasRoom = makeRoom();
      dots(pen, this._palette, zoom);
      const isClose = zoom >= CLOSE_FROM; // there is room between the sides of a street
      if (isClose) numbers(pen, this._palette, hasRoom);
      if (zoom >= STREETS_FROM) streets(pen, this._palette, zoom, toLayer, box, hasRoom);
      if (zoom >= NUMBERS_FROM && !isClose) numbers(pen, this._palette, hasRoom);
      ownRecords(pen, this._palette, zoom);
    },

    _look(toLayer, box, scale, origin) {
      seen = [];
      const { min, max } = box;
      for (let i = 0; i < rows.length; i += 1) {
        const x = xs[i] * scale - origin.x;
        const y = ys[i] * scale - origin.y;
        if (x >= min.x && x <= max.x && y >= min.y && y <= max.y) seen.push({ x, y, row: rows[i] });
      }
      for (const record of records) {
        const { x, y } = placed(L, record.form.position);
        const at = toLayer(x, y);
        if (box.contains(at)) seen.push({ x: at.x, y: at.y, record });
      }
    },
  });

  const layer = new Dots();
  const redraw = () => {
    if (layer._map) layer._draw();
  };
  return {
    layer,
    setRecords: (all) => {
      records = all.filter(({ form }) => form?.position);
      visited = new Set(all.map(({ form }) => form?.address?.ref).filter((ref) => ref));
      redraw();
    },
    recolour: () => {
      layer._palette = paletteOf(layer._map.getContainer());
      redraw();
    },
    /** The nearest of what is drawn to a point of the page, within reach; null: nothing is. */
    at: (containerPoint, reach_px) => {
      const { x, y } = layer._map.containerPointToLayerPoint(containerPoint);
      let best = null;
      let least = reach_px;
      for (const each of seen) {
        // a record of mine lies over the address it is about
        const away = Math.hypot(each.x - x, each.y - y) - (each.record ? 1 : 0);
        if (away <= least) [best, least] = [each, away];
      }
      return best;
    },
  };
};
