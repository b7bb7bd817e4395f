"""Maps of plans: vector tiles of their zones, and a map with legend in a frame of its own."""
