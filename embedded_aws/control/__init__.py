"""What tests use: EmbeddedAws and its controls. It imports the server, the scenarios and the truth.

Where to look:

    embedded               EmbeddedAws itself: lifecycle, and what tests ask of it
    controls               the controls, in the order in which they act on a request
    faults                 errors and broken answers
    hooks                  what a test does right after an answer, or answers instead
    latency, clock         how long an answer takes, and a clock that stands still
    request_log            the number of requests
    changes                what happens between two syncs
"""
