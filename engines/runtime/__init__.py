"""One network on one device."""
