//! The pages that probes walk: every page and every file of the product, and how each is answered. A test compares the lists with
//! the routes in the sources.

use kernel::Role;
use serde_json::json;

use super::people::{Person, keep_figures};
use crate::{
    Failure,
    client::{Ask, at},
    stage::{Deployment, SITE_NAME},
};

/// Pages that everybody may open, and one that there is not.
pub(crate) const PUBLIC: [&str; 11] = [
    "/",
    "/sign-in",
    "/sign-up",
    "/sign-up/sent",
    "/sign-up/confirm",
    "/forgotten-password",
    "/reset-password",
    "/method",
    "/demo",
    "/docs/api",
    NOWHERE,
];
/// Leads nowhere.
const NOWHERE: &str = "/nowhere";
/// Pages of whoever is signed in, whatever they may.
const OWN: [&str; 4] = ["/account", "/account/prove", "/admin/claim", "/workspaces/new"];
/// A file of whoever is signed in. That it was taken is noted.
const OWN_FILE: &str = "/account/export.json";
/// Pages of administrators, below `/admin`.
const ADMIN: [&str; 7] = ["", "/people", "/workspaces", "/jobs", "/blocks", "/records", "/settings"];
/// Pages of a workspace, below `/w/…`.
const WORKSPACE: [&str; 16] = [
    "",
    "/dashboard",
    "/figures",
    "/figures/:key",
    "/standing",
    "/data",
    "/data/imports",
    "/data/:dataset/format",
    "/data/:dataset/map",
    "/data/:dataset/check",
    "/reports",
    "/reports/:report/share",
    "/members",
    "/keys",
    "/audit",
    "/settings",
];
/// Files of a workspace.
const FILES: [&str; 7] = [
    "/charts/{file}",
    "/figures.csv",
    "/figures.xlsx",
    "/audit.csv",
    "/data/{dataset}/original",
    "/data/{dataset}/rejected.csv",
    "/reports/{report}/report.pdf",
];
/// All of a workspace in one file. That it was taken is noted.
const EVERYTHING: &str = "/everything.zip";

/// A page or a file, and the status it is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) status: u16,
}

/// What stands for the variable parts of addresses.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    slug: String,
    /// A file whose figures were imported.
    pub(crate) file: String,
    /// The import of that.
    pub(crate) import: String,
    /// A report that is shared with nobody.
    pub(crate) report: String,
    /// The way to an open invitation.
    invitation: String,
}

impl Page {
    fn new(path: impl Into<String>, status: u16) -> Self {
        Self { path: path.into(), status }
    }
}

/// What everybody may open, as strangers.
pub(crate) fn public() -> Vec<Page> {
    PUBLIC.map(|path| Page::new(path, if path == NOWHERE { 404 } else { 200 })).into()
}

/// Pages of whoever is signed in.
pub(crate) fn own() -> Vec<Page> {
    OWN.map(|path| Page::new(path, 200)).into()
}

/// Files whose taking is noted: of whoever is signed in, and of the workspace for its owner.
pub(crate) fn noted(places: &Places, role: Role) -> Vec<Page> {
    let status = if role == Role::Owner { 200 } else { 403 };
    vec![Page::new(OWN_FILE, 200), Page::new(places.filled(EVERYTHING), status)]
}

/// Pages of administrators; nobody else finds them.
pub(crate) fn of_administrators(status: u16) -> Vec<Page> {
    ADMIN.map(|path| Page::new(format!("/admin{path}"), status)).into()
}

impl Places {
    /// Makes in a workspace what its pages are about.
    pub(crate) async fn furnish(
        deployment: &Deployment,
        owner: &Person,
        slug: &str,
        figures: &str,
    ) -> Result<Self, Failure> {
        let (door, token) = (deployment.door(), owner.token().await?);
        let (file, import) = keep_figures(deployment, owner, slug, figures).await?;
        let made = door.send(Ask::post("/api/v1/reports").bearer(&token).workspace(slug)).await?;
        let report = made.field("/id").as_str().map(str::to_owned).ok_or_else(|| made.in_short())?;
        let ask = Ask::post("/api/v1/invitations").bearer(&token).workspace(slug);
        let invited = door.send(ask.json(&json!({ "role": "viewer" }))).await?;
        let link = invited.json();
        let link =
            at(&link, "/link").as_str().and_then(|link| link.strip_prefix(&format!("https://{SITE_NAME}")));
        let invitation = link.ok_or_else(|| invited.in_short())?.to_owned();
        Ok(Self { slug: slug.to_owned(), file, import, report, invitation })
    }

    /// Pages of the workspace as somebody with that role finds them.
    pub(crate) fn pages(&self, role: Role) -> Vec<Page> {
        let pages = WORKSPACE.iter().map(|route| self.page(route, role));
        pages.chain([Page::new(&self.invitation, 200)]).collect()
    }

    /// Its files.
    pub(crate) fn files(&self, role: Role) -> Vec<Page> {
        FILES.iter().map(|route| self.page(route, role)).collect()
    }

    /// The same pages and files in another workspace: none of it is there.
    pub(crate) fn elsewhere(&self, slug: &str) -> Vec<String> {
        let there = Self { slug: slug.to_owned(), ..self.clone() };
        WORKSPACE.iter().chain(&FILES).chain([&EVERYTHING]).map(|route| there.filled(route)).collect()
    }

    fn page(&self, route: &str, role: Role) -> Page {
        let status = match route {
            "/keys" | "/audit" | "/audit.csv" if role > Role::Admin => 403,
            "/reports/:report/share" if role > Role::Member => 403,
            // A report that is not shared is not there for viewers.
            "/reports/{report}/report.pdf" if role > Role::Member => 404,
            _ => 200,
        };
        Page::new(self.filled(route), status)
    }

    fn filled(&self, route: &str) -> String {
        let variables = [
            (":key", "mrr"),
            (":dataset", self.file.as_str()),
            ("{dataset}", &self.file),
            (":report", &self.report),
            ("{report}", &self.report),
            ("{file}", "mrr.svg"),
        ];
        let path = variables.iter().fold(route.to_owned(), |path, (name, value)| path.replace(name, value));
        format!("/w/{}{path}", self.slug)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    /// What stands between `start` and the next quotation mark, everywhere in the sources below a folder.
    fn texts_after(start: &str, folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts_after(start, &path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let texts = source.split(start).skip(1).filter_map(|rest| rest.split('"').next());
                found.extend(texts.map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_page_of_the_product_is_walked() {
        let all = [
            "app/src",
            "app/pages/accounts",
            "app/pages/benchmarks",
            "app/pages/datasets",
            "app/pages/metrics",
        ];
        let mut found = BTreeSet::new();
        for folder in all.into_iter().chain(["app/pages/reports"]) {
            texts_after("path!(\"", &root().join(folder), &mut found);
        }
        let folders = fs::read_dir(root().join("app/pages")).unwrap().count();
        assert_eq!(folders, 6, "a folder of pages is not looked at");
        let known = PUBLIC.iter().chain(&OWN).chain(&WORKSPACE).chain(&["/invitation", "/w/:workspace"]);
        let known: BTreeSet<String> = known.map(|path| (*path).to_owned()).collect();
        let missing: Vec<&String> = found.difference(&known).collect();
        assert!(found.len() > 20 && missing.is_empty(), "{missing:?}");
        let mut found = BTreeSet::new();
        texts_after("path!(\"", &root().join("app/pages/admin"), &mut found);
        let known: BTreeSet<String> = ADMIN.map(str::to_owned).into();
        let rest: Vec<&String> = found.difference(&known).collect();
        assert_eq!(rest, ["/admin", "/admin/claim"]);
    }

    #[test]
    fn every_file_of_the_product_is_walked() {
        let source = fs::read_to_string(root().join("server/src/router.rs")).unwrap();
        let texts = source.split("\"/w/{workspace}").skip(1).filter_map(|rest| rest.split('"').next());
        let found: BTreeSet<&str> = texts.collect();
        // One is written to, and one goes on for ever; both are tried elsewhere.
        let known: BTreeSet<&str> =
            FILES.into_iter().chain([EVERYTHING, "/data/upload", "/events"]).collect();
        assert_eq!(found, known);
    }
}
