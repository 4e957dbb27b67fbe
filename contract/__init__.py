"""How AWS answers, and where embedded AWS answers in another shape.

`make contract CONFIG=secrets/config.json` asks AWS the calls that source_aws_iam/aws/operations.py declares, which only
read. It keeps the answers without any of their text, asks embedded AWS the same, and names each difference.

    entities      which answers name the users, roles and policies that other calls ask about, and in which order
    asking        the calls of one account, one after another; callers: whose session makes them
    learning      from a config to a recording
    wire          answers as they came
    redaction     values without their text; codes: the error codes that may stay
    recording     the answers that were kept, and their file
    shapes        which members are always there, which sometimes, and of which types
    comparison    the differences, as sentences; report: what is printed
    embedded      what AWS is compared with
"""
