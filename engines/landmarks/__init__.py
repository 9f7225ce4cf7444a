"""The landmark engine: MediaPipe landmarks to SMPL-X pose by inverse kinematics."""
