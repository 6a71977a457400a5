//! `quartile demo load` and `quartile demo remove`: a synthetic company that went the same way as any other, from a CSV to a
//! comparison, and 400 synthetic peers.

use std::fmt::Write;

use accounts::{CompanyProfile, Industry, Stage};
use kernel::{Actor, Ambient, AppError, Currency, Month, OrInternal};
use metrics::model::FiguresQuery;
use reports::model::SharingChange;

use crate::{
    config::Config,
    services::{Services, StartError},
};

/// The figures of the made-up company, month by month; also the example that people can download.
const FIGURES: &str = include_str!("../../../public/example.csv");
const FILE_NAME: &str = "northlight-synthetic.csv";
const PEERS: u32 = 400;

/// Adds the synthetic company and its peers, replacing earlier ones.
pub(super) async fn load(config: Config) -> Result<(), StartError> {
    let services = Services::open(config, Ambient::system()).await?;
    services.accounts.remove_synthetic().await?;
    let actor = make_company(&services).await?;
    import_figures(&services, &actor).await?;
    services.benchmarks.load_synthetic(PEERS).await?;
    let report = services.reports.create(&actor, FiguresQuery::default()).await?;
    services.reports.share(&actor, report.id, SharingChange::everyone(true)).await?;
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
    let last_month = Month::of(services.ambient.now().date_naive()).plus(-1);
    let mut spool = services.datasets.begin_upload(actor).await?;
    spool.write(figures_until(last_month).as_bytes()).await.or_internal("writing the synthetic figures")?;
    let spooled = spool.finish().await.or_internal("writing the synthetic figures")?;
    let dataset = services.datasets.receive(actor, FILE_NAME, spooled).await?;
    let handlers = services.job_handlers();
    while services.jobs.run_next(&handlers).await? {}
    // A program that is running on the same database may have taken the job.
    services.datasets.get_once_read(actor, dataset).await?;
    services.metrics.commit(actor, dataset).await?;
    Ok(())
}

/// The figures with their months moved, so that they end with `last`: a demo should not look abandoned.
fn figures_until(last: Month) -> String {
    let (header, rows) = FIGURES.split_once('\n').unwrap_or((FIGURES, ""));
    let first = last.plus(1 - i32::try_from(rows.lines().count()).unwrap_or(1));
    let mut text = format!("{header}\n");
    for (place, row) in (0..).zip(rows.lines()) {
        let values = row.split_once(',').map_or("", |(_, values)| values);
        let _infallible = writeln!(text, "{},{values}", first.plus(place));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_end_with_the_last_month_and_are_otherwise_those_of_the_example() {
        let moved = figures_until("2026-10".parse().unwrap());
        let months: Vec<&str> = moved.lines().skip(1).map(|row| &row[..7]).collect();
        assert_eq!((months.len(), months[0], months[23]), (24, "2024-11", "2026-10"));
        let values = |text: &str| -> Vec<String> {
            text.lines().map(|row| row.split_once(',').unwrap().1.to_owned()).collect()
        };
        assert_eq!(values(&moved), values(FIGURES));
    }
}
