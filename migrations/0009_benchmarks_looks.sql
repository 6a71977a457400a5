-- The versions of its figures that a company was placed with, so that nobody feels out peers by changing them.
CREATE TABLE benchmark_looks (
    snapshot_id UUID NOT NULL REFERENCES benchmark_snapshots (id) ON DELETE CASCADE,
    company_id  UUID NOT NULL,
    version     TEXT NOT NULL,
    looked_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (snapshot_id, company_id, version)
);
