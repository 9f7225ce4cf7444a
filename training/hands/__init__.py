"""The hand lifter: 21 noisy landmarks of a hand in, the rotations of its wrist and 15 finger joints out."""
