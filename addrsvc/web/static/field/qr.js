// The code to scan of an address: the same text as on the cards and plates the server prints.

import { correction, generate, mode } from "/static/vendor/lean-qr/index.mjs";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4; // modules left white around it, as ISO/IEC 18004 asks

/**
 * Give the link of a code, as cards and plates have it; `plate`: `75123-04827-7`. `origin`: where cards
 * lead, as the server says: the name this phone reaches it by may not be known outside.
 */
export const cardLink = (plate, origin) => `${origin ?? location.origin}/a/${plate}`;

/** Draw a text as a code to scan: an SVG element, black on white, one unit a module. */
export const qrSvg = (text) => {
  const code = generate(text, { minCorrectionLevel: correction.M, modes: [mode.ascii] });
  const side = code.size + 2 * QUIET;
  let data = "";
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (code.get(x, y)) data += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    }
  }
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("role", "img");
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("width", side);
  ground.setAttribute("height", side);
  ground.setAttribute("fill", "#ffffff");
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", data);
  dark.setAttribute("fill", "#000000");
  svg.append(ground, dark);
  return svg;
};
