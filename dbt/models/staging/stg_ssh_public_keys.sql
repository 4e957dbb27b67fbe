{{ staging('ssh_public_keys') }}
