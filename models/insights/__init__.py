"""What is worth telling about one student: a test for each kind, one correction for all looks.

Frames in, findings out; words are made in `reports`. Silent where there is not enough evidence.
"""
