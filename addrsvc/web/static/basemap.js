// The basemap of every map: communes, localities, streets and house numbers as vector tiles of this
// server, with its own glyphs. What it looks like is said once, in the style the server gives.

const here = (url) => (url.startsWith("/") ? location.origin + url : url);

const STYLE = "/v1/tiles/basemap/style.json";

/** Tell which theme the page is in. */
export const themeOf = () =>
  matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

/**
 * Give what a MapLibre style takes of the basemap: `{sources, layers, glyphs}`; theme: `light` or
 * `dark`. Its ids begin with `basemap`; layers of a page's own go behind them, or before
 * `LABELS` where names shall stand above them: `map.addLayer(layer, LABELS)`.
 */
export const basemap = async (theme = themeOf()) => {
  const answer = await fetch(`${STYLE}?theme=${theme}`);
  if (!answer.ok) throw new Error(`basemap ${answer.status}`);
  const { sources, layers, glyphs } = await answer.json();
  for (const source of Object.values(sources)) source.tiles = source.tiles.map(here);
  return { sources, layers, glyphs: here(glyphs) };
};

/** The first layer of names. */
export const LABELS = "basemap-names-houses";

/** What maps go on with where there is no basemap: their own layers. */
const NOTHING = { sources: {}, layers: [], glyphs: undefined };

/** Give the basemap, or nothing where it cannot be had: what a map is about is shown all the same. */
export const basemapOrNothing = async () => {
  try {
    return await basemap();
  } catch {
    return NOTHING;
  }
};

// Of an operator's own tiles; their streets stay beneath a page's areas too.
const BACKGROUND = "basemap-background";

const isArea = ({ id, type }) =>
  type === "background" || type === "fill" || type === "raster" || id.startsWith(BACKGROUND);

/** Tell whether an operator's own tiles lie beneath. */
export const hasBackground = ({ sources }) => BACKGROUND in sources;

// Pages mark places by dots: house numbers stand below theirs.
const belowDots = (layer) =>
  layer["source-layer"] === "house_numbers"
    ? { ...layer, layout: { ...layer.layout, "text-anchor": "top", "text-offset": [0, 0.9] } }
    : layer;

/**
 * Put a page's own areas above the basemap's and below its lines and names, the rest above all;
 * without: layers of the basemap, by their source layers, that the page draws itself.
 */
export const between = (base, areas, rest, without = new Set()) => [
  ...base.layers.filter(isArea),
  ...areas,
  ...base.layers
    .filter((each) => !isArea(each) && !without.has(each["source-layer"]))
    .map(belowDots),
  ...rest,
];

// Whom the makers of an operator's tiles ask to be named; it is a file's text: never HTML.
class Credit {
  constructor(text) {
    this.text = text;
  }

  onAdd() {
    this.element = document.createElement("div");
    this.element.className = "maplibregl-ctrl map-credit";
    this.element.textContent = this.text;
    return this.element;
  }

  onRemove() {
    this.element.remove();
  }
}

/** Name on a map whom the basemap's sources ask to be named. */
export const addCredit = (map, { sources }) => {
  for (const { attribution } of Object.values(sources)) {
    if (!attribution) continue;
    const said = new DOMParser().parseFromString(attribution, "text/html").body.textContent;
    map.addControl(new Credit(said), "bottom-right");
  }
};
