// Runs in the file of the map itself. Texts come as data, the list `communes`, and are set by
// textContent only.

const MARGIN = 8;

// What a commune has, in a box at the pointer or at a tap.
const tellCommune = (feature, layer) => {
  const commune = communes[feature.properties.at];
  const box = document.createElement("div");
  const name = document.createElement("strong");
  name.textContent = commune.name;
  box.append(name);
  for (const line of commune.lines) {
    const shown = document.createElement("div");
    shown.textContent = line;
    box.append(shown);
  }
  layer.bindTooltip(box, { sticky: true });
};

// All communes, once there is room for them: in a frame out of sight there is none, and the zoom
// that fits into it is not a number.
const showAll = (map, bounds) => {
  const show = () => {
    const { x, y } = map.getSize();
    if (x <= 2 * MARGIN || y <= 2 * MARGIN) return;
    map.off("resize", show);
    map.fitBounds(bounds, { padding: [MARGIN, MARGIN], animate: false });
  };
  if (!bounds) return;
  map.on("resize", show);
  show();
};

// Colours and legend follow the measure chosen.
const followChoice = (layer) => {
  const show = (measure) => {
    layer.setStyle((feature) => communes[feature.properties.at].styles[measure]);
    for (const legend of document.querySelectorAll("[data-legend]")) {
      legend.hidden = legend.dataset.legend !== measure;
    }
  };
  for (const choice of document.querySelectorAll("input[name=show]")) {
    choice.addEventListener("change", () => show(choice.value));
  }
  show(document.querySelector("input[name=show]:checked").value);
};
