{{ staging('trail_digests') }}
