// The operator's raster tiles beneath a map, of those taken along: what is not there stays blank.

/** The cache the tiles of packages are in. */
export const TILE_CACHE = "addrsvc-field-tiles";

/** Give the address of a tile. */
export const tileUrl = (template, { z, x, y }) =>
  template.replace("{z}", z).replace("{x}", x).replace("{y}", y);

const draw = async (canvas, url) => {
  const cache = await caches.open(TILE_CACHE);
  const answer = await cache.match(url, { ignoreVary: true });
  if (answer === undefined) return;
  const bitmap = await createImageBitmap(await answer.blob());
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
};

/** Make a layer of the tiles of a package; `tiles`: as the package has them. */
export const tileLayer = ({ template, minzoom, maxzoom }) => {
  const { L } = globalThis;
  const Tiles = L.GridLayer.extend({
    createTile(coords, done) {
      const canvas = document.createElement("canvas");
      const { x, y } = this.getTileSize();
      canvas.width = x;
      canvas.height = y;
      const told = () => done(null, canvas);
      draw(canvas, tileUrl(template, coords)).then(told, told);
      return canvas;
    },
  });
  return new Tiles({ minNativeZoom: minzoom, maxNativeZoom: maxzoom, maxZoom: 22, keepBuffer: 1 });
};

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', copy: "©", nbsp: " " };

/** Give an attribution as text; those who wrote it may have meant HTML. */
export const plainText = (html) =>
  (html ?? "")
    .replace(/<[^>]*>/g, "")
    .replace(/&(?:#(\d{1,6})|(\w{2,6}));/g, (whole, number, name) =>
      number ? String.fromCodePoint(Math.min(number, 0x10ffff)) : (ENTITIES[name] ?? whole),
    )
    .trim();
