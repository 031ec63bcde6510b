"""Who wrote an anonymous post, sealed: `vault` is the only door, `bus` carries the live frames."""
