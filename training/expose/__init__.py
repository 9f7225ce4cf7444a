"""Trains the networks of ExPose on rendered people. Nothing else imports it."""
