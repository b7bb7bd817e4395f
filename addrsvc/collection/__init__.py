"""Field collection: what phones without a network bring in; the wire is told in protocol.md."""
