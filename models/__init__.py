"""Predictions with scikit-learn: frames in, frames out.

No clock, no I/O, nothing of our other packages.
"""
