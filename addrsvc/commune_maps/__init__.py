"""Maps of communes coloured by a number: one HTML file each, which needs nothing else."""
