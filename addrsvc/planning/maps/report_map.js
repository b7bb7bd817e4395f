// The map of a report: `shown` is what was found; texts are shown by textContent only.

const marksDrawn = [];

const tellMark = (feature, layer) => {
  marksDrawn.push({ at: feature.properties.at, layer });
};

const middleOf = (layer) => (layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter());

const beginReportMap = (map, layers) => {
  beginMap(map, shown.extent);
  for (const [kind, layer] of layers) {
    const color = shown.colours[kind];
    layer.setStyle({ color, weight: 2, fill: true, fillColor: color, fillOpacity: 0.25 });
    onSwitch(kind, showLayer(map, layer));
  }
  tellOnClick(map, (place, isMiddle) => {
    const there = marksDrawn.filter(({ layer }) => map.hasLayer(layer));
    const distance = ({ layer }) =>
      layer.getBounds?.().contains(place)
        ? 0
        : map.latLngToLayerPoint(place).distanceTo(map.latLngToLayerPoint(middleOf(layer)));
    const near = there
      .map((mark) => [distance(mark), mark])
      .filter(([pixels]) => isMiddle || pixels < 24)
      .sort(([one], [other]) => one - other)
      .slice(0, isMiddle ? 1 : 4);
    if (!near.length) return { lines: [shown.words.nothing] };
    const at = isMiddle ? middleOf(near[0][1].layer) : place;
    return { lines: near.flatMap(([, mark]) => shown.marks[mark.at]), at };
  });
};
