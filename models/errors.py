"""What the models refuse, in words that name the thing and the cure."""

from __future__ import annotations


class InvalidFrame(ValueError):
    """A frame lacks a column, or a column holds what it must not hold."""


class NotEnoughData(ValueError):
    """There are too few examples to fit and to calibrate a model on."""
