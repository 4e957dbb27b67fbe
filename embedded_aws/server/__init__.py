"""AWS on loopback. It imports neither the scenarios nor the truth nor the controls.

Where to look:

    front_door             the path of one request; interceptor: where the controls of tests act
    operations             the table of what is served here; everything else is moto's
    http_server, calls     HTTP in, HTTP out; errors: AWS's error answers; rendering makes XML and JSON
    authentication         who calls; with principals (keys, sessions) and signatures
    sts, trust             AssumeRole
    iam_*, paging          IAM's lists, shapes, pages and entities; aws_policies, credential_report
    permissions            what the caller's policies allow
    accounts, guardrails   more accounts than one; regions
    organization*          an organization, its tree and pages; organizations: its calls
    access_analyzer        IAM Access Analyzer; rest: services whose calls have a path instead of a name
    s3, s3_*               buckets, their objects and lists, and who may read them
    trails                 CloudTrail's calls about trails; trail: one and the log files that it has delivered
    lookup_events          LookupEvents; with event_history, event_shape, trail_files and quota
    cloud                  the state of all of it
"""
