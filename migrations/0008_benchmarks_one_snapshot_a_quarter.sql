-- Peers are frozen once a quarter, also by several nodes that try at the same moment.
CREATE UNIQUE INDEX benchmark_snapshots_by_quarter ON benchmark_snapshots (population, quarter);
