"""What is worth telling about one student: each kind with a test of its own, all corrected together.

Frames in, findings out; words are made in `reports`. Silent where there is not enough evidence.
"""
