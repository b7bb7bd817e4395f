"""People behind addresses: encrypted at rest, read with a purpose, erased when due."""
