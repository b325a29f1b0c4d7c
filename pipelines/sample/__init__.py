"""The sample school: an invented but believable school, the same for the same seed.

Belongs here: its curriculum, its students, their habits and how they learn, and loading it.
Stays out: anything that treats sample events otherwise than real ones; they go in by the import.
"""
