"""The world of communes of two times."""

from bulk_acts_world import acts_template, world

__all__ = ["acts_template", "world"]
