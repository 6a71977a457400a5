//! The pages that probes walk.

/// The pages and files of a workspace.
pub(crate) fn of_a_workspace(slug: &str) -> Vec<String> {
    let paths = [
        "",
        "/dashboard",
        "/standing",
        "/data",
        "/data/imports",
        "/reports",
        "/settings",
        "/members",
        "/keys",
        "/audit",
        "/audit.csv",
        "/figures.csv",
        "/figures.xlsx",
        "/charts/mrr.svg",
        "/metrics",
    ];
    paths.iter().map(|path| format!("/w/{slug}{path}")).collect()
}

/// Pages that everybody may open.
pub(crate) const PUBLIC: [&str; 8] =
    ["/", "/sign-in", "/sign-up", "/forgotten-password", "/method", "/docs/api", "/sign-up/sent", "/nowhere"];
