"""The landmark lifter: 33 noisy landmarks in, the rotations of 22 joints and a body shape out."""
