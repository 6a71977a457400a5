//! Backups that are made while people work, and what comes back from them.

use std::{
    collections::BTreeMap,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Output,
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;

use super::{
    broken_backups,
    ground::{Ground, SLUG, Scene, acknowledged, unique_file},
    killed::files_in,
    load::{Load, failures, percentile},
};
use crate::{
    Failure,
    client::{Answer, Ask, Door},
    stage::{Database, Engine, Node, Plan, Program, Settings},
    verdict::{Check, Finding},
};

const PER_SECOND: u32 = 200;
const FILES: usize = 6;
const FILE_BYTES: usize = 2_000_000;
/// What a backup leaves out by its description: everybody signs in again, and requests, messages and links under way are forgotten.
const FORGOTTEN: [&str; 11] = [
    "_sqlx_migrations",
    "account_requests",
    "backup_rounds",
    "idempotency_keys",
    "invitations",
    "mail_links",
    "mails",
    "refresh_tokens",
    "sessions",
    "token_families",
    "uploads",
];

/// Where a backup is put back.
pub(super) struct Place {
    folder: TempDir,
    pub(super) settings: Settings,
    pub(super) database: Database,
}

/// A backup is made under writes, drilled and put back; every kind of broken one is refused.
pub(crate) async fn f18_backups_come_back_and_broken_ones_are_refused(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let scene = Scene::set(ground.plan()).await?;
    let kept = keep_files(&scene).await?;
    let folder = tempfile::tempdir()?;
    let backup = folder.path().join("busy.backup");
    let per_second = ground.options.pace(PER_SECOND);
    let busy = make_under_writes(&scene, &backup, per_second, &mut check).await?;
    let drill = run(&scene, &["backup", "drill"], &backup).await?;
    check.that(drill.status.success(), || format!("the drill: {}", said(&drill)));
    let place = Place::empty(ground, &scene).await?;
    let begun = Instant::now();
    let restored = place.run(&scene.deployment.plan.program, &["backup", "restore"], &backup).await?;
    let took = begun.elapsed();
    check.that(restored.status.success(), || format!("putting it back: {}", said(&restored)));
    let size = std::fs::metadata(&backup)?.len();
    // Two minutes for a gigabyte, and some seconds for the start and the key.
    let most = ground.allowed(Duration::from_secs(5) + Duration::from_millis(size * 120 / 1_000_000));
    check.that(took <= most, || {
        format!("putting it back took {:.1} s, {:.1} s allowed", took.as_secs_f64(), most.as_secs_f64())
    });
    come_back(&scene, &place, &kept, &mut check).await?;
    let quiet = folder.path().join("quiet.backup");
    let made = run(&scene, &["backup", "create"], &quiet).await?;
    check.that(made.status.success(), || format!("a backup without writes: {}", said(&made)));
    let refused = broken_backups::refused(ground, &scene, &quiet, &mut check).await?;
    let moved =
        if ground.is_cluster() { other_engine(ground, &mut check).await? } else { "same engine".to_owned() };
    let figure = format!(
        "{busy}; {:.1} MB put back in {:.1} s; {moved}; {refused} broken ones{}",
        size_in_megabytes(size),
        took.as_secs_f64(),
        ground.allowance()
    );
    check.measured(
        figure,
        "the drill passes, the program works on what was put back, and every broken one is refused with the reason",
    )
}

#[expect(clippy::cast_precision_loss, reason = "one decimal place is shown")]
fn size_in_megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

async fn keep_files(scene: &Scene) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut kept = BTreeMap::new();
    for number in 0..FILES {
        let content = unique_file(&format!("kept {number}"), FILE_BYTES);
        let answer = scene.door().send(scene.upload("kept.csv", &content)).await?;
        kept.insert(acknowledged(&answer).ok_or_else(|| answer.in_short())?, content);
    }
    scene.all_read(Duration::from_mins(3)).await?;
    Ok(kept)
}

/// Makes a backup while figures are written all the time.
async fn make_under_writes(
    scene: &Scene,
    backup: &Path,
    per_second: u32,
    check: &mut Check,
) -> Result<String, Failure> {
    let key = scene.key.clone();
    let write = move |number: u64| {
        let one = json!({ "metric": "cash", "month": "2025-05", "value": number });
        let body = json!({ "currency": "USD", "observations": [one] });
        ("write", Ask::post("/api/v1/metrics/observations").bearer(&key).json(&body))
    };
    let load = Load::begin(scene.door(), per_second, write);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let begun = Instant::now();
    let made = run(scene, &["backup", "create"], backup).await?;
    let took = begun.elapsed();
    let samples = load.end().await;
    check.that(made.status.success(), || format!("a backup under writes: {}", said(&made)));
    let failed = samples.iter().filter(|sample| sample.status != 200 && sample.status != 201).count();
    check.equal(&format!("writes that failed meanwhile ({})", failures(&samples)), failed, 0);
    let rights = std::fs::metadata(backup)?.permissions().mode();
    check.equal("who may read the backup", rights & 0o077, 0);
    Ok(format!(
        "made in {:.1} s under {} writes at {per_second}/s ({PER_SECOND} asked), p99 {} ms",
        took.as_secs_f64(),
        samples.len(),
        percentile(&samples, 99).as_millis()
    ))
}

/// A command of the program on a file, with the settings of the deployment.
pub(super) async fn run(scene: &Scene, words: &[&str], file: &Path) -> Result<Output, Failure> {
    let file = file.to_str().ok_or("the name of the backup is no text")?;
    scene.deployment.run(&[words, &[file]].concat()).await
}

/// What a command said, for a report.
pub(super) fn said(output: &Output) -> String {
    let text = [output.stderr.as_slice(), &output.stdout].concat();
    let text: String = String::from_utf8_lossy(&text).chars().filter(|c| !c.is_control()).take(300).collect();
    format!("{}: {text}", output.status)
}

/// The program starts on what was put back, and everything is there.
async fn come_back(
    scene: &Scene,
    place: &Place,
    kept: &BTreeMap<String, Vec<u8>>,
    check: &mut Check,
) -> Result<(), Failure> {
    let (node, door) = place.start(&scene.deployment.plan.program).await?;
    let series = |answer: &Answer| answer.json();
    // The last figures of the load may be newer than the backup; those of before are not.
    let ask = Ask::get("/api/v1/metrics/series?metrics=mrr,customers").bearer(&scene.key);
    let (there, here) = (door.send(ask.clone()).await?, scene.door().send(ask).await?);
    check.equal("figures", there.status, 200);
    check.that(series(&there) == series(&here), || "the figures are others".to_owned());
    for (id, content) in kept {
        let bytes = door.send(scene.download(id)).await?.body;
        check.that(bytes == *content, || format!("the file {id} is another one"));
    }
    let browser = crate::people::sign_in(&door, &scene.owner.email).await;
    check.that(browser.is_ok(), || format!("nobody can sign in: {:?}", browser.as_ref().err()));
    let audit = place.verify_audit(&scene.deployment.plan.program).await?;
    check.that(audit.status.success(), || format!("the audit log: {}", said(&audit)));
    drop(node);
    Ok(())
}

/// What was in a file goes into Postgres: the same rows, and the program works on them.
async fn other_engine(ground: &Ground, check: &mut Check) -> Result<String, Failure> {
    let plan = Plan { engine: Engine::Sqlite, ..ground.plan() };
    let scene = Scene::set(plan).await?;
    let kept = keep_files(&scene).await?;
    let folder = tempfile::tempdir()?;
    let backup = folder.path().join("file.backup");
    let before = scene.deployment.database.counts().await?;
    let made = run(&scene, &["backup", "create"], &backup).await?;
    check.that(made.status.success(), || format!("a backup of SQLite: {}", said(&made)));
    let place = Place::empty(ground, &scene).await?;
    let restored = place.run(&scene.deployment.plan.program, &["backup", "restore"], &backup).await?;
    check.that(restored.status.success(), || format!("from SQLite to Postgres: {}", said(&restored)));
    let after = place.database.counts().await?;
    let mut rows = 0;
    for (table, count) in before.iter().filter(|(table, _)| !FORGOTTEN.contains(&table.as_str())) {
        check.equal(&format!("rows of {table} in Postgres"), after.get(table).copied(), Some(*count));
        rows += count;
    }
    come_back(&scene, &place, &kept, check).await?;
    Ok(format!("SQLite to Postgres: {rows} rows in {} tables", before.len() - FORGOTTEN.len()))
}

impl Place {
    /// An empty place of the kind that the ground has, with the key ring of the deployment.
    pub(super) async fn empty(ground: &Ground, scene: &Scene) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("quartile-restored").tempdir()?;
        let mut settings = scene.deployment.settings().clone();
        let ring = scene.deployment.data().join("keys.toml");
        settings.set("keys.file", ring.to_str().ok_or("the name of the ring is no text")?);
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        let mut database = Database::Sqlite(data.join("quartile.db"));
        if ground.is_cluster() {
            let owned = ground.postgres()?.database().await?;
            settings.set("database.url", &owned.url).set("database.owner_url", &owned.owner_url);
            database = Database::Postgres(owned);
        }
        Ok(Self { folder, settings, database })
    }

    /// Where files go.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A command of the program on a file, in this place.
    pub(super) async fn run(
        &self,
        program: &Program,
        words: &[&str],
        file: &Path,
    ) -> Result<Output, Failure> {
        let file = file.to_str().ok_or("the name of the backup is no text")?;
        program.run(&[words, &[file]].concat(), &self.settings, &self.data()).await
    }

    async fn verify_audit(&self, program: &Program) -> Result<Output, Failure> {
        program.run(&["audit", "verify"], &self.settings, &self.data()).await
    }

    async fn start(&self, program: &Program) -> Result<(Node, Door), Failure> {
        let log = self.folder.path().join("node.log");
        let node = Node::start(program, &self.settings, &self.data(), &log).await?;
        let door = Door::named(node.address, crate::stage::SITE_NAME);
        Ok((node, door))
    }

    /// Whether nothing was written here: no person, and no file.
    pub(super) async fn is_untouched(&self) -> Result<bool, Failure> {
        let tables = match &self.database {
            Database::Sqlite(file) if !file.exists() => Vec::new(),
            database => database.tables().await?,
        };
        let people = if tables.iter().any(|table| table == "users") {
            self.database.count("SELECT count(*) FROM users").await?
        } else {
            0
        };
        let kept = self.data().join("kept");
        let files = if kept.exists() { files_in(&kept)?.len() } else { 0 };
        Ok(people == 0 && files == 0)
    }

    /// The address of the company, to see whether it is there.
    pub(super) async fn has_company(&self) -> Result<bool, Failure> {
        Ok(self.database.count(&format!("SELECT count(*) FROM workspaces WHERE slug = '{SLUG}'")).await? == 1)
    }
}
