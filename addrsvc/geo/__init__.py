"""Pure: coordinate reference systems, geometry checks, GeoJSON."""
