{{ staging('policies') }}
