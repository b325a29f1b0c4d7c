"""Files of events as rows: what is written in them, row by row, and what had to be refused.

Formats and their spelling belong here; what an event may say does not (warehouse/events.py).
"""
