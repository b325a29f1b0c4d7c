"""What the documents claim about speed, measured: `make bench`. Figures and commands in docs/benchmarks.md."""
