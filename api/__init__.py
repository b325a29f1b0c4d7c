"""The HTTP door: who may ask, what is asked, and how the answer is shaped. No SQL, no figures of its own."""
