"""The ExPose engine: the official release, loaded unchanged."""
