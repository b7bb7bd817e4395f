// Whether places lie within a shape, and how far from it: `[[isWithin, metres]…]`.

import { openShape } from "../../../addrsvc/web/static/field/geo.js";

export const where = (geometry, places) => {
  const shape = openShape(geometry);
  return places.map(([lon, lat]) => [shape.has({ lon, lat }), shape.outsideM({ lon, lat })]);
};
