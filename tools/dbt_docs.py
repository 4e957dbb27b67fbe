"""Write the site of the dbt package: models, columns, tests and lineage, in one page that needs no server.

    python -m tools.dbt_docs FOLDER

It asks no database, so it has no types of columns and no numbers of rows.
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from dbt_tests.project import Dbt


def main(arguments: Sequence[str]) -> None:
    """Write index.html to the folder, and say where it is."""
    [name] = arguments
    folder = Path(name).absolute()
    dbt = Dbt({"type": "duckdb", "path": ":memory:"}, folder / "dbt", {})
    # Compiled, the models would say what they are without any table.
    for command in (("parse",), ("docs", "generate", "--static", "--empty-catalog", "--no-compile")):
        run = dbt.run(*command)
        if run.exit_code:
            sys.exit(run.log)
    page = folder / "index.html"
    shutil.move(folder / "dbt" / "target" / "static_index.html", page)
    print(f"Lineage: {page}")


if __name__ == "__main__":
    main(sys.argv[1:])
