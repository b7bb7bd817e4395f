"""Pages for people: Vietnamese first, English switch; all assets local."""
