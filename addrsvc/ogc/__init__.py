"""OGC API Features on the read pool: other software reads our collections as it is."""
