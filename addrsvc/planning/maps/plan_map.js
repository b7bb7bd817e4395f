// The map of a plan: `shown` is what the server gave.

const beginPlanMap = (map, communes) => {
  beginMap(map, shown.extent); // before the layers: they would fetch tiles of elsewhere
  const { words, other } = shown;
  const uses = new Map(shown.uses.map(([code, name, colour]) => [code, { name, colour }]));
  const use = (code) => uses.get(code) ?? { name: code, colour: other };
  const zones = new AreaTiles({ url: shown.tiles, colour: (told) => use(told.code).colour });
  let failed = false;
  zones.on("tileerror", ({ error }) => {
    if (error.name === "AbortError" || failed) return;
    failed = true;
    document.querySelector("[role=status]").textContent = words.failed;
  });
  onSwitch("zones", showLayer(map, zones));
  onSwitch("outlines", (wanted) => zones.drawAnew({ outline: wanted ? "#37474f" : null }));
  onSlider("opacity", (percent) => zones.setOpacity(percent / 100));
  let changes = null;
  if (shown.changes) {
    changes = new AreaTiles({ url: shown.changes, colour: changeColour });
    onSwitch("changes", showLayer(map, changes));
  }
  if (communes) {
    communes.setStyle({ color: "#263442", weight: 1.5, dashArray: "6 4", fill: false });
    onSwitch("communes", showLayer(map, communes));
    const thin = () => map.getContainer().classList.toggle("no-names", map.getZoom() < 12);
    map.on("zoomend", thin);
    thin();
  }
  tellOnClick(map, (place) => {
    const found = zones.at(place);
    if (found === null) return { lines: [words.loading] };
    const lines = found.flatMap((told) => {
      const lines = [`${use(told.code).name} (${told.code})`];
      if (told.label) lines.push(told.label);
      if ("n" in told) lines.push(`${words.zone} ${told.n}: ${hectares(told.area)}`);
      return lines;
    });
    for (const told of changes?.at(place) ?? []) lines.push(changeText(told, use));
    return { lines: lines.length ? lines : [words.nothing] };
  });
};

const changeColour = ({ before, after }) =>
  before === undefined ? "#1b7837" : after === undefined ? "#b2182b" : "#e08214";

const changeText = ({ before, after, area }, use) => {
  const name = (code) => (code === undefined ? shown.words.none : `${use(code).name} (${code})`);
  return `${name(before)} → ${name(after)}: ${hectares(area)}`;
};

// Names of communes stand in their middle, as text.
const nameCommune = (feature, layer) => {
  const name = shown.communes[feature.properties.at];
  layer.bindTooltip(line(name), { permanent: true, direction: "center", className: "commune" });
};
