// Where names and numbers go on a map: beside what they name, and never over one another.

const FEWEST_NAMED = 3;
const LINE_PX = 14;

/** Give where a point lies on the whole world at zoom 0, in pixels. */
export const placed = (L, { lon, lat }) => L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 0);

/**
 * Give where names of streets go, the longest first: `[{text, x, y, turn, count}]`, along their
 * houses; each street once in a cell of so many degrees.
 */
export const streetNames = (L, rows, cell_deg) => {
  const groups = new Map();
  for (const row of rows) {
    if (!row.thoroughfare || row.lon === null) continue;
    const cell = `${Math.floor(row.lon / cell_deg)},${Math.floor(row.lat / cell_deg)}`;
    const name = `${row.thoroughfare}\n${cell}`;
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(placed(L, row));
  }
  const names = [];
  for (const [name, points] of groups) {
    if (points.length < FEWEST_NAMED) continue;
    const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
    const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
    let [xx, xy, yy] = [0, 0, 0];
    for (const point of points) {
      xx += (point.x - x) ** 2;
      xy += (point.x - x) * (point.y - y);
      yy += (point.y - y) ** 2;
    }
    const turn = Math.atan2(2 * xy, xx - yy) / 2; // never upside down
    names.push({ text: name.split("\n")[0], x, y, turn, count: points.length });
  }
  return names.sort((one, other) => other.count - one.count);
};

/**
 * Keep labels from lying over one another, by cells of the canvas: gives a function that takes the
 * boxes `[x, y, width, height]` of a label and tells whether there was room for it.
 */
export const makeRoom = (cell_px = 10) => {
  const taken = new Set();
  return (boxes) => {
    const cells = [];
    for (const [x, y, width, height] of boxes) {
      for (let i = Math.floor(x / cell_px); i <= Math.floor((x + width) / cell_px); i += 1) {
        for (let j = Math.floor(y / cell_px); j <= Math.floor((y + height) / cell_px); j += 1) {
          const cell = i * 100_003 + j;
          if (taken.has(cell)) return false;
          cells.push(cell);
        }
      }
    }
    for (const cell of cells) taken.add(cell);
    return true;
  };
};

/** Give the boxes of a text that lies askew around a point, one after the other along it. */
export const askew = ({ x, y }, turn, length) => {
  const boxes = [];
  for (let along = -length / 2; along <= length / 2; along += LINE_PX) {
    const [i, j] = [x + along * Math.cos(turn), y + along * Math.sin(turn)];
    boxes.push([i - LINE_PX / 2, j - LINE_PX / 2, LINE_PX, LINE_PX]);
  }
  return boxes;
};
