"""Odd inputs for the installed command: answers of AWS, configuration, catalog and state, with random changes.

An input is a `Case`: what to change, as plain data. hypothesis makes cases, and makes a case that fails small.
`corpus/` keeps what has failed once, as JSON, and every run of the tests tries it again.

    changes    what can be changed in a JSON value, an XML answer, a credential report
    files      configuration, catalog and state before the changes
    cases      the strategies that make cases, and cases as JSON
    answers    the changes of a case, made to the answers of embedded AWS
    target     one case through the command
    promises   what must hold of everything that the command prints

`python -m fuzz 60` tries cases for a minute. It stops at the first that fails, says what is wrong, and writes the
smallest form of it to `corpus/`. To try one case again, or a case of your own, put its file there and run
`pytest fuzz -k HASH`, with a part of the file's name.
"""
