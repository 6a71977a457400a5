"""Times DuckDB at reading a CSV file into a table of a database file; prints one JSON object.

The time of starting Python and of importing the package is left out.
"""

import json
import pathlib
import sys
import tempfile
import time

import duckdb


def seconds_of(statements, folder):
    connection = duckdb.connect(str(pathlib.Path(folder) / "tables.duckdb"))
    started = time.perf_counter()
    for statement in statements:
        connection.execute(statement)
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def main(file):
    with tempfile.TemporaryDirectory() as folder:
        table = seconds_of([f"CREATE TABLE figures AS SELECT * FROM read_csv('{file}')", "CHECKPOINT"], folder)
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "figures.parquet"
        parquet = seconds_of([f"COPY (SELECT * FROM read_csv('{file}')) TO '{target}' (FORMAT parquet)"], folder)
    print(json.dumps({"version": duckdb.__version__, "table": table, "parquet": parquet}))


main(sys.argv[1])
