"""How far collection is, commune by commune: what operations centres (IOC) look at."""
