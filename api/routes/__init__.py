"""One module per area of the API: its paths, its bodies and nothing else."""
