{{ staging('trails') }}
