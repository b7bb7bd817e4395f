"""Planning maps: plans, their zones, what they say of a place, and what their change leads to."""
