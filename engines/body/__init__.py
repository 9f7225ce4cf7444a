"""The SMPL-X body: loading, forward kinematics, skinning, rotations, humanoid bones."""
