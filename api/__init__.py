"""The HTTP door: who may ask, what is asked, how the answer is shaped. No SQL, no own figures."""
