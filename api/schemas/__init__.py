"""The shapes of answers, one module per area; bodies are in `warehouse/event_fields.py`."""
