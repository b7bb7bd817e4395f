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
export const LABELS = "basemap-names-streets";
