//! The arrows of the design: who may know whom.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The crates that know what the product knows, each depending on earlier ones only.
const ORDER: [&str; 12] = [
    "kernel",
    "stats",
    "charts",
    "db",
    "platform",
    "accounts",
    "datasets",
    "metrics",
    "benchmarks",
    "reports",
    "table_engine",
    "typesetting",
];
/// Measures the program, so it may know all of it; no part of the product knows it.
const BENCH: &str = "bench";
/// What only the server links, because it is heavy.
const HEAVY: [&str; 2] = ["table_engine", "typesetting"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A package of ours: the folder it lies in and what it depends on, tests aside.
struct Package {
    folder: String,
    dependencies: BTreeSet<String>,
}

fn packages() -> BTreeMap<String, Package> {
    let metadata: serde_json::Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"]))
            .unwrap();
    let root = root().display().to_string();
    let package = |package: &serde_json::Value| {
        let manifest = package["manifest_path"].as_str().unwrap();
        let folder = manifest
            .strip_prefix(&root)
            .unwrap()
            .trim_matches('/')
            .trim_end_matches("/Cargo.toml")
            .to_owned();
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let normal = dependencies.filter(|dependency| dependency["kind"].is_null());
        // Under the name that the code knows it by: a library may be called like a package of ours.
        let name = |dependency: &serde_json::Value| {
            dependency["rename"].as_str().or(dependency["name"].as_str()).unwrap().to_owned()
        };
        let names = normal.map(name);
        (package["name"].as_str().unwrap().to_owned(), Package { folder, dependencies: names.collect() })
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

/// Our own packages that `name` depends on.
fn own<'a>(packages: &'a BTreeMap<String, Package>, name: &str) -> impl Iterator<Item = &'a str> {
    packages[name].dependencies.iter().map(String::as_str).filter(|other| packages.contains_key(*other))
}

#[test]
fn crates_depend_on_crates_before_them_and_on_nothing_above() {
    let packages = packages();
    let place = |name: &str| ORDER.iter().position(|crate_name| *crate_name == name);
    for (name, _) in packages.iter().filter(|(_, package)| package.folder.starts_with("crates/")) {
        let here = place(name).unwrap_or_else(|| panic!("{name} has no place in the order yet"));
        for other in own(&packages, name) {
            assert!(place(other).is_some_and(|there| there < here), "{name} → {other}");
        }
    }
}

#[test]
fn crates_know_neither_http_nor_html() {
    let packages = packages();
    for (name, package) in packages.iter().filter(|(_, package)| package.folder.starts_with("crates/")) {
        for foreign in [
            "axum",
            "hyper",
            "leptos",
            "leptos_axum",
            "leptos_router",
            "tower-sessions",
            "http",
            "tonic",
            "prost",
        ] {
            assert!(!package.dependencies.contains(foreign), "{name} → {foreign}");
        }
    }
}

#[test]
fn every_migration_has_a_number_of_its_own() {
    let mut numbers = BTreeMap::new();
    for entry in fs::read_dir(root().join("migrations")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let number = name.split('_').next().unwrap().to_owned();
        let other = numbers.insert(number, name.clone());
        assert!(other.is_none(), "{name} has the number of {other:?}");
    }
    assert!(!numbers.is_empty());
}

#[test]
fn engines_know_no_database() {
    let packages = packages();
    for name in ["kernel", "stats", "charts", "table_engine", "typesetting"] {
        for foreign in ["db", "sqlx", "platform"] {
            assert!(!packages[name].dependencies.contains(foreign), "{name} → {foreign}");
        }
    }
}

#[test]
fn pages_know_their_capability_and_no_other_pages() {
    let packages = packages();
    for (name, _) in packages.iter().filter(|(_, package)| package.folder.starts_with("app/pages/")) {
        for other in own(&packages, name) {
            let folder = &packages[other].folder;
            let is_below = folder.starts_with("crates/") || ["app/ui", "app/api"].contains(&folder.as_str());
            assert!(is_below, "{name} → {other}");
        }
        for sql in ["db", "sqlx", "platform"] {
            assert!(!packages[name].dependencies.contains(sql), "{name} → {sql}");
        }
    }
}

#[test]
fn the_design_system_knows_no_domain() {
    let packages = packages();
    let known: Vec<&str> = own(&packages, "ui").collect();
    assert_eq!(known, ["charts", "kernel"]);
}

#[test]
fn nothing_depends_on_the_server_and_the_frontend_names_the_app_alone() {
    let packages = packages();
    for name in packages.keys().filter(|name| *name != BENCH) {
        assert!(
            own(&packages, name).all(|other| !["server", "frontend", "xtask", BENCH].contains(&other)),
            "{name}"
        );
    }
    assert_eq!(own(&packages, "frontend").collect::<Vec<_>>(), ["app"]);
    assert_eq!(own(&packages, "xtask").count(), 0);
}

#[test]
fn what_is_heavy_is_linked_by_the_server_alone() {
    let packages = packages();
    for heavy in HEAVY {
        let users: Vec<&String> = packages
            .iter()
            .filter(|(name, package)| *name != BENCH && package.dependencies.contains(heavy))
            .map(|(name, _)| name)
            .collect();
        assert_eq!(users, ["server"], "{heavy}");
    }
    for (name, package) in &packages {
        let links =
            |library: &str| package.dependencies.iter().any(|dependency| dependency.starts_with(library));
        assert!(!links("datafusion") || name == "table_engine", "{name} → datafusion");
        assert!(!links("typst") || name == "typesetting", "{name} → typst");
    }
}

#[test]
fn the_browser_is_sent_nothing_of_the_server() {
    const SERVER_ONLY: [&str; 14] = [
        "tokio",
        "sqlx",
        "sqlx-core",
        "axum",
        "hyper",
        "db",
        "platform",
        "object_store",
        "argon2",
        "datafusion",
        "typst",
        "leptos_axum",
        "tower-sessions",
        "rust_xlsxwriter",
    ];
    let tree = cargo(&[
        "tree",
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--offline",
    ]);
    let linked: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(linked.contains("leptos") && linked.contains("metrics"), "{linked:?}");
    for name in SERVER_ONLY {
        assert!(!linked.contains(name), "frontend → … → {name}");
    }
}

/// Every source file outside tests, by its path from the root.
pub(crate) fn sources() -> Vec<(String, String)> {
    let mut folders: Vec<PathBuf> =
        ["app", "crates", "server", "frontend"].map(|name| root().join(name)).into();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.file_name().is_some_and(|name| name == "tests" || name == "tests.rs");
            if path.is_dir() && !is_test {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                files.push((name, code));
            }
        }
    }
    files
}

/// The folders in which a text stands, other than the one that defines it.
fn places(text: &str) -> BTreeSet<String> {
    let files = sources()
        .into_iter()
        .filter(|(name, code)| !name.starts_with("crates/kernel/") && code.contains(text));
    files.map(|(name, _)| name.split('/').take(2).collect::<Vec<_>>().join("/")).collect()
}

#[test]
fn authority_is_given_by_accounts_alone() {
    assert_eq!(places("Actor::authorised("), BTreeSet::from(["crates/accounts".to_owned()]));
    assert_eq!(places("Actor::authorised_and_trusted("), BTreeSet::from(["crates/accounts".to_owned()]));
    assert_eq!(places("Actor::stranger("), BTreeSet::from(["crates/accounts".to_owned()]));
}

#[test]
fn no_page_and_no_request_acts_as_the_program_itself() {
    for (name, code) in sources() {
        let answers_requests = name.starts_with("app/")
            || name.starts_with("server/src/rest")
            || name.starts_with("server/src/sign_in");
        assert!(!(answers_requests && code.contains("Actor::system(")), "{name}");
    }
}

#[test]
fn sql_is_written_in_stores_alone() {
    for (name, code) in sources() {
        let is_store =
            name.contains("/store") || name.starts_with("crates/db/") || name.starts_with("crates/platform/");
        let asks = ["sqlx::query", "query_as(", "query_scalar("].iter().any(|call| code.contains(call));
        assert!(is_store || !asks, "{name}");
    }
}

#[test]
fn no_server_function_answers_a_get() {
    for (name, code) in sources() {
        assert!(
            !code.contains("GetUrl"),
            "{name}: links from elsewhere may follow a GET, so none may change anything"
        );
    }
}
