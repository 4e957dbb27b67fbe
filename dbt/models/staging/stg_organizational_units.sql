{{ staging('organizational_units') }}
