"""The school's roster from OneRoster CSV: reading a package, judging it whole, taking it over.

What other systems send belongs here; what the store keeps of people is in `warehouse/store`.
"""
