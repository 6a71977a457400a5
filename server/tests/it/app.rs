//! The program in a temporary folder, as `serve` wires it, with a worker and without a socket.

use std::{
    sync::{
        Arc, LazyLock, Mutex, OnceLock, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use ::accounts::{NewApiKeyInput, NewInvitation, NewPerson, ProfileInput};
use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Actor, Ambient, ApiKeyId, Clock, DatasetId, ImportId, InvitationId, ReportId, Role, SystemClock,
    SystemEntropy, UserId, WorkspaceId,
};
use metrics::model::FiguresQuery;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use platform::Class;
use reports::{
    Reports,
    document::{ReportDocument, Typesetter, TypesettingError},
};
use server::{
    Health, Services,
    config::{Config, Layers},
    router,
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
    task::JoinHandle,
};

use crate::visitor::Visitor;

pub(crate) const PASSWORD: &str = "seven wet ducks on a wall";
/// Two years of a company, as people can download them.
pub(crate) const FIGURES: &str = include_str!("../../../public/example.csv");

/// Defines a test that runs in the one runtime of all of them, as the requests of a program do.
macro_rules! router_test {
    ($name:ident, $body:block) => {
        #[test]
        fn $name() {
            $crate::app::run(|| async $body);
        }
    };
}

/// Runs one test while no other runs; one that is not done within two minutes has failed. While the routes of one program are
/// listed, Leptos loads no resource anywhere in the process, so a page of another program would wait for ever.
pub(crate) fn run<T: Future<Output = ()>>(test: impl FnOnce() -> T + Send) {
    // Without optimisation, what a whole test awaits does not fit the stack that tests have.
    const STACK_BYTES: usize = 16 << 20;
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let work =
        || runtime().block_on(async { tokio::time::timeout(Duration::from_mins(2), test()).await.unwrap() });
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).unwrap();
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    });
}

/// The runtime of this process. Work that a page started may outlive its request, so it needs a runtime that outlives its test.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());
    &RUNTIME
}

/// Prints nothing but a few bytes, so that no test waits for a real document.
struct Quick;

impl Typesetter for Quick {
    fn pdf(&self, document: &ReportDocument) -> Result<Vec<u8>, TypesettingError> {
        Ok(format!("%PDF-1.7 {}", document.company).into_bytes())
    }
}

/// The time of the system, and so many microseconds.
#[derive(Clone, Default)]
struct Later(Arc<AtomicI64>);

impl Later {
    fn pass(&self, time: TimeDelta) {
        self.0.fetch_add(time.num_microseconds().unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Later {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::microseconds(self.0.load(Ordering::SeqCst))
    }
}

/// A running program; its folder goes with the value.
pub(crate) struct TestApp {
    pub(crate) services: Services,
    pub(crate) router: Router,
    pub(crate) folder: tempfile::TempDir,
    /// Tells the program that it is about to end.
    pub(crate) stop: watch::Sender<bool>,
    clock: Later,
    worker: JoinHandle<()>,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

impl TestApp {
    /// A fresh program with the default settings.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A fresh program with these settings, by the names of their environment variables.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        std::fs::create_dir_all(site.join("pkg")).unwrap();
        std::fs::write(site.join("pkg/quartile.css"), "body {}").unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut environment = vec![
            ("QUARTILE__SERVER__DATA".to_owned(), path("data")),
            ("QUARTILE__SERVER__SITE".to_owned(), path("site")),
        ];
        // All visitors of a test come from one address within a moment.
        let classes =
            Class::ALL.iter().map(|class| format!("QUARTILE__LIMITS__{}", class.key().to_uppercase()));
        environment.extend(classes.map(|name| (name, "100000/s".to_owned())));
        environment.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let config = Config::read(&Layers::new(None, environment).unwrap()).unwrap();
        let clock = Later::default();
        let ambient = Ambient::new(Arc::new(clock.clone()), Arc::new(SystemEntropy));
        let services = Box::pin(Services::open(config, ambient)).await.unwrap();
        let services = services.with_reports(reports_over(&services));
        let (stop, stopping) = watch::channel(false);
        let router = router(&services, Health { stopping, metrics: measurements() }).unwrap();
        let worker = tokio::spawn(work(services.clone()));
        Self { services, router, folder, stop, clock, worker }
    }

    /// Has the program believe that so much time has passed.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock.pass(time);
    }

    /// The same, once somebody waits for it.
    pub(crate) fn passing(&self, time: TimeDelta) -> impl Future<Output = ()> + Send + 'static {
        let clock = self.clock.clone();
        async move { clock.pass(time) }
    }

    /// Someone who is not signed in.
    pub(crate) fn stranger(&self) -> Visitor<'_> {
        Visitor::new(self)
    }

    /// Someone who just signed up with that address in the browser; the company has the name of its domain.
    pub(crate) async fn sign_up(&self, email: &str) -> Visitor<'_> {
        let company = email.split(['@', '.']).nth(1).unwrap();
        let mut visitor = self.stranger();
        let form = [
            ("input[name]", "Ada Moreau"),
            ("input[email]", email),
            ("input[company]", company),
            ("input[password]", PASSWORD),
        ];
        let answer = visitor.submit("sign_up", &form, "/sign-up").await;
        assert_eq!(answer.location(), format!("/w/{company}"), "{}", answer.text());
        visitor
    }

    /// Someone with that role in a company, signed in in the browser.
    pub(crate) async fn member(&self, slug: &str, role: Role) -> Visitor<'_> {
        let email = format!("{}@staff-of-{slug}.example", role.key());
        let new = NewPerson::parse("Eve Moreau", &email, "Elsewhere", PASSWORD).unwrap();
        let (person, _) = self.services.accounts.sign_up(new).await.unwrap();
        self.services.accounts.put_member(self.workspace(slug).await, person.id, role).await.unwrap();
        let mut visitor = self.stranger();
        let form = [("input[email]", email.as_str()), ("input[password]", PASSWORD)];
        visitor.submit("sign_in", &form, "/sign-in").await;
        visitor
    }

    /// Someone with the least role in a company, who does nothing.
    pub(crate) async fn bystander(&self, slug: &str) -> UserId {
        let email = format!("{}@elsewhere.example", self.services.ambient.id::<UserId>());
        let new = NewPerson::parse("Bob Moreau", &email, "Elsewhere", PASSWORD).unwrap();
        let (person, _) = self.services.accounts.sign_up(new).await.unwrap();
        self.services.accounts.put_member(self.workspace(slug).await, person.id, Role::Viewer).await.unwrap();
        person.id
    }

    /// Makes whoever has that role of a company's staff its owner again.
    pub(crate) async fn make_owner(&self, slug: &str, role: Role) {
        let actor = self.system(slug).await;
        let members = self.services.accounts.list_members(&actor).await.unwrap().members;
        let person = members.iter().find(|member| member.role == role && member.email.starts_with("owner@"));
        self.services.accounts.change_role(&actor, person.unwrap().id, Role::Owner).await.unwrap();
    }

    /// A key of a company that has not ended.
    pub(crate) async fn key(&self, slug: &str) -> ApiKeyId {
        self.made_key(slug, "metrics:read").await.0.id
    }

    /// What a program says that has a key of a company; it reads figures.
    pub(crate) async fn bearer(&self, slug: &str) -> String {
        self.bearer_with(slug, "metrics:read").await
    }

    /// The same with another scope.
    pub(crate) async fn bearer_with(&self, slug: &str, scope: &str) -> String {
        format!("Bearer {}", self.made_key(slug, scope).await.1)
    }

    async fn made_key(&self, slug: &str, scope: &str) -> (accounts::ApiKeyView, String) {
        let accounts = &self.services.accounts;
        let owner = accounts.list_members(&self.system(slug).await).await.unwrap().members;
        let owner = owner.iter().find(|member| member.role == Role::Owner).unwrap().id;
        let actor = accounts.authorise(Some(owner), slug).await.unwrap();
        let wish = NewApiKeyInput {
            name: "Billing".to_owned(),
            scopes: vec![scope.to_owned()],
            ..NewApiKeyInput::default()
        };
        accounts.make_api_key(&actor, wish.parse().unwrap()).await.unwrap()
    }

    /// An invitation by link that nobody has taken up.
    pub(crate) async fn invitation(&self, slug: &str) -> InvitationId {
        self.invite(slug, "").await;
        let actor = self.system(slug).await;
        self.services.accounts.list_members(&actor).await.unwrap().invitations[0].id
    }

    /// The secret of an invitation to join as a viewer, for whoever has the address or, without one, for anybody.
    pub(crate) async fn invite(&self, slug: &str, email: &str) -> String {
        let new = NewInvitation::parse(email, "viewer").unwrap();
        let link = self.services.accounts.invite(&self.system(slug).await, new).await.unwrap();
        link.split_once("?link=").unwrap().1.to_owned()
    }

    /// The id of a workspace.
    pub(crate) async fn workspace(&self, slug: &str) -> WorkspaceId {
        let sql = "SELECT id FROM workspaces WHERE slug = $1";
        let id: uuid::Uuid = db::on_everywhere!(&self.services.db, |c| db::sqlx::query_scalar(sql)
            .bind(slug)
            .fetch_one(c)
            .await)
        .unwrap();
        id.into()
    }

    /// The program itself, working for a company.
    pub(crate) async fn system(&self, slug: &str) -> Actor {
        Actor::system(self.workspace(slug).await)
    }

    /// A file of a company, read.
    pub(crate) async fn file(&self, slug: &str, content: &str) -> DatasetId {
        let actor = self.system(slug).await;
        let mut spool = self.services.datasets.begin_upload(&actor).await.unwrap();
        spool.write(content.as_bytes()).await.unwrap();
        let spooled = spool.finish().await.unwrap();
        let id = self.services.datasets.receive(&actor, "figures.csv", spooled).await.unwrap();
        self.services.datasets.get_once_read(&actor, id).await.unwrap();
        id
    }

    /// Two years of figures of a company, imported.
    pub(crate) async fn import(&self, slug: &str) -> (DatasetId, ImportId) {
        let id = self.file(slug, FIGURES).await;
        let import = self.services.metrics.commit(&self.system(slug).await, id).await.unwrap();
        (id, import.id)
    }

    /// A report of a company that has figures.
    pub(crate) async fn report(&self, slug: &str) -> ReportId {
        let actor = self.system(slug).await;
        self.services.reports.create(&actor, FiguresQuery::default()).await.unwrap().id
    }

    /// Fills in what decides whom a company is compared with.
    pub(crate) async fn fill_profile(&self, slug: &str) {
        let input = ProfileInput {
            name: slug.to_owned(),
            industry: "software".to_owned(),
            stage: "seed".to_owned(),
            currency: "USD".to_owned(),
            ..ProfileInput::default()
        };
        self.services.accounts.save_profile(&self.system(slug).await, &input).await.unwrap();
    }

    /// Every byte that the program keeps on disk.
    pub(crate) fn bytes_on_disk(&self) -> Vec<u8> {
        let mut folders = vec![self.folder.path().join("data")];
        let mut bytes = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { bytes.extend(std::fs::read(path).unwrap()) }
            }
        }
        bytes
    }
}

fn reports_over(services: &Services) -> Reports {
    let base = (services.db.clone(), services.ambient.clone());
    let compared = (services.accounts.clone(), services.metrics.clone(), services.benchmarks.clone());
    Reports::new(base, services.files.clone(), compared, Some(Arc::new(Quick)))
}

async fn work(services: Services) {
    let handlers = services.job_handlers();
    loop {
        if !services.jobs.run_next(&handlers).await.unwrap_or(false) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The measurements of this process; every program in it shares them.
fn measurements() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap()).clone()
}
