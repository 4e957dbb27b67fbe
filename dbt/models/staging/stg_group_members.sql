{{ staging('group_members') }}
