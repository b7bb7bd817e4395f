"""Digital-address registry: assigns, validates and looks up addresses (địa chỉ số)."""

__version__ = "0.1.0"
