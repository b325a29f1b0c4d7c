"""What docs/benchmarks.md claims about speed, measured: `make bench`."""
