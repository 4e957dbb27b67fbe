"""The content of embedded AWS. It imports the server.

Where to look:

    seed*, event_templates what an account contains; actors, risks
    many_accounts          more accounts than one; member_accounts, seed_members
    connector_identities   whose keys the connector gets
    base_identity          a role of the connector's process, from a container, an instance or a web identity
"""
