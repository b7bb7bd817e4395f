"""PURE: Vietnamese address text → normalised → tokens → components → label."""
