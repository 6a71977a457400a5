//! `quartile demo load` and `quartile demo remove`: a synthetic company that went the same way as any other, from a CSV to a
//! comparison, and 400 synthetic peers.

use accounts::{CompanyProfile, Industry, Stage};
use kernel::{Actor, Ambient, AppError, Currency, OrInternal};
use metrics::model::FiguresQuery;

use crate::{
    config::Config,
    services::{Services, StartError},
};

/// The figures of the made-up company; also the example that people can download.
const FIGURES: &[u8] = include_bytes!("../../../public/example.csv");
const FILE_NAME: &str = "northlight-synthetic.csv";
const PEERS: u32 = 400;

/// Adds the synthetic company and its peers, replacing earlier ones.
pub(super) async fn load(config: Config) -> Result<(), StartError> {
    let services = Services::open(config, Ambient::system()).await?;
    services.accounts.remove_synthetic().await?;
    let actor = make_company(&services).await?;
    import_figures(&services, &actor).await?;
    services.benchmarks.load_synthetic(PEERS).await?;
    services.reports.create(&actor, FiguresQuery::default()).await?;
    super::say("The synthetic company and its 400 synthetic peers are loaded. Open /demo to see them.");
    Ok(())
}

/// Removes everything that is synthetic.
pub(super) async fn remove(config: Config) -> Result<(), StartError> {
    let services = Services::open(config, Ambient::system()).await?;
    let removed = services.accounts.remove_synthetic().await?;
    services.benchmarks.remove_synthetic().await?;
    let words = if removed == 0 {
        "There was no synthetic company"
    } else {
        "The synthetic company and its peers are removed"
    };
    super::say(&format!("{words}."));
    Ok(())
}

async fn make_company(services: &Services) -> Result<Actor, AppError> {
    let profile = CompanyProfile {
        name: "Northlight".to_owned(),
        industry: Some(Industry::Software),
        stage: Some(Stage::Seed),
        country: Some("US".to_owned()),
        currency: Currency::Usd,
        founded_year: Some(2021),
        headcount: Some(25),
        shares_with_peers: false,
    };
    let mut tx = services.db.begin().await?;
    let actor = services.accounts.insert_synthetic(&mut tx, &profile).await?;
    tx.commit().await?;
    Ok(actor)
}

async fn import_figures(services: &Services, actor: &Actor) -> Result<(), AppError> {
    let mut spool = services.datasets.begin_upload(actor).await?;
    spool.write(FIGURES).await.or_internal("writing the synthetic figures")?;
    let spooled = spool.finish().await.or_internal("writing the synthetic figures")?;
    let dataset = services.datasets.receive(actor, FILE_NAME, spooled).await?;
    let handlers = services.job_handlers();
    while services.jobs.run_next(&handlers).await? {}
    // A program that is running on the same database may have taken the job.
    services.datasets.get_once_read(actor, dataset).await?;
    services.metrics.commit(actor, dataset).await?;
    Ok(())
}
