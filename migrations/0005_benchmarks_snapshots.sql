-- Frozen peers: what was counted, and the cells that may be shown.
CREATE TABLE benchmark_snapshots (
    id         UUID PRIMARY KEY NOT NULL,
    population TEXT NOT NULL,
    quarter    TEXT NOT NULL,
    hash       TEXT NOT NULL,
    has_open   BOOLEAN NOT NULL,
    taken_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX benchmark_snapshots_by_age ON benchmark_snapshots (population, taken_at);

-- What each company brought, as it was then. A synthetic company belongs to no workspace.
CREATE TABLE benchmark_contributions (
    snapshot_id  UUID NOT NULL REFERENCES benchmark_snapshots (id) ON DELETE CASCADE,
    company_id   UUID NOT NULL,
    profile      TEXT NOT NULL,
    company_values TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, company_id)
);
CREATE INDEX benchmark_contributions_by_company ON benchmark_contributions (company_id);

-- One cohort and one metric: what may be shown, and the sorted values without names, eight bytes each, big-endian.
CREATE TABLE benchmark_cells (
    snapshot_id    UUID NOT NULL REFERENCES benchmark_snapshots (id) ON DELETE CASCADE,
    metric         TEXT NOT NULL,
    cohort         TEXT NOT NULL,
    contributors   BIGINT NOT NULL,
    closure        TEXT,
    quantiles      TEXT NOT NULL,
    has_undefined  BOOLEAN NOT NULL,
    placements     BYTEA NOT NULL,
    PRIMARY KEY (snapshot_id, metric, cohort)
);
