"""Pure geometry: reference systems, checks, metres, GeoJSON, indicative cells."""
