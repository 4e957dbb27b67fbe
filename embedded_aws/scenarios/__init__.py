"""The content of embedded AWS. It imports the server.

Where to look:

    seed*, event_templates what an account contains; actors, risks
    many_accounts          more accounts than one; member_accounts, seed_members
    trail_writer           log files in the bucket of a trail; trail_oddities: what else lies there;
                           digest_writer, digest_keys: its digests; tampering: what breaks them
    connector_identities   whose keys the connector gets
    base_identity          a role of the connector's process, from a container, an instance or a web identity
"""
