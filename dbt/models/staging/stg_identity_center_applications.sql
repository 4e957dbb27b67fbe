{{ staging('identity_center_applications') }}
